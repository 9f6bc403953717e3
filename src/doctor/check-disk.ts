import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { DatabaseConfig } from '../config/config.js'
import { type Finding, ok, problem, warning } from './finding.js'

const DISK_CHECK = 'disk'
const MEBIBYTE = 1_048_576
const MIN_FREE_BYTES = 200 * MEBIBYTE
const LOW_FREE_BYTES = 2048 * MEBIBYTE

/** Checks that the embedded database is writable and has room to grow. */
export async function checkDisk({ database, dataDir }: Pick<DatabaseConfig, 'database' | 'dataDir'>): Promise<Finding> {
  if (database.url) return ok(DISK_CHECK, 'nothing to check, because the database is external')
  const folder = await nearestExistingFolder(resolve(dataDir))
  if (!(await stat(folder)).isDirectory()) return problem(DISK_CHECK, `DATA_DIR: ${folder} is a file; choose another folder`)
  const accessError = await access(folder, constants.W_OK | constants.X_OK).catch((error: Error) => error)
  if (accessError) return problem(DISK_CHECK, `DATA_DIR: ${folder} is not writable; change its owner or mode, or choose another folder`)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const text = `${Math.floor(free / MEBIBYTE).toLocaleString('en')} MiB are free for ${dataDir}`
  if (free < MIN_FREE_BYTES) return problem(DISK_CHECK, `DATA_DIR: only ${text}; free some space`)
  return free < LOW_FREE_BYTES ? warning(DISK_CHECK, `only ${text}`) : ok(DISK_CHECK, text)
}

/** Returns the folder itself, or its nearest ancestor that exists. */
async function nearestExistingFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found || dirname(path) === path ? path : nearestExistingFolder(dirname(path))
}

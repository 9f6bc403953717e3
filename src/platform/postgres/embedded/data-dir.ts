import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { StartError } from '../../../core/errors.js'

const FILE_SYSTEM_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no write permission; change the owner or the mode, or choose another folder',
  EPERM: 'this user has no write permission; change the owner or the mode, or choose another folder',
  EROFS: 'the file system is read-only; choose another folder',
  EEXIST: 'a file exists where a folder is required; choose another folder',
  ENOTDIR: 'a file exists where a folder is required; choose another folder',
}
const NOT_CREATED = 'the folder cannot be created, possibly because the file system is read-only; choose another folder'
const DISK_FULL = new Set([
  'ENOSPC',
  'EDQUOT',
  // PostgreSQL's disk_full.
  '53100',
])

/**
 * Creates a folder and its missing parents. With `recursive: true` Node never returns where the file system
 * refuses new folders with ENOENT, as /proc does.
 */
export async function createFolder(path: string): Promise<void> {
  const create = () =>
    mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
    })
  await create().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error
    await createFolder(dirname(path))
    await create()
  })
}

/** @returns a one-line error about DATA_DIR; undefined when the error has another cause */
export function dataDirProblem(error: unknown, dataDir: string): StartError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', path, syscall, message } = error as NodeJS.ErrnoException
  if (DISK_FULL.has(code) || mentionsFullDisk(message)) return diskFullError(dataDir)
  // File systems such as /proc refuse new folders with ENOENT.
  const problem = code === 'ENOENT' && syscall === 'mkdir' ? NOT_CREATED : FILE_SYSTEM_PROBLEMS[code]
  return problem && path && isRelated(resolve(path), resolve(dataDir)) ? new StartError(`DATA_DIR: ${path}: ${problem}`) : undefined
}

/** Whether a message of PostgreSQL or initdb reports a full disk. A disk with less than a page left takes a part of it. */
export function mentionsFullDisk(text: string): boolean {
  return /No space left on device|Disk quota exceeded|wrote only \d+ of \d+ bytes/i.test(text)
}

export function diskFullError(dataDir: string): StartError {
  return new StartError(`DATA_DIR: the disk of ${dataDir} is full; free some space or choose another folder`)
}

/** Whether a path is the data folder, something in it, or one of its parent folders. */
function isRelated(path: string, dataDir: string): boolean {
  return `${path}${sep}`.startsWith(`${dataDir}${sep}`) || `${dataDir}${sep}`.startsWith(`${path}${sep}`)
}

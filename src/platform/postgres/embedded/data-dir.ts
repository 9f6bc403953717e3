import { resolve, sep } from 'node:path'
import { StartError } from '../../../core/errors.js'

const FILE_SYSTEM_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write here; change the owner or the mode, or choose another folder',
  EPERM: 'this user may not write here; change the owner or the mode, or choose another folder',
  EROFS: 'the file system is read-only; choose another folder',
  EEXIST: 'a file is in the place of a folder; choose another folder',
  ENOTDIR: 'a file is in the place of a folder; choose another folder',
}
const NOT_CREATED = 'the folder cannot be created; is the file system read-only? Choose another folder'
const DISK_FULL = new Set([
  'ENOSPC',
  'EDQUOT',
  // PostgreSQL's disk_full.
  '53100',
])

/** @returns what is wrong with DATA_DIR, in one line; undefined when the error has another cause */
export function dataDirProblem(error: unknown, dataDir: string): StartError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', path, syscall, message } = error as NodeJS.ErrnoException
  if (DISK_FULL.has(code) || mentionsFullDisk(message)) return diskFullError(dataDir)
  // Node reports a read-only file system as ENOENT when it creates several folders at once.
  const problem = code === 'ENOENT' && syscall === 'mkdir' ? NOT_CREATED : FILE_SYSTEM_PROBLEMS[code]
  return problem && path && isRelated(resolve(path), resolve(dataDir)) ? new StartError(`DATA_DIR: ${path}: ${problem}`) : undefined
}

/** As PostgreSQL and initdb write it. */
export function mentionsFullDisk(text: string): boolean {
  return /No space left on device|Disk quota exceeded/i.test(text)
}

export function diskFullError(dataDir: string): StartError {
  return new StartError(`DATA_DIR: the disk is full: there is no space left for ${dataDir}; free some, or choose another folder`)
}

/** The folder itself, something in it, or a folder above it that does not let it be created. */
function isRelated(path: string, dataDir: string): boolean {
  return `${path}${sep}`.startsWith(`${dataDir}${sep}`) || `${dataDir}${sep}`.startsWith(`${path}${sep}`)
}

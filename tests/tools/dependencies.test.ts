import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const ENGINES = { node: '>=20.19' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-dependencies-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** @param packages  entries of package-lock.json */
async function check(packages: Record<string, object>): Promise<string> {
  const [lock, manifest] = [join(folder, 'package-lock.json'), join(folder, 'package.json')]
  await writeFile(lock, JSON.stringify({ packages: { '': { engines: ENGINES }, ...packages } }))
  await writeFile(manifest, JSON.stringify({ engines: ENGINES }))
  return run(process.execPath, ['scripts/check-dependencies.mjs', lock, manifest]).then(
    ({ stdout }) => stdout,
    ({ stderr }) => stderr,
  )
}

test('accepts package-lock.json as it is checked in', async () => {
  const { stdout } = await run(process.execPath, ['scripts/check-dependencies.mjs'])
  expect(stdout).toMatch(/^dependencies: 0 problems in \d+ packages$/m)
})

test('rejects a package older than its dependent requires', async () => {
  const ui = { version: '6.1.3', dependencies: { files: '^10.1.0' } }
  expect(await check({ 'node_modules/ui': ui, 'node_modules/files': { version: '8.3.0' } })).toContain(
    'node_modules/ui@6.1.3 needs files@^10.1.0, but gets 8.3.0',
  )
  expect(await check({ 'node_modules/ui': ui, 'node_modules/files': { version: '10.1.0' } })).toContain('0 problems')
})

test('resolves the innermost version, as Node does', async () => {
  const packages = {
    'node_modules/ui': { version: '6.1.3', dependencies: { files: '^10.1.0' } },
    'node_modules/ui/node_modules/files': { version: '10.2.0' },
    'node_modules/files': { version: '8.3.0' },
  }
  expect(await check(packages)).toContain('0 problems')
})

test('rejects a package that excludes a supported version of Node', async () => {
  expect(await check({ 'node_modules/new': { version: '1.0.0', engines: { node: '>=22.0.0' } } })).toContain(
    'node_modules/new@1.0.0 needs Node >=22.0.0, which excludes 20.19.0',
  )
  expect(await check({ 'node_modules/old': { version: '1.0.0', engines: { node: '>=18 <25' } } })).toContain('which excludes 26.99.0')
})

test('requires peers unless they are optional', async () => {
  const plugin = { version: '1.0.0', peerDependencies: { host: '^2.0.0' } }
  expect(await check({ 'node_modules/plugin': plugin })).toContain('needs host@^2.0.0, which package-lock.json does not contain')
  const optional = { ...plugin, peerDependenciesMeta: { host: { optional: true } } }
  expect(await check({ 'node_modules/plugin': optional })).toContain('0 problems')
  expect(await check({ 'node_modules/plugin': optional, 'node_modules/host': { version: '1.0.0' } })).toContain('but gets 1.0.0')
})

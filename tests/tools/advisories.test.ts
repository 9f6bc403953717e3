import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advisories-'))
  await writeFile(join(folder, 'sbom.json'), JSON.stringify({ components: [{ name: 'shipped' }] }))
})
afterAll(() => rm(folder, { recursive: true }))

/** @param auditOutput  output of `npm audit --json` */
async function review(auditOutput: string): Promise<{ code: number; output: string }> {
  await writeFile(join(folder, 'audit-output'), auditOutput)
  await writeFile(join(folder, 'npm'), `#!/bin/sh\ncat '${join(folder, 'audit-output')}'\nexit 1\n`)
  await chmod(join(folder, 'npm'), 0o755)
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
  return run(process.execPath, ['scripts/review-advisories.mjs', join(folder, 'sbom.json')], { env }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout }) => ({ code, output: stdout }),
  )
}

function audit(name: string, severity: string): string {
  const via = [{ title: 'Path traversal', url: 'https://example.com/advisory' }]
  return JSON.stringify({ vulnerabilities: { [name]: { name, severity, range: '<2', via } } })
}

test.each([
  ['rejects the request', JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 })],
  ['returns nothing', ''],
])('reports that advisories were not read when the registry %s', async (_case, auditOutput) => {
  const { code, output } = await review(auditOutput)
  expect(code).toBe(0)
  expect(output).toBe(
    'ADVISORIES NOT READ: the registry has no audit endpoint; dependencies were not checked against known vulnerabilities\n',
  )
})

test('fails for a severe advisory about a shipped package', async () => {
  const { code, output } = await review(audit('shipped', 'high'))
  expect(code).toBe(1)
  expect(output).toContain('high: shipped <2: Path traversal (https://example.com/advisory)')
})

test.each([
  ['a moderate advisory', audit('shipped', 'moderate')],
  ['an advisory about a development package', audit('vitest', 'critical')],
  ['no advisory', JSON.stringify({ vulnerabilities: {} })],
])('passes for %s', async (_case, auditOutput) => {
  expect(await review(auditOutput)).toMatchObject({ code: 0, output: 'advisories: 0 of high severity in 1 shipped packages\n' })
})

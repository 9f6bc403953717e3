import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

// Operators pin the base images by their digests, so each must be replaceable: see docs/operations.md.

const dockerfile = await readFile('Dockerfile', 'utf8')
const compose = await readFile('compose.yaml', 'utf8')

/** The default of each build argument that is declared before the first stage. */
const buildArguments = Object.fromEntries(
  [...(dockerfile.split(/^FROM/m)[0] ?? '').matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
)
const stages = [...dockerfile.matchAll(/^FROM +(\S+)(?: +AS +(\S+))?$/gim)].map(([, image = '', name]) => ({ image, name }))

/** The name and the default of a variable of compose, such as `${NODE_IMAGE:-node:24}`. */
function variableIn(text: string): { name: string | undefined; defaultValue: string | undefined } {
  const [, name, defaultValue] = /^\$\{(\w+):-([^}]+)\}$/.exec(text) ?? []
  return { name, defaultValue }
}

test('every stage of the Dockerfile starts from a build argument with a default', () => {
  expect(stages.length).toBe(dockerfile.match(/^\s*FROM\b/gim)?.length)
  expect(stages.length).toBeGreaterThan(0)
  for (const { image } of stages) {
    const [, name = ''] = /^\$\{(\w+)\}$/.exec(image) ?? []
    expect([image, buildArguments[name]]).toEqual([`\${${name}}`, expect.stringMatching(/^[\w./-]+:[\w.-]+$/)])
  }
})

test('the Dockerfile copies from its own stages only', () => {
  const names = stages.map(({ name }) => name)
  for (const [, from] of dockerfile.matchAll(/--from=(\S+)/g)) expect(names).toContain(from)
})

test('compose passes each build argument on, with the default of the Dockerfile', () => {
  for (const [name, value] of Object.entries(buildArguments)) {
    const [, passed = ''] = new RegExp(`^ {6}args:\\n(?: {8}.*\\n)*? {8}${name}: (.+)$`, 'm').exec(compose) ?? []
    expect([name, variableIn(passed)]).toEqual([name, { name, defaultValue: value }])
  }
  // The other services share this build.
  expect(compose.match(/^ +build:.*$/gm)).toEqual(['    build: &build', '    build: *build'])
})

test('compose takes every image from a variable with a default', () => {
  const images = [...compose.matchAll(/^ +image: (.+)$/gm)].map(([, image = '']) => variableIn(image))
  expect(images).toEqual([{ name: 'POSTGRES_IMAGE', defaultValue: expect.stringMatching(/^postgres:\d+-\w+$/) }])
})

test('the documentation names these variables', async () => {
  const operations = await readFile('docs/operations.md', 'utf8')
  for (const name of ['NODE_IMAGE', 'POSTGRES_IMAGE']) expect(operations).toContain(`\`${name}\``)
})

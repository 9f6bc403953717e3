import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'
import { describeVariables } from '../../src/config/environment.js'
import { environmentExample } from '../../src/config/environment-docs.js'
import { ROOT } from '../e2e/program.js'

test('.env.example is the output of npm run docs', async () => {
  expect(await readFile(join(ROOT, '.env.example'), 'utf8')).toBe(environmentExample())
})

test('.env.example lists every variable once, commented out and without a secret', () => {
  const example = environmentExample()
  for (const { name } of describeVariables().flatMap(({ variables }) => variables))
    expect(example.match(new RegExp(`^# ${name}=`, 'gm')), name).toHaveLength(1)
  expect(example).not.toMatch(/^# \w*(SECRET|TOKEN|KEY|PASSWORD)=.+$/m)
  expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['POSTGRES_PASSWORD='])
})

test('.env.example contains the default values', () => {
  const set = [...environmentExample().matchAll(/^# ([A-Z][A-Z0-9_]*)=(.+)$/gm)].map(([, name = '', value]) => [name, value])
  expect(parseConfig(Object.fromEntries(set))).toEqual(parseConfig({}))
})

test('compose.yaml passes every variable of .env to the server and to the migrations', async () => {
  const compose = await readFile(join(ROOT, 'compose.yaml'), 'utf8')
  expect(compose).toMatch(/env_file: &env_file\n +- path: \.env\n +required: false\n/)
  expect(compose.match(/env_file: \*env_file\n/g)).toHaveLength(1)
})

import { describe, expect, test } from 'vitest'
import { type Config, parseConfig } from '../../src/config/config.js'
import { describeVariables } from '../../src/config/environment.js'

const SECRET = 'x'.repeat(32)
const OTHER_SECRET = 'y'.repeat(32)
const REQUIRED = { AUTH_JWT_SECRET: 'z'.repeat(32), INVOICE_LINK_SECRET: 'w'.repeat(32), PERSISTED_OPERATIONS: 'operations.json' }

const DEPRECATED: [alias: string, name: string, value: string, other: string, read: (config: Config) => unknown, expected: unknown][] = [
  ['TRUSTED_DOCUMENTS', 'PERSISTED_OPERATIONS', 'a.json', 'b.json', (config) => config.persistedOperations.manifest, 'a.json'],
  ['TRUSTED_DOCUMENTS_ONLY', 'PERSISTED_OPERATIONS_ONLY', 'true', 'false', (config) => config.persistedOperations.only, true],
  ['AUTH_JWT_FORMER_SECRET', 'AUTH_JWT_PREVIOUS_SECRET', SECRET, OTHER_SECRET, (config) => config.auth.previousSecrets, [SECRET]],
  ['INVOICE_LINK_FORMER_SECRET', 'INVOICE_LINK_PREVIOUS_SECRET', SECRET, OTHER_SECRET, (config) => config.invoices.linkSecrets[1], SECRET],
  ['INVOICE_LINK_TTL', 'INVOICE_LINK_TTL_SECONDS', '600', '700', (config) => config.invoices.linkTtlSeconds, 600],
  ['GRAPHQL_COMPILE_AFTER', 'GRAPHQL_JIT_THRESHOLD', '0', '5', (config) => config.jitThreshold, 0],
  ['RATE_LIMIT_RESTORE', 'RATE_LIMIT_RESTORE_RATE', '7', '8', (config) => config.rateLimit.restoreRate, 7],
  ['EVENT_PRIVATE_HOSTS', 'WEBHOOK_PRIVATE_HOSTS', 'panel.internal', 'other', (config) => config.webhookPrivateHosts, ['panel.internal']],
]

describe.each(DEPRECATED)('the deprecated variable %s', (alias, name, value, other, read, expected) => {
  const parse = (environment: Record<string, string>) => parseConfig({ ...REQUIRED, [name]: '', ...environment })

  test(`works as ${name} and is reported`, () => {
    const config = parse({ [alias]: value })
    expect(read(config)).toEqual(expected)
    expect(config.deprecations).toEqual([`${alias} is deprecated and will be removed in 1.0: set ${name} instead`])
  })

  test(`is not reported if ${name} has the same value`, () => {
    for (const environment of [{ [name]: value }, { [name]: value, [alias]: value }, { [name]: value, [alias]: ' ' }]) {
      const config = parse(environment)
      expect(read(config)).toEqual(expected)
      expect(config.deprecations).toEqual([])
    }
  })

  test(`is refused with another value than ${name}`, () => {
    expect(() => parse({ [name]: value, [alias]: other })).toThrow(`${name}: differs from ${alias}, its deprecated name; remove ${alias}`)
  })
})

test('reports an invalid value under the name that is set', () => {
  expect(() => parseConfig({ INVOICE_LINK_TTL: 'soon' })).toThrow(/^INVOICE_LINK_TTL: must be a number of seconds$/)
})

test('documents the deprecated name of each renamed variable', () => {
  const documented = describeVariables().flatMap(({ variables }) =>
    variables.flatMap(({ name, about }) =>
      [...about.matchAll(/The deprecated name `(\w+)` works until 1\.0/g)].map(([, alias]) => [alias, name]),
    ),
  )
  expect(documented.sort()).toEqual(DEPRECATED.map(([alias, name]) => [alias, name]).sort())
})

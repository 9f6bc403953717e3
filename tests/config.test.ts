import { expect, test } from 'vitest'
import { parseConfig } from '../src/config.js'

test('nothing has to be set', () => {
  expect(parseConfig({})).toMatchObject({ port: 4000, host: '127.0.0.1', dataDir: 'data', demoData: true, production: false })
})

test.each([
  ['PORT', 'eighty'],
  ['PORT', '65536'],
  ['PUBLIC_URL', 'billing.example.com'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['DATABASE_URL', 'mysql://x'],
  ['AUTH_JWT_SECRET', 'short'],
  ['AUTH_JWKS_URL', 'keys'],
  ['BILLING_ENABLED', 'yes'],
  ['BILLING_CURRENCY', 'usd'],
  ['BILLING_CURRENCY', 'ABC'],
  ['INVOICE_ISSUED_FROM_EMAIL', 'nobody'],
  ['INVOICE_ISSUED_FROM_COUNTRY', 'Germany'],
  ['INVOICE_TIME_ZONE', 'Berlin'],
  ['INVOICE_LINK_TTL', '2592001'],
  ['DATABASE_POOL_SIZE', '1'],
  ['NODE_ENV', 'prod'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused in one line that names the variable', (name, value) => {
  expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`^${name}: [^\n]+$`))
})

test('production does not start without a secret of its own', () => {
  expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(/^AUTH_JWT_SECRET: /)
  expect(() => parseConfig({ NODE_ENV: 'production', AUTH_JWKS_URL: 'https://id.example.com/keys' })).toThrow(/^INVOICE_LINK_SECRET: /)
  expect(parseConfig({ NODE_ENV: 'production', AUTH_JWT_SECRET: 'x'.repeat(32), DEMO_DATA: 'true' }).demoData).toBe(false)
})

test('an empty variable counts as not set, and a link has no double slash', () => {
  expect(parseConfig({ PORT: '', PUBLIC_URL: 'https://billing.example.com/' })).toMatchObject({
    port: 4000,
    publicUrl: 'https://billing.example.com',
  })
})

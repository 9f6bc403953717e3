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
  ['HTTP_REQUEST_TIMEOUT_MS', '99'],
  ['HTTP_REQUEST_TIMEOUT_MS', '30s'],
  ['HTTP_MAX_CONNECTIONS', '0'],
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

test('the sandbox takes payments for trying; in production it must be asked for by name', () => {
  const provider = (environment: Record<string, string>) => parseConfig(environment).payments.provider
  const production = { NODE_ENV: 'production', AUTH_JWT_SECRET: 'x'.repeat(32) }
  const store = { LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1', LEMONSQUEEZY_WEBHOOK_SECRET: 's' }
  expect(provider({})).toBe('sandbox')
  expect(provider(production)).toBe('none')
  expect(provider({ ...production, PAYMENT_PROVIDER: 'sandbox' })).toBe('sandbox')
  expect(provider({ ...production, ...store })).toBe('lemonsqueezy')
  expect(parseConfig({ ...store, LEMONSQUEEZY_WEBHOOK_SECRET: 'new, old' }).payments.webhookSecrets).toEqual(['new', 'old'])
})

test.each([
  [{ PAYMENT_PROVIDER: 'lemonsqueezy' }, /^LEMONSQUEEZY_API_KEY: /],
  [{ LEMONSQUEEZY_API_KEY: 'k' }, /^LEMONSQUEEZY_STORE_ID: /],
  [{ LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1' }, /^LEMONSQUEEZY_WEBHOOK_SECRET: /],
  [{ CHECKOUT_ORIGINS: 'https://panel.example.com/path' }, /^CHECKOUT_ORIGINS: /],
  [{ GRACE_DAYS: '-1' }, /^GRACE_DAYS: /],
])('%j stops the start, naming what is wrong', (environment, complaint) => {
  expect(() => parseConfig(environment)).toThrow(complaint)
})

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
  ['LEMONSQUEEZY_WEBHOOK_SECRET', 'short'],
  ['LEMONSQUEEZY_WEBHOOK_SECRET', 'whsec_new_secret_1,'],
  ['LEMONSQUEEZY_WEBHOOK_SECRET', ',whsec_new_secret_1'],
  ['LEMONSQUEEZY_WEBHOOK_SECRET', 'whsec_new_secret_1,,whsec_old_secret_1'],
  ['ESCLUSE_WEBHOOK_SECRET', 'whsec_new_secret_1,short'],
  ['METRICS_TOKEN', 'x'],
  ['TEST_SERIES', 'INV'],
  ['TEST_CREDIT_NOTE_SERIES', 'CN'],
  ['STATEMENT_SERIES', 'CN'],
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
  const store = { LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1', LEMONSQUEEZY_WEBHOOK_SECRET: 'the secret of a store' }
  expect(provider({})).toBe('sandbox')
  expect(provider(production)).toBe('none')
  expect(provider({ ...production, PAYMENT_PROVIDER: 'sandbox' })).toBe('sandbox')
  expect(provider({ ...production, ...store })).toBe('lemonsqueezy')
  const rotating = { ...store, LEMONSQUEEZY_WEBHOOK_SECRET: 'the secret from now on, the secret from before' }
  expect(parseConfig(rotating).payments.webhookSecrets).toEqual(['the secret from now on', 'the secret from before'])
})

test.each([
  [{ PAYMENT_PROVIDER: 'lemonsqueezy' }, /^LEMONSQUEEZY_API_KEY: /],
  [{ LEMONSQUEEZY_API_KEY: 'k' }, /^LEMONSQUEEZY_STORE_ID: /],
  [{ LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1' }, /^LEMONSQUEEZY_WEBHOOK_SECRET: /],
  [{ CHECKOUT_ORIGINS: 'https://panel.example.com/path' }, /^CHECKOUT_ORIGINS: /],
  [{ GRACE_DAYS: '-1' }, /^GRACE_DAYS: /],
  [{ CORS_ORIGINS: '*' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'null' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'panel.example.com' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'https://panel.example.com/' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'http://*.example.com' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'https://*.com' }, /^CORS_ORIGINS: /],
  [{ CORS_ORIGINS: 'https://eu.*.example.com' }, /^CORS_ORIGINS: /],
  [{ CHECKOUT_ORIGINS: 'https://*.example.com' }, /^CHECKOUT_ORIGINS: /],
  [{ AUTH_COOKIE_NAME: 'a session' }, /^AUTH_COOKIE_NAME: /],
  [{ EXPLORER: 'yes' }, /^EXPLORER: /],
])('%j stops the start, naming what is wrong', (environment, complaint) => {
  expect(() => parseConfig(environment)).toThrow(complaint)
})

test('the two webhook routes never share a secret', () => {
  const shared = { LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_new_secret_1, whsec_old_secret_1', ESCLUSE_WEBHOOK_SECRET: 'whsec_old_secret_1' }
  expect(() => parseConfig(shared)).toThrow(/^ESCLUSE_WEBHOOK_SECRET: [^\n]+$/)
})

test('a checkout may return to the exact origins of CORS_ORIGINS unless CHECKOUT_ORIGINS is set', () => {
  const CORS_ORIGINS = 'https://panel.example.com, https://*.example.org,http://localhost:5173'
  const origins = (environment: Record<string, string>) => parseConfig(environment).payments.checkoutOrigins
  expect(origins({})).toEqual([])
  expect(origins({ CORS_ORIGINS })).toEqual(['https://panel.example.com', 'http://localhost:5173'])
  expect(origins({ CORS_ORIGINS, CHECKOUT_ORIGINS: 'https://shop.example.com' })).toEqual(['https://shop.example.com'])
})

test('the explorer is served unless this is production, and EXPLORER decides otherwise', () => {
  const production = { NODE_ENV: 'production', AUTH_JWT_SECRET: 'x'.repeat(32) }
  const served = [{}, production, { EXPLORER: 'false' }, { ...production, EXPLORER: 'true' }].map(
    (environment) => parseConfig(environment).explorer,
  )
  expect(served).toEqual([true, false, false, true])
})

import { describe, expect, test } from 'vitest'
import { parseConfig, parseDatabaseConfig, parseImportConfig } from '../../src/config/config.js'

test('requires no variable', () => {
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
  ['INVOICE_LINK_TTL_SECONDS', '2592001'],
  ['DATABASE_POOL_SIZE', '1'],
  ['WORKERS', '0'],
  ['WORKERS', '65'],
  ['WORKERS', '1.5'],
  ['WORKERS', 'auto'],
  ['DATABASE_SCHEMA', 'Shop'],
  ['DATABASE_SCHEMA', 'shop-a'],
  ['DATABASE_SCHEMA', '1shop'],
  ['DATABASE_SCHEMA', 'x'.repeat(51)],
  ['DATABASE_SCHEMA', 'pg_shop'],
  ['DATABASE_SCHEMA', 'information_schema'],
  ['DATABASE_SCHEMA', 'graphile_worker'],
  ['DATABASE_SCHEMA', 'shop_jobs'],
  ['HTTP_REQUEST_TIMEOUT_MS', '99'],
  ['HTTP_REQUEST_TIMEOUT_MS', '30s'],
  ['HTTP_MAX_CONNECTIONS', '0'],
  ['NODE_ENV', 'prod'],
  ['DEMO', 'yes'],
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
])('refuses %s=%s in one line that names the variable', (name, value) => {
  expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`^${name}: [^\n]+$`))
})

const SECRET = 'x'.repeat(32)
const SECRETS = { AUTH_JWT_SECRET: SECRET, INVOICE_LINK_SECRET: SECRET }
const JWKS = { AUTH_JWKS_URL: 'https://id.example.com/keys', AUTH_JWT_AUDIENCE: 'billing' }

describe('demo mode', () => {
  test.each<[string, Record<string, string>]>([
    ['nothing is set', {}],
    ['NODE_ENV is development', { NODE_ENV: 'development' }],
    ['NODE_ENV is test', { NODE_ENV: 'test' }],
    ['HOST is localhost', { HOST: 'localhost' }],
    ['HOST is ::1', { HOST: '::1' }],
    ['HOST is another loopback address', { HOST: '127.8.9.10' }],
    ['HOST is a mapped loopback address', { HOST: '::ffff:127.0.0.1' }],
    ['PUBLIC_URL is localhost', { PUBLIC_URL: 'http://localhost:4000' }],
    ['PUBLIC_URL is a loopback address', { PUBLIC_URL: 'http://127.0.0.1:4000' }],
    ['PUBLIC_URL is the IPv6 loopback address', { PUBLIC_URL: 'http://[::1]:4000/billing' }],
    ['the production variables are empty', { DATABASE_URL: '', AUTH_JWT_SECRET: '  ', LEMONSQUEEZY_API_KEY: '' }],
    ['the sandbox is set explicitly', { PAYMENT_PROVIDER: 'sandbox' }],
    ['the seller is real', { INVOICE_ISSUED_FROM_NAME: 'Hosting Ltd', COMPANY_NAME: 'Hosting' }],
    ['DEMO is true next to a database', { DEMO: 'true', DATABASE_URL: 'postgresql://db/quittance' }],
    ['DEMO is true next to a secret', { DEMO: 'true', AUTH_JWT_SECRET: SECRET }],
    ['DEMO is true next to a key set', { DEMO: 'true', ...JWKS }],
    ['DEMO is true with NODE_ENV=production', { DEMO: 'true', NODE_ENV: 'production' }],
    ['DEMO is true with a public address', { DEMO: 'true', PUBLIC_URL: 'https://demo.example.com' }],
    ['DEMO is true on ::1', { DEMO: 'true', HOST: '::1' }],
  ])('applies when %s', (_case, environment) => {
    expect(parseConfig(environment)).toMatchObject({
      production: false,
      productionReason: undefined,
      demoData: true,
      introspection: 'everybody',
      payments: { provider: 'sandbox' },
    })
  })

  test.each<[string, Record<string, string>, string]>([
    ['DEMO is false', { DEMO: 'false' }, 'DEMO is false'],
    ['NODE_ENV is production', { NODE_ENV: 'production' }, 'NODE_ENV is production'],
    ['HOST is every interface', { HOST: '0.0.0.0' }, 'HOST is 0.0.0.0'],
    ['HOST is every interface of IPv6', { HOST: '::' }, 'HOST is ::'],
    ['HOST is a private address', { HOST: '192.168.1.20' }, 'HOST is 192.168.1.20'],
    ['HOST only looks like localhost', { HOST: 'localhost.example.com' }, 'HOST is localhost.example.com'],
    ['HOST only looks like a loopback address', { HOST: '127.0.0.1.example.com' }, 'HOST is 127.0.0.1.example.com'],
    ['DATABASE_URL is set', { DATABASE_URL: 'postgresql://db/quittance' }, 'DATABASE_URL is set'],
    ['AUTH_JWT_SECRET is set', {}, 'AUTH_JWT_SECRET is set'],
    ['AUTH_JWKS_URL is set', { AUTH_JWT_SECRET: '', ...JWKS }, 'AUTH_JWKS_URL is set'],
    ['HOST is every interface, whatever NODE_ENV says', { NODE_ENV: 'development', HOST: '0.0.0.0' }, 'HOST is 0.0.0.0'],
  ])('does not apply when %s', (_case, environment, productionReason) => {
    expect(parseConfig({ ...SECRETS, ...environment })).toMatchObject({
      production: true,
      productionReason,
      demoData: false,
      introspection: 'signed-in',
      payments: { provider: 'none' },
    })
  })

  test.each<[string, Record<string, string>, string]>([
    ['DEMO', { DEMO: 'false' }, 'DEMO is false'],
    ['NODE_ENV', { NODE_ENV: 'production' }, 'NODE_ENV is production'],
    ['DATABASE_URL', { DATABASE_URL: 'postgresql://user:hidden@db/quittance' }, 'DATABASE_URL is set'],
    ['LEMONSQUEEZY_API_KEY', { LEMONSQUEEZY_API_KEY: 'hidden' }, 'LEMONSQUEEZY_API_KEY is set'],
    ['LEMONSQUEEZY_STORE_ID', { LEMONSQUEEZY_STORE_ID: '1' }, 'LEMONSQUEEZY_STORE_ID is set'],
    ['LEMONSQUEEZY_WEBHOOK_SECRET', { LEMONSQUEEZY_WEBHOOK_SECRET: 'hidden hidden hidden' }, 'LEMONSQUEEZY_WEBHOOK_SECRET is set'],
    ['ESCLUSE_WEBHOOK_SECRET', { ESCLUSE_WEBHOOK_SECRET: 'hidden hidden hidden' }, 'ESCLUSE_WEBHOOK_SECRET is set'],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://billing.example.com/' }, 'PUBLIC_URL is https://billing.example.com'],
  ])('names %s as the reason for a missing secret, and how to start a demo', (_name, environment, reason) => {
    expect(() => parseConfig(environment)).toThrow(
      `AUTH_JWT_SECRET: production rules apply because ${reason}; set a secret of at least 32 characters, or DEMO=true for a demo`,
    )
  })

  test('is suggested on a loopback address only', () => {
    expect(() => parseConfig({ HOST: '0.0.0.0' })).toThrow(
      'AUTH_JWT_SECRET: production rules apply because HOST is 0.0.0.0; set a secret of at least 32 characters, or DEMO=true with HOST=127.0.0.1 for a demo',
    )
    expect(() => parseConfig({ HOST: '0.0.0.0', DEMO: 'true' })).toThrow(
      /^DEMO: .*HOST is 0\.0\.0\.0; set HOST=127\.0\.0\.1, or remove DEMO$/,
    )
    expect(() => parseConfig({ HOST: '10.0.0.1', DEMO: 'true', ...SECRETS })).toThrow(/^DEMO: .*HOST is 10\.0\.0\.1/)
  })

  test('does not load demo data under production rules, even when DEMO_DATA is true', () => {
    expect(parseConfig({ ...SECRETS, DEMO_DATA: 'true' }).demoData).toBe(false)
    expect(parseConfig({ DEMO_DATA: 'false' })).toMatchObject({ production: false, demoData: false })
  })

  test('requires a secret for links when an identity provider signs the tokens', () => {
    expect(() => parseConfig(JWKS)).toThrow(/^INVOICE_LINK_SECRET: production rules apply because AUTH_JWKS_URL is set; .*DEMO=true/)
    expect(parseConfig({ ...JWKS, INVOICE_LINK_SECRET: SECRET }).production).toBe(true)
  })

  test('requires no secret for commands that use the database only', () => {
    expect(parseDatabaseConfig({ DATABASE_URL: 'postgresql://db/quittance', NODE_ENV: 'production' })).toMatchObject({
      database: { url: 'postgresql://db/quittance' },
      dataDir: 'data',
    })
    expect(parseImportConfig({ BILLING_CURRENCY: 'EUR' })).toEqual({ currency: 'EUR', pricesIncludeTax: true, fonts: [] })
    expect(parseImportConfig({}).currency).toBe('USD')
    expect(parseImportConfig({ PRICES_INCLUDE_TAX: 'false' }).pricesIncludeTax).toBe(false)
  })
})

test.each<[Record<string, string>, RegExp]>([
  [{ AUTH_JWKS_URL: 'https://id.example.com/keys' }, /^AUTH_JWT_AUDIENCE: /],
  [{ AUTH_JWKS_URL: 'http://id.example.com/keys', AUTH_JWT_AUDIENCE: 'billing' }, /^AUTH_JWKS_URL: must be an https URL/],
  [{ AUTH_JWKS_URL: 'http://localhost.example.com/keys', AUTH_JWT_AUDIENCE: 'billing' }, /^AUTH_JWKS_URL: must be an https URL/],
])('refuses %j, because an identity provider requires an audience and https', (environment, message) => {
  expect(() => parseConfig({ ...environment, DEMO: 'true' })).toThrow(message)
})

test('accepts http for an identity provider on this machine', () => {
  const url = 'http://127.0.0.1:9000/keys'
  expect(parseConfig({ DEMO: 'true', AUTH_JWKS_URL: url, AUTH_JWT_AUDIENCE: 'billing' }).auth).toMatchObject({ jwksUrl: url })
})

test('lists the missing seller variables', () => {
  const seller = { INVOICE_ISSUED_FROM_NAME: 'Hosting Ltd', INVOICE_ISSUED_FROM_CITY: 'Dublin', INVOICE_ISSUED_FROM_COUNTRY: 'IE' }
  expect(parseConfig(seller).invoices.missingSeller).toEqual([
    'INVOICE_ISSUED_FROM_ADDRESS',
    'INVOICE_ISSUED_FROM_TAX_ID or INVOICE_ISSUED_FROM_REGISTRATION_ID',
  ])
  for (const number of ['INVOICE_ISSUED_FROM_TAX_ID', 'INVOICE_ISSUED_FROM_REGISTRATION_ID'])
    expect(parseConfig({ ...seller, [number]: '1' }).invoices.missingSeller).toEqual(['INVOICE_ISSUED_FROM_ADDRESS'])
})

test('parses what a seller states in addition to its name and address', () => {
  const { issuer, format, defaultCustomerCountry } = parseConfig({
    INVOICE_ISSUED_FROM_COUNTRY: 'FR',
    INVOICE_ISSUED_FROM_REGISTRATION_ID: '732 829 320 00074',
    INVOICE_ISSUED_FROM_REGISTER: 'RCS Paris',
    INVOICE_ISSUED_FROM_CONTACT: 'Service comptable',
    INVOICE_ISSUED_FROM_PHONE: '+33 1 23 45 67 89',
    INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: '0009:73282932000074',
    INVOICE_FORMAT: 'FRANCE',
    DEFAULT_CUSTOMER_COUNTRY: 'FR',
  }).invoices
  expect(issuer).toEqual({
    company: 'Quittance',
    name: 'Quittance',
    country: 'FR',
    registrationId: '73282932000074',
    register: 'RCS Paris',
    contact: 'Service comptable',
    phone: '+33 1 23 45 67 89',
    electronicAddress: { scheme: '0009', id: '73282932000074' },
  })
  expect([format, defaultCustomerCountry]).toEqual(['FRANCE', 'FR'])
  expect(parseConfig({}).invoices).toMatchObject({ format: 'FACTUR_X', issuer: { company: 'Quittance', name: 'Quittance' } })
  expect(parseConfig({}).invoices.defaultCustomerCountry).toBeUndefined()
  expect(parseConfig({ INVOICE_ISSUED_FROM_REGISTRATION_ID: 'HRB 12345' }).invoices.issuer.registrationId).toBe('HRB 12345')
})

test.each<[Record<string, string>, RegExp]>([
  [
    { INVOICE_ISSUED_FROM_COUNTRY: 'FR', INVOICE_ISSUED_FROM_REGISTRATION_ID: '732829321' },
    /^INVOICE_ISSUED_FROM_REGISTRATION_ID: must be a SIREN \(9 digits\) or a SIRET \(14 digits\) with valid check digits, because the country is FR$/,
  ],
  [
    { INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: 'DE123456788' },
    /^INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: must be a code of the EAS list, a colon/,
  ],
  [{ INVOICE_FORMAT: 'UBL' }, /^INVOICE_FORMAT: must be one of FACTUR_X, XRECHNUNG, PEPPOL, FRANCE$/],
  [{ DEFAULT_CUSTOMER_COUNTRY: 'Germany' }, /^DEFAULT_CUSTOMER_COUNTRY: must be an ISO 3166 code, for example DE$/],
])('refuses %j', (environment, message) => {
  expect(() => parseConfig(environment)).toThrow(message)
})

test.each([
  ['IE', 'IE1234567WH', undefined],
  ['GR', 'EL094014201', undefined],
  ['US', '12-3456789', undefined],
  ['IE', 'IE1234567WA', /^INVOICE_ISSUED_FROM_TAX_ID: not a VAT id of IE .*reverse charge never applies; correct it/],
  ['DE', 'IE1234567WH', /not a VAT id of DE/],
  // Without its prefix.
  ['DE', '136695976', /not a VAT id of DE/],
  ['DE', '12/345/67890', /unless the seller has no VAT id$/],
])('explains why a seller in %s with the tax id %s has no reverse charge', (country, taxId, problem) => {
  const seller = { INVOICE_ISSUED_FROM_COUNTRY: country, INVOICE_ISSUED_FROM_TAX_ID: taxId }
  const found = parseConfig(seller).invoices.sellerVatIdProblem
  if (problem) expect(found).toMatch(problem)
  else expect(found).toBeUndefined()
})

test('treats an empty variable as not set and removes the trailing slash of PUBLIC_URL', () => {
  expect(parseConfig({ ...SECRETS, PORT: '', PUBLIC_URL: 'https://billing.example.com/' })).toMatchObject({
    port: 4000,
    publicUrl: 'https://billing.example.com',
  })
})

test('uses the sandbox in demo mode and, under production rules, only when it is set explicitly', () => {
  const provider = (environment: Record<string, string>) => parseConfig(environment).payments.provider
  const production = { AUTH_JWT_SECRET: SECRET }
  const store = { LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1', LEMONSQUEEZY_WEBHOOK_SECRET: 'the secret of a store' }
  expect(provider({})).toBe('sandbox')
  expect(provider(production)).toBe('none')
  expect(provider({ ...production, PAYMENT_PROVIDER: 'sandbox' })).toBe('sandbox')
  expect(provider({ ...production, ...store })).toBe('lemonsqueezy')
  const rotating = { ...production, ...store, LEMONSQUEEZY_WEBHOOK_SECRET: 'the current webhook secret, the previous webhook secret' }
  expect(parseConfig(rotating).payments.webhookSecrets).toEqual(['the current webhook secret', 'the previous webhook secret'])
})

test('uses the providers that PAYMENT_PROVIDER names, and the first one for new checkouts', () => {
  const store = { LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1', LEMONSQUEEZY_WEBHOOK_SECRET: 'the secret of a store' }
  const inUse = (PAYMENT_PROVIDER: string) => {
    const { provider, sandbox, lemonSqueezy } = parseConfig({ AUTH_JWT_SECRET: SECRET, ...store, PAYMENT_PROVIDER }).payments
    return [provider, sandbox, lemonSqueezy?.storeId]
  }
  expect(inUse('sandbox')).toEqual(['sandbox', true, undefined])
  expect(inUse('none')).toEqual(['none', false, undefined])
  expect(inUse('lemonsqueezy')).toEqual(['lemonsqueezy', false, '1'])
  expect(inUse('sandbox, lemonsqueezy')).toEqual(['sandbox', true, '1'])
  expect(inUse('lemonsqueezy,sandbox')).toEqual(['lemonsqueezy', true, '1'])
  expect(inUse('none,lemonsqueezy')).toEqual(['none', false, '1'])
})

test.each([
  [{ PAYMENT_PROVIDER: 'lemonsqueezy' }, /^LEMONSQUEEZY_API_KEY: /],
  [{ PAYMENT_PROVIDER: 'none,lemonsqueezy' }, /^LEMONSQUEEZY_API_KEY: /],
  [{ PAYMENT_PROVIDER: ',' }, /^PAYMENT_PROVIDER: must be sandbox, lemonsqueezy or none/],
  [{ PAYMENT_PROVIDER: 'sandbox,sandbox' }, /^PAYMENT_PROVIDER: must not name a provider twice/],
  [{ PAYMENT_PROVIDER: 'sandbox,stripe' }, /^PAYMENT_PROVIDER: must be sandbox, lemonsqueezy or none/],
  [{ LEMONSQUEEZY_API_KEY: 'k' }, /^LEMONSQUEEZY_STORE_ID: /],
  [{ LEMONSQUEEZY_API_KEY: 'k', LEMONSQUEEZY_STORE_ID: '1' }, /^LEMONSQUEEZY_WEBHOOK_SECRET: /],
  [{ CHECKOUT_ORIGINS: 'https://panel.example.com/path' }, /^CHECKOUT_ORIGINS: /],
  [{ GRACE_DAYS: '-1' }, /^GRACE_DAYS: /],
  [{ REFUND_FULL_DAYS: '-1' }, /^REFUND_FULL_DAYS: /],
  [{ REFUND_PRORATED_DAYS: '1.5' }, /^REFUND_PRORATED_DAYS: /],
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
  [{ PAGES: 'portal', PUBLIC_URL: 'https://example.com/billing' }, /^PAGES: .* PUBLIC_URL must have no path/],
])('refuses %j and names the variable', (environment, message) => {
  expect(() => parseConfig({ DEMO: 'true', ...environment })).toThrow(message)
})

test('refuses a secret that both webhook routes share', () => {
  const shared = {
    DEMO: 'true',
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_new_secret_1, whsec_old_secret_1',
    ESCLUSE_WEBHOOK_SECRET: 'whsec_old_secret_1',
  }
  expect(() => parseConfig(shared)).toThrow(/^ESCLUSE_WEBHOOK_SECRET: [^\n]+$/)
})

test('allows checkouts to return to the exact origins of CORS_ORIGINS unless CHECKOUT_ORIGINS is set', () => {
  const CORS_ORIGINS = 'https://panel.example.com, https://*.example.org,http://localhost:5173'
  const origins = (environment: Record<string, string>) => parseConfig(environment).payments.checkoutOrigins
  expect(origins({})).toEqual([])
  expect(origins({ CORS_ORIGINS })).toEqual(['https://panel.example.com', 'http://localhost:5173'])
  expect(origins({ CORS_ORIGINS, CHECKOUT_ORIGINS: 'https://shop.example.com' })).toEqual(['https://shop.example.com'])
})

test('uses the public VIES under production rules only, unless VIES_URL is set', () => {
  const url = (environment: Record<string, string>) => parseConfig(environment).invoices.viesUrl
  expect(url(SECRETS)).toBe('https://ec.europa.eu/taxation_customs/vies/rest-api')
  expect(url({})).toBeUndefined()
  expect(url({ VIES_URL: 'http://127.0.0.1:8080' })).toBe('http://127.0.0.1:8080')
  expect(() => url({ VIES_URL: 'ftp://example.com' })).toThrow(/^VIES_URL: must be an http or https URL/)
})

test('serves the explorer in demo mode only, unless EXPLORER is set', () => {
  const production = { NODE_ENV: 'production', AUTH_JWT_SECRET: 'x'.repeat(32) }
  const served = [{}, production, { EXPLORER: 'false' }, { ...production, EXPLORER: 'true' }].map(
    (environment) => parseConfig(environment).explorer,
  )
  expect(served).toEqual([true, false, false, true])
})

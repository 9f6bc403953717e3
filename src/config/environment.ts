import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { StartError } from '../core/errors.js'
import { isLocale } from '../core/input.js'
import { isLoopbackHost } from '../core/loopback.js'
import { isCurrency } from '../core/money.js'

interface Variable<T extends z.ZodType = z.ZodType> {
  readonly schema: T
  readonly about: string
  /** What the table in docs/configuration.md shows when the variable has no default. */
  readonly unset?: string
}

function defineVariable<T extends z.ZodType>(schema: T, about: string, unset?: string): Variable<T> {
  return { schema, about, ...(unset && { unset }) }
}

const optional = z.string().optional()
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional()
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const secret = z.string().min(32, 'must be at least 32 characters long').optional()

const MIN_SECRET_LENGTH = 16
/** Secrets separated by commas. Each part is checked: a stray comma would otherwise add an empty key that anybody can sign with. */
const secretList = z
  .string()
  .optional()
  .transform((list) => list?.split(',').map((part) => part.trim()) ?? [])
  .refine(
    (secrets) => secrets.every((part) => part.length >= MIN_SECRET_LENGTH),
    `every secret must have at least ${MIN_SECRET_LENGTH} characters: replace short secrets and remove stray commas`,
  )
const points = (byDefault: number) =>
  z.coerce.number({ error: 'must be a number of points' }).int('must be a whole number').min(1).max(1_000_000_000).default(byDefault)
const flag = (byDefault: 'true' | 'false') =>
  z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default(byDefault)
    .transform((value) => value === 'true')

/** Separated by commas; empty parts are left out. */
const list = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const series = (byDefault: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,9}$/, 'must be 1 to 10 capital letters and digits')
    .default(byDefault)

const VARIABLES = {
  NODE_ENV: defineVariable(
    z.enum(['development', 'production', 'test'], { error: 'must be development, production or test' }).default('development'),
    '`production` forces production rules, as `DEMO=false` does. The other values change nothing.',
  ),
  DEMO: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    '`true` allows a demo next to real settings, on a loopback `HOST` only: a demo secret, demo data, a sandbox for payments and a clock ' +
      'that can be moved. `false` forces production rules.',
    'a demo when `HOST` and `PUBLIC_URL` are loopback addresses and neither `DATABASE_URL`, `AUTH_JWT_SECRET`, `AUTH_JWKS_URL` nor a ' +
      'variable of a payment provider is set; otherwise production rules',
  ),
  PORT: defineVariable(
    z.coerce.number({ error: 'must be a port number' }).int('must be a port number').min(0).max(65535).default(4000),
    'TCP port. `0` picks a free one and prints it.',
  ),
  HOST: defineVariable(z.string().default('127.0.0.1'), 'Address to listen on; `0.0.0.0` for every interface.'),
  HTTP_REQUEST_TIMEOUT_MS: defineVariable(
    z.coerce
      .number({ error: 'must be a number of milliseconds' })
      .int('must be a whole number of milliseconds')
      .min(100)
      .max(600_000)
      .default(30_000),
    'Milliseconds within which a client must have sent its whole request. Responses may take longer.',
  ),
  HTTP_MAX_CONNECTIONS: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(1).max(1_000_000).default(10_000),
    'Connections that may be open at once, live updates included; further ones are refused.',
  ),
  PUBLIC_URL: defineVariable(
    httpUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
    'Address under which people reach this server: the start of every link it hands out.',
    '`http://localhost:PORT`',
  ),
  DATABASE_URL: defineVariable(databaseUrl, 'A PostgreSQL 15+ server to use instead of the embedded one.', 'embedded PostgreSQL'),
  DATABASE_POOL_SIZE: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(2).max(500).default(10),
    'Connections this process may hold.',
  ),
  DATABASE_REPLICA_URL: defineVariable(
    databaseUrl,
    'A streaming replica for reads that may be a moment old; who has just written reads from the main database.',
    'everything from one',
  ),
  DATA_DIR: defineVariable(z.string().default('data'), 'Folder of the embedded database and of the demo secret.'),
  DEMO_DATA: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    'Whether an empty database is filled with a demo catalogue, users and orders.',
    '`true` in demo mode; never under production rules',
  ),
  AUTH_JWT_SECRET: defineVariable(
    secret,
    'Secret of HS256 tokens, at least 32 characters. Required under production rules unless `AUTH_JWKS_URL` is set.',
    'in demo mode a random one, kept in `DATA_DIR`',
  ),
  AUTH_JWT_FORMER_SECRET: defineVariable(
    secret,
    'The secret before it was changed: what it has signed is accepted for as long as it stands here.',
  ),
  AUTH_JWKS_URL: defineVariable(
    httpUrl.refine(isHttpsOrLoopback, 'must be an https URL; http is accepted for loopback hosts only').optional(),
    'Key set of the identity provider, instead of a shared secret. Needs `AUTH_JWT_AUDIENCE`.',
  ),
  AUTH_JWT_ISSUER: defineVariable(z.string().default('quittance'), 'The `iss` that tokens must carry.'),
  AUTH_JWT_AUDIENCE: defineVariable(
    optional,
    'The `aud` that tokens must carry. Required with `AUTH_JWKS_URL`: an identity provider signs tokens for other services too.',
    'not checked',
  ),
  AUTH_ROLE_CLAIM: defineVariable(
    z.string().default('role'),
    'Claim that makes an administrator when it is `admin` or a list with `admin`: a name, or a path such as `realm_access.roles`.',
  ),
  AUTH_COOKIE_NAME: defineVariable(
    z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a cookie such as session or __Host-session')
      .default('session'),
    'Cookie in which a browser sends its token.',
  ),
  CORS_ORIGINS: defineVariable(
    z
      .string()
      .optional()
      .transform((text) => list(text) ?? [])
      .refine(
        (origins) => origins.every((origin) => isOrigin(origin) || isSubdomainPattern(origin)),
        'must be origins such as https://panel.example.com or https://*.example.com, separated by commas',
      ),
    'Origins whose pages may use the API from a browser. Only those without `*` may use the session cookie.',
    'none; in demo mode `localhost` on every port, without the cookie',
  ),
  EXPLORER: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    'Whether the explorer at `/graphql` and the pages at `/api/docs` are served.',
    '`true` in demo mode, otherwise `false`',
  ),
  BILLING_ENABLED: defineVariable(flag('true'), 'The billing feature flag until `setBillingEnabled` stores another value.'),
  BILLING_CURRENCY: defineVariable(
    z.string().refine(isCurrency, 'must be an ISO 4217 code such as USD').default('USD'),
    'Currency of new plans.',
  ),
  COMPANY_NAME: defineVariable(z.string().default('Quittance'), 'Name over the invoice and in its file properties.'),
  INVOICE_ISSUED_FROM_NAME: defineVariable(optional, 'Legal name of the seller.', '`COMPANY_NAME`'),
  INVOICE_ISSUED_FROM_ADDRESS: defineVariable(optional, 'Street and number of the seller.'),
  INVOICE_ISSUED_FROM_CITY: defineVariable(optional, 'City of the seller.'),
  INVOICE_ISSUED_FROM_STATE: defineVariable(optional, 'State or province of the seller.'),
  INVOICE_ISSUED_FROM_ZIP: defineVariable(optional, 'Postal code of the seller.'),
  INVOICE_ISSUED_FROM_COUNTRY: defineVariable(
    z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code such as DE')
      .optional(),
    'Country of the seller, two letters.',
  ),
  INVOICE_ISSUED_FROM_TAX_ID: defineVariable(optional, 'Tax or VAT number of the seller.'),
  INVOICE_ISSUED_FROM_EMAIL: defineVariable(z.email('must be an e-mail address').optional(), 'Where customers write about an invoice.'),
  INVOICE_LOGO_PATH: defineVariable(optional, 'PNG, JPEG or SVG for the top of invoices, at most 2 MB.', 'no logo'),
  INVOICE_FONTS: defineVariable(
    z
      .string()
      .optional()
      .transform((paths) => paths?.split(',').map((path) => path.trim()) ?? []),
    'Font files (TTF), separated by commas, for characters beyond Latin, Greek, Cyrillic, Hebrew and Arabic.',
    'none',
  ),
  INVOICE_LOCALE: defineVariable(
    z.string().refine(isLocale, 'must be a language tag such as de-DE').default('en-US'),
    'Language of documents and manner of their dates and amounts, for customers who have set none.',
  ),
  INVOICE_SERIES: defineVariable(series('INV'), 'Prefix of invoice numbers.'),
  CREDIT_NOTE_SERIES: defineVariable(series('CN'), 'Prefix of credit note numbers.'),
  STATEMENT_SERIES: defineVariable(series('ST'), 'Prefix of the numbers of payment statements.'),
  TEST_SERIES: defineVariable(series('TEST'), 'Prefix of the numbers of sandbox invoices.'),
  TEST_CREDIT_NOTE_SERIES: defineVariable(series('TESTCN'), 'Prefix of the numbers of credit notes for sandbox invoices.'),
  PRICES_INCLUDE_TAX: defineVariable(flag('true'), 'Whether the prices of plans hold their tax; otherwise it comes on top.'),
  INVOICE_S3_BUCKET: defineVariable(
    optional,
    'Bucket of an S3-compatible store for the files of invoices; credentials and region as the AWS SDK finds them.',
    'kept in the database',
  ),
  INVOICE_S3_ENDPOINT: defineVariable(httpUrl.optional(), 'Address of the store where it is not Amazon.', "Amazon's"),
  INVOICE_TIME_ZONE: defineVariable(
    z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin').default('UTC'),
    "The seller's time zone: it decides the dates and the year of invoice numbers.",
  ),
  GRACE_DAYS: defineVariable(
    z.coerce.number({ error: 'must be a number of days' }).int('must be a whole number').min(0).max(90).default(7),
    'Days for which a plan goes on after a payment failed, before the holder falls back to the free plan.',
  ),
  PAYMENT_PROVIDER: defineVariable(
    z.enum(['sandbox', 'lemonsqueezy', 'none'], { error: 'must be sandbox, lemonsqueezy or none' }).optional(),
    'Who takes payments. The sandbox is a checkout of our own, for trying; under production rules it must be named.',
    '`lemonsqueezy` with `LEMONSQUEEZY_API_KEY`, otherwise `sandbox` in demo mode and `none` under production rules',
  ),
  LEMONSQUEEZY_API_KEY: defineVariable(optional, 'Key of the Lemon Squeezy API.'),
  LEMONSQUEEZY_STORE_ID: defineVariable(z.string().regex(/^\d+$/, 'must be the number of the store').optional(), 'Number of the store.'),
  LEMONSQUEEZY_WEBHOOK_SECRET: defineVariable(
    secretList,
    `Signing secret of the webhook, at least ${MIN_SECRET_LENGTH} characters; two, separated by a comma, during a rotation.`,
    'one of its own for the sandbox',
  ),
  ESCLUSE_WEBHOOK_SECRET: defineVariable(
    secretList,
    `Signing secret of the events that arrive at \`/webhooks/escluse\`, at least ${MIN_SECRET_LENGTH} characters; two, separated by a comma, during a rotation.`,
    'the route is 404',
  ),
  LEMONSQUEEZY_API_URL: defineVariable(httpUrl.default('https://api.lemonsqueezy.com'), 'Address of the API.'),
  CHECKOUT_ORIGINS: defineVariable(
    z
      .string()
      .optional()
      .transform(list)
      .refine((origins) => origins?.every(isOrigin) ?? true, 'must be origins such as https://panel.example.com, separated by commas'),
    'Origins to which a checkout may return, in addition to that of `PUBLIC_URL`.',
    'those of `CORS_ORIGINS` without `*`',
  ),
  INTROSPECTION: defineVariable(
    z.enum(['everybody', 'signed-in', 'nobody'], { error: 'must be everybody, signed-in or nobody' }).optional(),
    'Who may ask for the schema, and gets suggestions for names that are wrong.',
    '`everybody` in demo mode, otherwise `signed-in`',
  ),
  HTTP_STATUS_PROFILE: defineVariable(
    z.enum(['stable', 'draft'], { error: 'must be stable or draft' }).default('stable'),
    'Statuses of GraphQL answers: `stable` as clients know them, `draft` as the newest draft of GraphQL over HTTP has them (422, 294).',
  ),
  GRAPHQL_COMPILE_AFTER: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(0).max(1000).default(3),
    'How often a document must have come before it is compiled to JavaScript, which is faster from then on; `0` compiles none.',
  ),
  RATE_LIMIT_POINTS: defineVariable(
    points(20_000),
    'Points that a caller may spend at once; `extensions.cost` says what an operation costs. Administrators and API keys have ten times as many.',
  ),
  RATE_LIMIT_RESTORE: defineVariable(points(1000), 'Points a second that a caller gets back.'),
  REDIS_URL: defineVariable(
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
    'A Redis server to count those points in, instead of the database.',
    'in the database',
  ),
  TRUST_PROXY: defineVariable(
    z
      .string()
      .optional()
      .transform((proxies) => proxies?.split(',').map((proxy) => proxy.trim()) ?? [])
      .refine((proxies) => proxies.every(isNetwork), 'must be addresses or networks such as 10.0.0.0/8, separated by commas'),
    'Reverse proxies whose `X-Forwarded-For` is believed: addresses or networks.',
    'none',
  ),
  TRUSTED_DOCUMENTS: defineVariable(optional, 'Manifest of trusted documents, as `npm run documents` writes it.', 'none'),
  TRUSTED_DOCUMENTS_ONLY: defineVariable(flag('false'), 'Whether nothing but trusted documents runs.'),
  METRICS_TOKEN: defineVariable(
    z.string().min(MIN_SECRET_LENGTH, `must be at least ${MIN_SECRET_LENGTH} characters long`).optional(),
    `What a reader of \`/metrics\` sends as \`Authorization: Bearer …\`, at least ${MIN_SECRET_LENGTH} characters.`,
    'in demo mode open to the machine itself, otherwise to nobody',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: defineVariable(
    httpUrl.optional(),
    'Where OpenTelemetry traces go, over OTLP/HTTP; the other `OTEL_…` variables count too.',
    'no traces',
  ),
  UPGRADE_URL: defineVariable(
    z
      .string()
      .refine(
        (url) => isHttpUrl(url.replaceAll('{plan}', 'pro')),
        'must be an http or https URL such as https://panel.example.com/billing?upgrade={plan}',
      )
      .optional(),
    'Where who has reached a limit can buy more: `{plan}` becomes the slug of the next plan up.',
    'the explorer in demo mode, otherwise none',
  ),
  EVENT_PRIVATE_HOSTS: defineVariable(
    z
      .string()
      .optional()
      .transform((hosts) => hosts?.split(',').map((host) => host.trim().toLowerCase()) ?? []),
    'Hosts in your own network that events may be sent to under production rules, separated by commas: `panel.internal`.',
    'none',
  ),
  INVOICE_LINK_TTL: defineVariable(
    z.coerce
      .number({ error: 'must be a number of seconds' })
      .int()
      .min(60)
      .max(2_592_000, 'must be at most 2592000 (30 days)')
      .default(3600),
    'Seconds for which an invoice link opens without signing in.',
  ),
  INVOICE_LINK_SECRET: defineVariable(
    secret,
    'Secret of invoice links, at least 32 characters. Required under production rules when `AUTH_JWT_SECRET` is not set.',
    'derived from `AUTH_JWT_SECRET`, in demo mode from the demo secret',
  ),
  INVOICE_LINK_FORMER_SECRET: defineVariable(secret, 'The secret of links before it was changed: links that it has signed still open.'),
  LOG_LEVEL: defineVariable(
    z
      .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], { error: 'must be silent, fatal, error, warn, info or debug' })
      .default('info'),
    'How much is logged.',
  ),
} satisfies Record<string, Variable>

export type EnvironmentValues = { [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]['schema']> }

/** The environment by the names of its variables. @throws StartError with one line that names the variable */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): EnvironmentValues {
  const entries = Object.entries<Variable>(VARIABLES).map(([name, { schema }]) => {
    const result = schema.safeParse(environment[name]?.trim() || undefined)
    if (!result.success) throw new StartError(`${name}: ${result.error.issues[0]?.message ?? 'is wrong'}`)
    return [name, result.data]
  })
  return Object.fromEntries(entries) as EnvironmentValues
}

/** Variables by their names, as documentation shows them. */
export function describeVariables(): DescribedVariable[] {
  return Object.entries<Variable>(VARIABLES).map(([name, { schema, about, unset }]) => {
    const parsed = schema.safeParse(undefined)
    const byDefault = parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined
    return { name, about, unset, byDefault: unset === undefined ? byDefault : undefined }
  })
}

interface DescribedVariable {
  name: string
  about: string
  /** What holds without a value, in words. */
  unset: string | undefined
  /** The value that holds without one. */
  byDefault: string | undefined
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text && !text.includes('*')
}

/** An https origin whose first label is `*`: every subdomain, of a domain with at least two labels. */
function isSubdomainPattern(text: string): boolean {
  return /^https:\/\/\*(\.[a-z0-9-]+){2,}(:\d{1,5})?$/.test(text) && isOrigin(text.replace('*', 'any'))
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** What is not a URL is refused by another check. */
function isHttpsOrLoopback(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || isLoopbackHost(hostname)
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function isNetwork(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text)
}

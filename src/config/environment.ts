import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { StartError } from '../core/errors.js'
import { isLocale } from '../core/input.js'
import { isLoopbackHost } from '../core/loopback.js'
import { isCurrency } from '../core/money.js'

interface Variable<T extends z.ZodType = z.ZodType> {
  readonly schema: T
  readonly about: string
  /** The text for the default in docs/configuration.md when the schema has none. */
  readonly unset?: string
}

function defineVariable<T extends z.ZodType>(schema: T, about: string, unset?: string): Variable<T> {
  return { schema, about, ...(unset && { unset }) }
}

const optionalString = z.string().optional()
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional()
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const secret = z.string().min(32, 'must be at least 32 characters long').optional()

/** The minimum length of webhook secrets and of the metrics token. */
const MIN_SHARED_SECRET_LENGTH = 16
/**
 * Secrets separated by commas. Each part is checked, because a stray comma would add an empty key that
 * anybody can sign with.
 */
const secretList = z
  .string()
  .optional()
  .transform((list) => list?.split(',').map((part) => part.trim()) ?? [])
  .refine(
    (secrets) => secrets.every((part) => part.length >= MIN_SHARED_SECRET_LENGTH),
    `every secret must be at least ${MIN_SHARED_SECRET_LENGTH} characters long; replace short secrets and remove stray commas`,
  )
const pointsVariable = (defaultValue: number) =>
  z.coerce.number({ error: 'must be a number of points' }).int('must be a whole number').min(1).max(1_000_000_000).default(defaultValue)
const booleanVariable = (defaultValue: 'true' | 'false') =>
  z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default(defaultValue)
    .transform((value) => value === 'true')

/** Splits a comma-separated list and drops empty parts. */
const splitList = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const seriesVariable = (defaultValue: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,9}$/, 'must be 1 to 10 capital letters or digits and start with a letter')
    .default(defaultValue)

const VARIABLES = {
  NODE_ENV: defineVariable(
    z.enum(['development', 'production', 'test'], { error: 'must be development, production or test' }).default('development'),
    '`production` enforces production rules, as `DEMO=false` does. The other values have no effect.',
  ),
  DEMO: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    '`true` allows a demo together with real settings, on a loopback `HOST` only: a demo secret, demo data, a payment ' +
      'sandbox and a clock that can be moved. `false` enforces production rules.',
    'a demo when `HOST` and `PUBLIC_URL` are loopback addresses and none of `DATABASE_URL`, `AUTH_JWT_SECRET`, ' +
      '`AUTH_JWKS_URL` and the variables of payment providers is set; otherwise production rules',
  ),
  PORT: defineVariable(
    z.coerce.number({ error: 'must be a port number' }).int('must be a port number').min(0).max(65535).default(4000),
    'TCP port. `0` chooses a free port and prints it.',
  ),
  HOST: defineVariable(z.string().default('127.0.0.1'), 'Address to listen on; `0.0.0.0` for every interface.'),
  HTTP_REQUEST_TIMEOUT_MS: defineVariable(
    z.coerce
      .number({ error: 'must be a number of milliseconds' })
      .int('must be a whole number of milliseconds')
      .min(100)
      .max(600_000)
      .default(30_000),
    'Timeout for receiving a whole request, milliseconds. Responses may take longer.',
  ),
  HTTP_MAX_CONNECTIONS: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(1).max(1_000_000).default(10_000),
    'Maximum number of open connections, including live updates. Further connections are refused.',
  ),
  PUBLIC_URL: defineVariable(
    httpUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
    'Public address of this server. Every link that it creates starts with it.',
    '`http://localhost:PORT`',
  ),
  DATABASE_URL: defineVariable(databaseUrl, 'URL of a PostgreSQL 15+ server to use instead of the embedded one.', 'embedded PostgreSQL'),
  DATABASE_POOL_SIZE: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(2).max(500).default(10),
    'Maximum number of database connections of this process.',
  ),
  DATABASE_REPLICA_URL: defineVariable(
    databaseUrl,
    'URL of a read replica (streaming replication). Principals that have just written are served by the primary.',
    'no read replica',
  ),
  DATA_DIR: defineVariable(z.string().default('data'), 'Folder for the embedded database and the demo secret.'),
  DEMO_DATA: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    'Whether a demo catalog, users and orders are added to an empty database.',
    '`true` in demo mode; never under production rules',
  ),
  AUTH_JWT_SECRET: defineVariable(
    secret,
    'Secret for HS256 tokens, at least 32 characters. Required under production rules unless `AUTH_JWKS_URL` is set.',
    'in demo mode a random secret, stored in `DATA_DIR`',
  ),
  AUTH_JWT_FORMER_SECRET: defineVariable(
    secret,
    'Previous token secret, still accepted during a rotation. Remove it to stop accepting tokens that it has signed.',
  ),
  AUTH_JWKS_URL: defineVariable(
    httpUrl.refine(isHttpsOrLoopback, 'must be an https URL; http is accepted for loopback hosts only').optional(),
    'URL of the key set of the identity provider, instead of a shared secret. Requires `AUTH_JWT_AUDIENCE`.',
  ),
  AUTH_JWT_ISSUER: defineVariable(z.string().default('quittance'), 'Required `iss` claim of tokens.'),
  AUTH_JWT_AUDIENCE: defineVariable(
    optionalString,
    'Required `aud` claim of tokens. Must be set with `AUTH_JWKS_URL`, because an identity provider also signs tokens ' +
      'for other services.',
    'not checked',
  ),
  AUTH_ROLE_CLAIM: defineVariable(
    z.string().default('role'),
    'Claim that makes a user an administrator when it is `admin` or a list that contains `admin`: a name, or a path ' +
      'such as `realm_access.roles`.',
  ),
  AUTH_COOKIE_NAME: defineVariable(
    z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be a cookie name, for example session or __Host-session')
      .default('session'),
    'Name of the cookie that contains the token of a browser.',
  ),
  CORS_ORIGINS: defineVariable(
    z
      .string()
      .optional()
      .transform((text) => splitList(text) ?? [])
      .refine(
        (origins) => origins.every((origin) => isOrigin(origin) || isSubdomainPattern(origin)),
        'must be a comma-separated list of origins, for example https://panel.example.com,https://*.example.com',
      ),
    'Origins whose pages may call the API from a browser. Only origins without `*` may use the session cookie.',
    'none; in demo mode `localhost` on every port, without the session cookie',
  ),
  EXPLORER: defineVariable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    'Whether the explorer at `/graphql` and the pages at `/api/docs` are served.',
    '`true` in demo mode, otherwise `false`',
  ),
  BILLING_ENABLED: defineVariable(
    booleanVariable('true'),
    'Whether billing is enabled. Applies until `setBillingEnabled` changes it at runtime.',
  ),
  BILLING_CURRENCY: defineVariable(
    z.string().refine(isCurrency, 'must be an ISO 4217 code, for example USD').default('USD'),
    'Currency of new plans.',
  ),
  COMPANY_NAME: defineVariable(z.string().default('Quittance'), 'Name at the top of invoices and in their file properties.'),
  INVOICE_ISSUED_FROM_NAME: defineVariable(optionalString, 'Legal name of the seller.', '`COMPANY_NAME`'),
  INVOICE_ISSUED_FROM_ADDRESS: defineVariable(optionalString, 'Street and number of the seller.'),
  INVOICE_ISSUED_FROM_CITY: defineVariable(optionalString, 'City of the seller.'),
  INVOICE_ISSUED_FROM_STATE: defineVariable(optionalString, 'State or province of the seller.'),
  INVOICE_ISSUED_FROM_ZIP: defineVariable(optionalString, 'Postal code of the seller.'),
  INVOICE_ISSUED_FROM_COUNTRY: defineVariable(
    z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code, for example DE')
      .optional(),
    'Country of the seller, ISO 3166 code.',
  ),
  INVOICE_ISSUED_FROM_TAX_ID: defineVariable(optionalString, 'Tax or VAT number of the seller.'),
  INVOICE_ISSUED_FROM_EMAIL: defineVariable(
    z.email('must be an e-mail address').optional(),
    'Contact address for questions about an invoice.',
  ),
  INVOICE_LOGO_PATH: defineVariable(optionalString, 'PNG, JPEG or SVG file with the logo at the top of invoices, at most 2 MB.', 'no logo'),
  INVOICE_FONTS: defineVariable(
    z
      .string()
      .optional()
      .transform((paths) => paths?.split(',').map((path) => path.trim()) ?? []),
    'Font files (TTF), separated by commas, for scripts other than Latin, Greek, Cyrillic, Hebrew and Arabic.',
    'none',
  ),
  INVOICE_LOCALE: defineVariable(
    z.string().refine(isLocale, 'must be a language tag, for example de-DE').default('en-US'),
    'Default locale of invoices: their language and the format of dates and amounts.',
  ),
  INVOICE_SERIES: defineVariable(seriesVariable('INV'), 'Prefix of invoice numbers.'),
  CREDIT_NOTE_SERIES: defineVariable(seriesVariable('CN'), 'Prefix of credit note numbers.'),
  STATEMENT_SERIES: defineVariable(seriesVariable('ST'), 'Prefix of payment statement numbers.'),
  TEST_SERIES: defineVariable(seriesVariable('TEST'), 'Prefix of sandbox invoice numbers.'),
  TEST_CREDIT_NOTE_SERIES: defineVariable(seriesVariable('TESTCN'), 'Prefix of credit note numbers for sandbox invoices.'),
  PRICES_INCLUDE_TAX: defineVariable(booleanVariable('true'), 'Whether plan prices include tax. Otherwise tax is added.'),
  INVOICE_S3_BUCKET: defineVariable(
    optionalString,
    'Bucket of an S3-compatible store for invoice files. The AWS SDK finds the credentials and the region.',
    'files are stored in the database',
  ),
  INVOICE_S3_ENDPOINT: defineVariable(httpUrl.optional(), 'URL of the S3-compatible store.', "Amazon's"),
  INVOICE_TIME_ZONE: defineVariable(
    z.string().refine(isTimeZone, 'must be a time zone, for example Europe/Berlin').default('UTC'),
    "The seller's time zone. It determines the dates on invoices and the year in their numbers.",
  ),
  GRACE_DAYS: defineVariable(
    z.coerce.number({ error: 'must be a number of days' }).int('must be a whole number').min(0).max(90).default(7),
    'Number of days for which a plan remains active after a failed payment. Then the customer gets the default plan.',
  ),
  PAYMENT_PROVIDER: defineVariable(
    z.enum(['sandbox', 'lemonsqueezy', 'none'], { error: 'must be sandbox, lemonsqueezy or none' }).optional(),
    'The payment provider. `sandbox` is a built-in test checkout; under production rules it must be set explicitly.',
    '`lemonsqueezy` with `LEMONSQUEEZY_API_KEY`, otherwise `sandbox` in demo mode and `none` under production rules',
  ),
  LEMONSQUEEZY_API_KEY: defineVariable(optionalString, 'API key of Lemon Squeezy.'),
  LEMONSQUEEZY_STORE_ID: defineVariable(
    z.string().regex(/^\d+$/, 'must be a numeric store id, for example 12345').optional(),
    'Numeric id of the Lemon Squeezy store.',
  ),
  LEMONSQUEEZY_WEBHOOK_SECRET: defineVariable(
    secretList,
    `Signing secret of the webhook, at least ${MIN_SHARED_SECRET_LENGTH} characters. Two secrets, separated by a comma, during a rotation.`,
    'the sandbox has its own secret',
  ),
  ESCLUSE_WEBHOOK_SECRET: defineVariable(
    secretList,
    `Signing secret of events sent to \`/webhooks/escluse\`, at least ${MIN_SHARED_SECRET_LENGTH} characters. ` +
      'Two secrets, separated by a comma, during a rotation.',
    'the route responds with 404',
  ),
  LEMONSQUEEZY_API_URL: defineVariable(httpUrl.default('https://api.lemonsqueezy.com'), 'Base URL of the Lemon Squeezy API.'),
  CHECKOUT_ORIGINS: defineVariable(
    z
      .string()
      .optional()
      .transform(splitList)
      .refine(
        (origins) => origins?.every(isOrigin) ?? true,
        'must be a comma-separated list of origins, for example https://panel.example.com',
      ),
    'Origins that are allowed in return URLs of a checkout, in addition to the origin of `PUBLIC_URL`.',
    'the origins of `CORS_ORIGINS` without `*`',
  ),
  INTROSPECTION: defineVariable(
    z.enum(['everybody', 'signed-in', 'nobody'], { error: 'must be everybody, signed-in or nobody' }).optional(),
    'Who may read the schema by introspection and gets suggestions for misspelt names.',
    '`everybody` in demo mode, otherwise `signed-in`',
  ),
  HTTP_STATUS_PROFILE: defineVariable(
    z.enum(['stable', 'draft'], { error: 'must be stable or draft' }).default('stable'),
    'HTTP statuses of GraphQL responses: `stable` as clients expect them, `draft` as in the newest draft of GraphQL over ' +
      'HTTP (422, 294).',
  ),
  GRAPHQL_COMPILE_AFTER: defineVariable(
    z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(0).max(1000).default(3),
    'Number of executions after which an operation is compiled to JavaScript, which makes it faster. `0` disables compilation.',
  ),
  RATE_LIMIT_POINTS: defineVariable(
    pointsVariable(20_000),
    'Rate limit: the maximum number of points of a principal. `extensions.cost` reports the cost of an operation. ' +
      'Administrators and API keys have ten times as many points.',
  ),
  RATE_LIMIT_RESTORE: defineVariable(pointsVariable(1000), 'Rate limit: points per second that a principal regains.'),
  REDIS_URL: defineVariable(
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
    'URL of a Redis server that stores the points of the rate limit.',
    'points are stored in the database',
  ),
  TRUST_PROXY: defineVariable(
    z
      .string()
      .optional()
      .transform((proxies) => proxies?.split(',').map((proxy) => proxy.trim()) ?? [])
      .refine((proxies) => proxies.every(isNetwork), 'must be a comma-separated list of addresses or networks, for example 10.0.0.0/8'),
    'Reverse proxies whose `X-Forwarded-For` is trusted: addresses or networks, separated by commas.',
    'none',
  ),
  TRUSTED_DOCUMENTS: defineVariable(
    optionalString,
    'Path of the manifest of persisted operations that `npx quittance documents` writes.',
    'none',
  ),
  TRUSTED_DOCUMENTS_ONLY: defineVariable(booleanVariable('false'), 'Whether the server runs persisted operations only.'),
  METRICS_TOKEN: defineVariable(
    z.string().min(MIN_SHARED_SECRET_LENGTH, `must be at least ${MIN_SHARED_SECRET_LENGTH} characters long`).optional(),
    `Token for \`/metrics\`, sent as \`Authorization: Bearer …\`, at least ${MIN_SHARED_SECRET_LENGTH} characters.`,
    'in demo mode `/metrics` is open to this machine, otherwise closed',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: defineVariable(
    httpUrl.optional(),
    'Endpoint for OpenTelemetry traces over OTLP/HTTP. The other `OTEL_…` variables apply as well.',
    'no traces',
  ),
  UPGRADE_URL: defineVariable(
    z
      .string()
      .refine(
        (url) => isHttpUrl(url.replaceAll('{plan}', 'pro')),
        'must be an http or https URL, for example https://panel.example.com/billing?upgrade={plan}',
      )
      .optional(),
    'Upgrade link returned with `PLAN_LIMIT_EXCEEDED`. `{plan}` is replaced by the slug of the next higher plan.',
    'the explorer in demo mode, otherwise none',
  ),
  EVENT_PRIVATE_HOSTS: defineVariable(
    z
      .string()
      .optional()
      .transform((hosts) => hosts?.split(',').map((host) => host.trim().toLowerCase()) ?? []),
    'Hosts in your network that may receive events under production rules, separated by commas, such as `panel.internal`.',
    'none',
  ),
  INVOICE_LINK_TTL: defineVariable(
    z.coerce
      .number({ error: 'must be a number of seconds' })
      .int()
      .min(60)
      .max(2_592_000, 'must be at most 2592000 (30 days)')
      .default(3600),
    'Validity of invoice links, which open without signing in, in seconds.',
  ),
  INVOICE_LINK_SECRET: defineVariable(
    secret,
    'Signing secret of invoice links, at least 32 characters. Required under production rules without `AUTH_JWT_SECRET`.',
    'derived from `AUTH_JWT_SECRET`, in demo mode from the demo secret',
  ),
  INVOICE_LINK_FORMER_SECRET: defineVariable(secret, 'Previous secret of invoice links, still accepted during a rotation.'),
  LOG_LEVEL: defineVariable(
    z
      .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], { error: 'must be silent, fatal, error, warn, info or debug' })
      .default('info'),
    'Minimum level of logged messages.',
  ),
} satisfies Record<string, Variable>

export type EnvironmentValues = { [K in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[K]['schema']> }

/** Parses all variables, by name. @throws StartError with one line that names the variable */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): EnvironmentValues {
  const entries = Object.entries<Variable>(VARIABLES).map(([name, { schema }]) => {
    const result = schema.safeParse(environment[name]?.trim() || undefined)
    if (!result.success) throw new StartError(`${name}: ${result.error.issues[0]?.message ?? 'is invalid'}`)
    return [name, result.data]
  })
  return Object.fromEntries(entries) as EnvironmentValues
}

/** Describes all variables for the documentation. */
export function describeVariables(): DescribedVariable[] {
  return Object.entries<Variable>(VARIABLES).map(([name, { schema, about, unset }]) => {
    const parsed = schema.safeParse(undefined)
    const defaultValue = parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined
    return { name, about, unset, defaultValue: unset === undefined ? defaultValue : undefined }
  })
}

interface DescribedVariable {
  name: string
  about: string
  /** Describes the behaviour without a value. */
  unset: string | undefined
  defaultValue: string | undefined
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text && !text.includes('*')
}

/**
 * An https origin whose first label is `*`. It stands for every subdomain of a
 * domain with at least two labels.
 */
function isSubdomainPattern(text: string): boolean {
  return /^https:\/\/\*(\.[a-z0-9-]+){2,}(:\d{1,5})?$/.test(text) && isOrigin(text.replace('*', 'any'))
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Accepts texts that are not URLs, because another check refuses them. */
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

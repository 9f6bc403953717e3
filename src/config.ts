import { parseValues, type Values } from './config-variables.js'
import { StartError } from './core/errors.js'

/** The seller as invoices show it. */
export interface Issuer {
  company: string
  name: string
  address?: string
  city?: string
  state?: string
  zip?: string
  country?: string
  taxId?: string
  email?: string
}

export interface PaymentConfig {
  provider: 'sandbox' | 'lemonsqueezy' | 'none'
  lemonSqueezy: { apiKey: string; storeId: string; apiUrl: string } | undefined
  /** Several while they are being changed. */
  webhookSecrets: readonly string[]
  checkoutOrigins: readonly string[]
}

export interface Config {
  production: boolean
  port: number
  host: string
  http: { requestTimeoutMs: number; maxConnections: number }
  publicUrl: string | undefined
  databaseUrl: string | undefined
  replicaUrl: string | undefined
  poolSize: number
  dataDir: string
  demoData: boolean
  auth: {
    secret: string | undefined
    /** Not signed with any more, but still accepted. */
    formerSecrets: readonly string[]
    jwksUrl: string | undefined
    issuer: string
    audience: string | undefined
  }
  billing: { enabled: boolean; currency: string }
  graceDays: number
  introspection: 'everybody' | 'signed-in' | 'nobody'
  statusProfile: 'stable' | 'draft'
  rateLimit: { points: number; restore: number; redisUrl: string | undefined }
  /** How often a document must have come before it is compiled; 0 compiles none. */
  compileAfter: number
  /** Whose X-Forwarded-For is believed. */
  trustProxy: readonly string[]
  trustedDocuments: { manifest: string | undefined; only: boolean }
  metricsToken: string | undefined
  tracesEndpoint: string | undefined
  /** With `{plan}` in it. */
  upgradeUrl: string | undefined
  /** Where events may be sent to although it is no public address. */
  eventPrivateHosts: readonly string[]
  payments: PaymentConfig
  invoices: {
    issuer: Issuer
    logoPath: string | undefined
    fonts: readonly string[]
    s3: { bucket: string; endpoint: string | undefined } | undefined
    timeZone: string
    locale: string
    series: Readonly<Record<'invoice' | 'creditNote' | 'statement', string>>
    pricesIncludeTax: boolean
    linkTtlSeconds: number
    /** The first one signs; empty where they are derived from those of tokens. */
    linkSecrets: readonly string[]
  }
  logLevel: string
}

/**
 * Reads the environment once. An empty variable counts as not set.
 * @throws StartError with one line that names the variable
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values = parseValues(environment)
  const production = values.NODE_ENV === 'production'
  const secret = values.AUTH_JWT_SECRET
  if (production && !secret && !values.AUTH_JWKS_URL) {
    throw new StartError('AUTH_JWT_SECRET: production needs a secret of at least 32 characters, or AUTH_JWKS_URL')
  }
  if (new Set([values.INVOICE_SERIES, values.CREDIT_NOTE_SERIES, values.STATEMENT_SERIES]).size < 3) {
    throw new StartError('INVOICE_SERIES: invoices, credit notes and statements need three different series')
  }
  if (production && !secret && !values.INVOICE_LINK_SECRET) {
    throw new StartError('INVOICE_LINK_SECRET: production with AUTH_JWKS_URL needs a secret of at least 32 characters')
  }
  if (values.TRUSTED_DOCUMENTS_ONLY && !values.TRUSTED_DOCUMENTS) {
    throw new StartError('TRUSTED_DOCUMENTS: TRUSTED_DOCUMENTS_ONLY needs the manifest that npm run documents writes')
  }
  return {
    production,
    port: values.PORT,
    host: values.HOST,
    http: { requestTimeoutMs: values.HTTP_REQUEST_TIMEOUT_MS, maxConnections: values.HTTP_MAX_CONNECTIONS },
    publicUrl: values.PUBLIC_URL,
    databaseUrl: values.DATABASE_URL,
    replicaUrl: values.DATABASE_REPLICA_URL,
    poolSize: values.DATABASE_POOL_SIZE,
    dataDir: values.DATA_DIR,
    demoData: values.DEMO_DATA ? values.DEMO_DATA === 'true' && !production : !production,
    auth: {
      secret,
      formerSecrets: present(values.AUTH_JWT_FORMER_SECRET),
      jwksUrl: values.AUTH_JWKS_URL,
      issuer: values.AUTH_JWT_ISSUER,
      audience: values.AUTH_JWT_AUDIENCE,
    },
    billing: { enabled: values.BILLING_ENABLED, currency: values.BILLING_CURRENCY },
    graceDays: values.GRACE_DAYS,
    introspection: values.INTROSPECTION ?? (production ? 'signed-in' : 'everybody'),
    statusProfile: values.HTTP_STATUS_PROFILE,
    rateLimit: { points: values.RATE_LIMIT_POINTS, restore: values.RATE_LIMIT_RESTORE, redisUrl: values.REDIS_URL },
    compileAfter: values.GRAPHQL_COMPILE_AFTER,
    trustProxy: values.TRUST_PROXY,
    trustedDocuments: { manifest: values.TRUSTED_DOCUMENTS, only: values.TRUSTED_DOCUMENTS_ONLY },
    metricsToken: values.METRICS_TOKEN,
    tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    upgradeUrl: values.UPGRADE_URL,
    eventPrivateHosts: values.EVENT_PRIVATE_HOSTS,
    payments: paymentsOf(values),
    invoices: {
      issuer: issuerOf(values),
      logoPath: values.INVOICE_LOGO_PATH,
      fonts: values.INVOICE_FONTS,
      s3: values.INVOICE_S3_BUCKET ? { bucket: values.INVOICE_S3_BUCKET, endpoint: values.INVOICE_S3_ENDPOINT } : undefined,
      timeZone: values.INVOICE_TIME_ZONE,
      locale: values.INVOICE_LOCALE,
      series: { invoice: values.INVOICE_SERIES, creditNote: values.CREDIT_NOTE_SERIES, statement: values.STATEMENT_SERIES },
      pricesIncludeTax: values.PRICES_INCLUDE_TAX,
      linkTtlSeconds: values.INVOICE_LINK_TTL,
      linkSecrets: values.INVOICE_LINK_SECRET ? [values.INVOICE_LINK_SECRET, ...present(values.INVOICE_LINK_FORMER_SECRET)] : [],
    },
    logLevel: values.LOG_LEVEL,
  }
}

/** @throws StartError when a provider lacks what it needs */
function paymentsOf(values: Values): PaymentConfig {
  const { LEMONSQUEEZY_API_KEY: apiKey, LEMONSQUEEZY_STORE_ID: storeId, LEMONSQUEEZY_API_URL: apiUrl } = values
  const unnamed = apiKey ? 'lemonsqueezy' : values.NODE_ENV === 'production' ? 'none' : 'sandbox'
  const provider = values.PAYMENT_PROVIDER ?? unnamed
  const webhookSecrets = values.LEMONSQUEEZY_WEBHOOK_SECRET
  if (provider === 'lemonsqueezy') {
    if (!apiKey) throw new StartError('LEMONSQUEEZY_API_KEY: Lemon Squeezy needs a key')
    if (!storeId) throw new StartError('LEMONSQUEEZY_STORE_ID: Lemon Squeezy needs the number of the store')
    if (webhookSecrets.length === 0)
      throw new StartError('LEMONSQUEEZY_WEBHOOK_SECRET: Lemon Squeezy needs the signing secret of its webhook')
  }
  const lemonSqueezy = provider === 'lemonsqueezy' && apiKey && storeId ? { apiKey, storeId, apiUrl } : undefined
  return { provider, lemonSqueezy, webhookSecrets, checkoutOrigins: values.CHECKOUT_ORIGINS }
}

function issuerOf(values: Values): Issuer {
  const given = {
    address: values.INVOICE_ISSUED_FROM_ADDRESS,
    city: values.INVOICE_ISSUED_FROM_CITY,
    state: values.INVOICE_ISSUED_FROM_STATE,
    zip: values.INVOICE_ISSUED_FROM_ZIP,
    country: values.INVOICE_ISSUED_FROM_COUNTRY,
    taxId: values.INVOICE_ISSUED_FROM_TAX_ID,
    email: values.INVOICE_ISSUED_FROM_EMAIL,
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  return {
    company: values.COMPANY_NAME,
    name: values.INVOICE_ISSUED_FROM_NAME ?? values.COMPANY_NAME,
    ...Object.fromEntries(known),
  }
}

function present(secret: string | undefined): string[] {
  return secret ? [secret] : []
}

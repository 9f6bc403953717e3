import type { ElectronicAddress } from '../core/electronic-address.js'
import { StartError } from '../core/errors.js'
import type { InvoiceFormat } from '../core/invoice-format.js'
import { PROGRAM } from '../core/project-file.js'
import { normalizeRegistrationId, registrationIdProblem } from '../core/registration-id.js'
import { isInEuropeanUnion, isValidVatIdOf } from '../core/vat-id.js'
import { type DatabaseSettings, parseDatabaseSettings } from './database-config.js'
import { missingSecretError, productionReason } from './demo-mode.js'
import { DEFAULT_COMPANY_NAME } from './environment/invoices.js'
import { PAGE_NAMES, type PageName } from './environment/server.js'
import { type EnvironmentValues, listDeprecations, parseEnvironment } from './environment.js'
import { type MailConfig, parseMailConfig } from './mail-config.js'
import { type PaymentConfig, parsePaymentConfig } from './payment-config.js'
import { parseWorkers } from './workers.js'

/** The seller as printed on invoices. */
export interface Seller {
  company: string
  name: string
  address?: string
  city?: string
  state?: string
  zip?: string
  country?: string
  taxId?: string
  email?: string
  /** Number in the register of companies: SIREN or SIRET, company number, "HRB 12345". */
  registrationId?: string
  register?: string
  contact?: string
  phone?: string
  electronicAddress?: ElectronicAddress
}

export interface Config {
  /** Whether production rules apply; false for a demo. */
  production: boolean
  /** Why production rules apply, such as "DATABASE_URL is set". */
  productionReason: string | undefined
  port: number
  host: string
  /** How many processes serve requests. With 1, everything runs in one process. */
  workers: number
  http: { requestTimeoutMs: number; maxConnections: number }
  publicUrl: string | undefined
  database: DatabaseSettings
  dataDir: string
  demoData: boolean
  auth: {
    secret: string | undefined
    /** Whether the secret is the random one in DATA_DIR instead of a configured one. */
    isDemoSecret: boolean
    /** No longer used to sign, but still accepted. */
    previousSecrets: readonly string[]
    jwksUrl: string | undefined
    issuer: string
    audience: string | undefined
    /** The name of a claim, or a dotted path to it. */
    roleClaim: string
  }
  /** The name of the cookie that contains the token. */
  cookieName: string
  /** The origins of CORS_ORIGINS: exact ones, and `https://*.example.com` for subdomains. */
  corsOrigins: readonly string[]
  /** Whether the explorer and the API documentation are served. */
  explorer: boolean
  /** The pages for people that are served. */
  pages: readonly PageName[]
  billing: { enabled: boolean; currency: string }
  graceDays: number
  /** Of subscriptions that are collected by invoice. `reminderDays` count from the due date. */
  renewals: { invoiceDays: number; terminateAfterDays: number; reminderDays: readonly number[] }
  /** How many days ahead customers are notified of another price. */
  prices: { noticeDays: number }
  /** The last whole days since the purchase on which everything, or the unused share, is refunded. */
  refunds: { fullDays: number; proratedDays: number }
  introspection: 'everybody' | 'signed-in' | 'nobody'
  statusProfile: 'stable' | 'draft'
  rateLimit: { points: number; restoreRate: number; redisUrl: string | undefined }
  /** The number of executions after which an operation is compiled; 0 disables compilation. */
  jitThreshold: number
  /** Proxies whose X-Forwarded-For is trusted. */
  trustProxy: readonly string[]
  persistedOperations: { manifest: string | undefined; only: boolean }
  metricsToken: string | undefined
  tracesEndpoint: string | undefined
  /** May contain `{plan}`. */
  upgradeUrl: string | undefined
  /** Hosts that may receive events although their addresses are private. */
  webhookPrivateHosts: readonly string[]
  payments: PaymentConfig
  /** Undefined if no mail is sent. */
  mail: MailConfig | undefined
  invoices: {
    issuer: Seller
    /** Variables of the seller that invoices require and that are not set, by their names. */
    missingSeller: readonly string[]
    /** Why the seller's tax id excludes reverse charge, in one line; undefined if it does not. */
    sellerVatIdProblem: string | undefined
    /** The profile of electronic invoices of customers who have chosen none. */
    format: InvoiceFormat
    /** The country of customers who have stated none. */
    defaultCustomerCountry: string | undefined
    /** Base URL of the REST API of VIES. Undefined in a demo without VIES. */
    viesUrl: string | undefined
    logoPath: string | undefined
    /** "#rrggbb" */
    accentColor: string
    fonts: readonly string[]
    s3: { bucket: string; endpoint: string | undefined } | undefined
    timeZone: string
    locale: string
    series: Readonly<Record<'invoice' | 'creditNote' | 'statement' | 'test' | 'testCreditNote', string>>
    pricesIncludeTax: boolean
    /** Days until an invoice that an administrator issues is due. */
    dueDays: number
    /** Whether the seller declares sales to consumers in other member states in the One Stop Shop. */
    isOssRegistered: boolean
    linkTtlSeconds: number
    /** The first one signs links. Empty when the secrets are derived from those of tokens. */
    linkSecrets: readonly string[]
  }
  logLevel: string
  /** One line for each variable that is set under its deprecated name. */
  deprecations: readonly string[]
}

/** Run by the European Commission. Source: swagger_publicVAT.yaml, which its page "technical information" links. */
const PUBLIC_VIES_URL = 'https://ec.europa.eu/taxation_customs/vies/rest-api'

/** An invoice is not valid without these details, and an issued invoice cannot be changed. */
const SELLER_DETAILS = ['INVOICE_ISSUED_FROM_ADDRESS', 'INVOICE_ISSUED_FROM_COUNTRY'] as const
/** One of them is enough. */
const SELLER_NUMBERS = ['INVOICE_ISSUED_FROM_TAX_ID', 'INVOICE_ISSUED_FROM_REGISTRATION_ID'] as const

/**
 * Parses the environment. An empty variable counts as not set.
 * @throws StartError with one line that names the variable
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values = parseEnvironment(environment)
  const reason = productionReason(values, environment)
  const production = reason !== undefined
  const secret = values.AUTH_JWT_SECRET
  if (reason && !secret && !values.AUTH_JWKS_URL) throw missingSecretError('AUTH_JWT_SECRET', reason, values.HOST)
  if (values.AUTH_JWKS_URL && !values.AUTH_JWT_AUDIENCE) {
    throw new StartError('AUTH_JWT_AUDIENCE: required with AUTH_JWKS_URL; set the audience of the tokens that are issued for this server')
  }
  if (reason && !secret && !values.INVOICE_LINK_SECRET) throw missingSecretError('INVOICE_LINK_SECRET', reason, values.HOST)
  if (values.PERSISTED_OPERATIONS_ONLY && !values.PERSISTED_OPERATIONS) {
    throw new StartError(`PERSISTED_OPERATIONS: required with PERSISTED_OPERATIONS_ONLY; set the manifest that ${PROGRAM} documents writes`)
  }
  const issuer = parseSeller(values)
  const workers = parseWorkers(values, production)
  return {
    production,
    productionReason: reason,
    port: values.PORT,
    host: values.HOST,
    workers,
    http: { requestTimeoutMs: values.HTTP_REQUEST_TIMEOUT_MS, maxConnections: values.HTTP_MAX_CONNECTIONS },
    publicUrl: values.PUBLIC_URL,
    database: parseDatabaseSettings(values, workers),
    dataDir: values.DATA_DIR,
    demoData: !production && values.DEMO_DATA !== 'false',
    auth: {
      secret,
      isDemoSecret: false,
      previousSecrets: definedSecrets(values.AUTH_JWT_PREVIOUS_SECRET),
      jwksUrl: values.AUTH_JWKS_URL,
      issuer: values.AUTH_JWT_ISSUER,
      audience: values.AUTH_JWT_AUDIENCE,
      roleClaim: values.AUTH_ROLE_CLAIM,
    },
    cookieName: values.AUTH_COOKIE_NAME,
    corsOrigins: values.CORS_ORIGINS,
    explorer: values.EXPLORER ? values.EXPLORER === 'true' : !production,
    pages: parsePages(values, production),
    billing: { enabled: values.BILLING_ENABLED, currency: values.BILLING_CURRENCY },
    graceDays: values.GRACE_DAYS,
    renewals: {
      invoiceDays: values.RENEWAL_INVOICE_DAYS,
      terminateAfterDays: values.TERMINATE_AFTER_DAYS,
      reminderDays: values.REMINDER_DAYS ?? [],
    },
    prices: { noticeDays: values.PRICE_NOTICE_DAYS },
    refunds: { fullDays: values.REFUND_FULL_DAYS, proratedDays: values.REFUND_PRORATED_DAYS },
    introspection: values.INTROSPECTION ?? (production ? 'signed-in' : 'everybody'),
    statusProfile: values.HTTP_STATUS_PROFILE,
    rateLimit: { points: values.RATE_LIMIT_POINTS, restoreRate: values.RATE_LIMIT_RESTORE_RATE, redisUrl: values.REDIS_URL },
    jitThreshold: values.GRAPHQL_JIT_THRESHOLD,
    trustProxy: values.TRUST_PROXY,
    persistedOperations: { manifest: values.PERSISTED_OPERATIONS, only: values.PERSISTED_OPERATIONS_ONLY },
    metricsToken: values.METRICS_TOKEN,
    tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    upgradeUrl: values.UPGRADE_URL,
    webhookPrivateHosts: values.WEBHOOK_PRIVATE_HOSTS,
    payments: parsePaymentConfig(values, production),
    mail: parseMailConfig(values),
    invoices: {
      issuer,
      missingSeller: listMissingSeller(values),
      sellerVatIdProblem: sellerVatIdProblem(issuer),
      format: values.INVOICE_FORMAT,
      defaultCustomerCountry: values.DEFAULT_CUSTOMER_COUNTRY,
      viesUrl: values.VIES_URL ?? (production ? PUBLIC_VIES_URL : undefined),
      logoPath: values.INVOICE_LOGO_PATH,
      accentColor: values.INVOICE_ACCENT_COLOR,
      fonts: values.INVOICE_FONTS,
      s3: values.INVOICE_S3_BUCKET ? { bucket: values.INVOICE_S3_BUCKET, endpoint: values.INVOICE_S3_ENDPOINT } : undefined,
      timeZone: values.INVOICE_TIME_ZONE,
      locale: values.INVOICE_LOCALE,
      series: seriesOf(values),
      pricesIncludeTax: values.PRICES_INCLUDE_TAX,
      dueDays: values.INVOICE_DUE_DAYS,
      isOssRegistered: values.TAX_OSS_REGISTERED,
      linkTtlSeconds: values.INVOICE_LINK_TTL_SECONDS,
      linkSecrets: values.INVOICE_LINK_SECRET ? [values.INVOICE_LINK_SECRET, ...definedSecrets(values.INVOICE_LINK_PREVIOUS_SECRET)] : [],
    },
    logLevel: values.LOG_LEVEL,
    deprecations: listDeprecations(environment),
  }
}

/** @throws StartError when the public URL has a path, because the addresses of the pages begin at the root of the host */
function parsePages({ PAGES, PUBLIC_URL }: EnvironmentValues, production: boolean): readonly PageName[] {
  const hasPath = PUBLIC_URL !== undefined && new URL(PUBLIC_URL).pathname !== '/'
  if (PAGES?.length && hasPath) throw new StartError('PAGES: the pages are at /portal and /admin, so PUBLIC_URL must have no path')
  // An update must not open pages that the operator has not asked for.
  return PAGES ?? (production || hasPath ? [] : PAGE_NAMES)
}

export type DatabaseConfig = Pick<Config, 'database' | 'dataDir'>

/** Configuration of commands that use the database only. They require no secrets. */
export function parseDatabaseConfig(environment: Readonly<Record<string, string | undefined>>): DatabaseConfig {
  const values = parseEnvironment(environment)
  return { database: parseDatabaseSettings(values), dataDir: values.DATA_DIR }
}

/** Configuration of the import, which requires no secrets. */
export function parseImportConfig(environment: Readonly<Record<string, string | undefined>>): {
  currency: string
  pricesIncludeTax: boolean
  fonts: readonly string[]
} {
  const values = parseEnvironment(environment)
  return { currency: values.BILLING_CURRENCY, pricesIncludeTax: values.PRICES_INCLUDE_TAX, fonts: values.INVOICE_FONTS }
}

const SERIES = ['INVOICE_SERIES', 'CREDIT_NOTE_SERIES', 'STATEMENT_SERIES', 'TEST_SERIES', 'TEST_CREDIT_NOTE_SERIES'] as const

/** @throws StartError when two kinds of invoice documents have the same series */
function seriesOf(values: EnvironmentValues): Config['invoices']['series'] {
  for (const [index, name] of SERIES.entries()) {
    const other = SERIES.slice(0, index).find((earlier) => values[earlier] === values[name])
    if (other) throw new StartError(`${name}: must differ from ${other}, but both are ${values[name]}`)
  }
  return {
    invoice: values.INVOICE_SERIES,
    creditNote: values.CREDIT_NOTE_SERIES,
    statement: values.STATEMENT_SERIES,
    test: values.TEST_SERIES,
    testCreditNote: values.TEST_CREDIT_NOTE_SERIES,
  }
}

function listMissingSeller(values: EnvironmentValues): string[] {
  const hasName = values.INVOICE_ISSUED_FROM_NAME !== undefined || values.COMPANY_NAME !== DEFAULT_COMPANY_NAME
  const hasNumber = SELLER_NUMBERS.some((name) => values[name] !== undefined)
  return [
    ...(hasName ? [] : ['INVOICE_ISSUED_FROM_NAME']),
    ...SELLER_DETAILS.filter((name) => values[name] === undefined),
    ...(hasNumber ? [] : [SELLER_NUMBERS.join(' or ')]),
  ]
}

/** @throws StartError for a French seller with a wrong SIREN or SIRET */
function parseSeller(values: EnvironmentValues): Seller {
  const country = values.INVOICE_ISSUED_FROM_COUNTRY
  const registrationId = values.INVOICE_ISSUED_FROM_REGISTRATION_ID
  const problem = registrationId && registrationIdProblem(country, registrationId)
  if (problem) throw new StartError(`INVOICE_ISSUED_FROM_REGISTRATION_ID: ${problem}`)
  const details = {
    address: values.INVOICE_ISSUED_FROM_ADDRESS,
    city: values.INVOICE_ISSUED_FROM_CITY,
    state: values.INVOICE_ISSUED_FROM_STATE,
    zip: values.INVOICE_ISSUED_FROM_ZIP,
    country,
    taxId: values.INVOICE_ISSUED_FROM_TAX_ID,
    email: values.INVOICE_ISSUED_FROM_EMAIL,
    registrationId: registrationId && normalizeRegistrationId(country, registrationId),
    register: values.INVOICE_ISSUED_FROM_REGISTER,
    contact: values.INVOICE_ISSUED_FROM_CONTACT,
    phone: values.INVOICE_ISSUED_FROM_PHONE,
    electronicAddress: values.INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS,
  }
  const definedDetails = Object.entries(details).filter(([, value]) => value !== undefined)
  return {
    company: values.COMPANY_NAME,
    name: values.INVOICE_ISSUED_FROM_NAME ?? values.COMPANY_NAME,
    ...Object.fromEntries(definedDetails),
  }
}

/** Sales of a seller in the Union are reverse charge only if the seller has a valid VAT id, too. */
function sellerVatIdProblem({ country, taxId }: Seller): string | undefined {
  if (!country || !taxId || !isInEuropeanUnion(country) || isValidVatIdOf(country, taxId)) return undefined
  return (
    `INVOICE_ISSUED_FROM_TAX_ID: not a VAT id of ${country} with its prefix and valid check digits, ` +
    'so reverse charge never applies; correct it, unless the seller has no VAT id'
  )
}

function definedSecrets(secret: string | undefined): string[] {
  return secret ? [secret] : []
}

import { z } from 'zod'
import { isCountry } from '../../core/country.js'
import { ELECTRONIC_ADDRESS_RULE, parseElectronicAddress } from '../../core/electronic-address.js'
import { isLocale } from '../../core/input.js'
import { INVOICE_FORMATS } from '../../core/invoice-format.js'
import { booleanVariable, httpUrl, optionalString, secret, type Variables, wholeDays } from './schemas.js'

const seriesVariable = (defaultValue: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,9}$/, 'must be 1 to 10 capital letters or digits and start with a letter')
    .default(defaultValue)

export const DEFAULT_COMPANY_NAME = 'Quittance'

export const INVOICE_VARIABLES = {
  COMPANY_NAME: {
    schema: z.string().default(DEFAULT_COMPANY_NAME),
    about: 'Name at the top of invoices and in their file properties.',
  },
  INVOICE_ISSUED_FROM_NAME: {
    schema: optionalString,
    about: 'Legal name of the seller.',
    unset: '`COMPANY_NAME`',
  },
  INVOICE_ISSUED_FROM_ADDRESS: {
    schema: optionalString,
    about: 'Street and number of the seller.',
  },
  INVOICE_ISSUED_FROM_CITY: {
    schema: optionalString,
    about: 'City of the seller.',
  },
  INVOICE_ISSUED_FROM_STATE: {
    schema: optionalString,
    about: 'State or province of the seller.',
  },
  INVOICE_ISSUED_FROM_ZIP: {
    schema: optionalString,
    about: 'Postal code of the seller.',
  },
  INVOICE_ISSUED_FROM_COUNTRY: {
    schema: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code, for example DE')
      .optional(),
    about: 'Country of the seller, ISO 3166 code.',
  },
  INVOICE_ISSUED_FROM_TAX_ID: {
    schema: optionalString,
    about: 'Tax or VAT number of the seller.',
  },
  INVOICE_ISSUED_FROM_EMAIL: {
    schema: z.email('must be an e-mail address').optional(),
    about: 'Contact address for questions about an invoice.',
  },
  INVOICE_ISSUED_FROM_REGISTRATION_ID: {
    schema: optionalString,
    about:
      "Number of the seller in its country's register of companies, for example HRB 12345. For a seller in France its SIREN or SIRET, whose check digits must be valid.",
  },
  INVOICE_ISSUED_FROM_REGISTER: {
    schema: optionalString,
    about: 'The register of companies, for example Amtsgericht München or RCS Paris.',
  },
  INVOICE_ISSUED_FROM_CONTACT: {
    schema: optionalString,
    about: 'Person or department for questions about an invoice.',
  },
  INVOICE_ISSUED_FROM_PHONE: {
    schema: optionalString,
    about: 'Phone number for questions about an invoice.',
  },
  INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: {
    schema: z.string().transform(electronicAddress).optional(),
    about:
      'Address of the seller in networks for electronic invoices: a code of the EAS list, a colon and the address, for example 9930:DE123456788, 0009:73282932000074 or EM:billing@example.com.',
  },
  INVOICE_FORMAT: {
    schema: z.enum(INVOICE_FORMATS, { error: `must be one of ${INVOICE_FORMATS.join(', ')}` }).default('FACTUR_X'),
    about:
      'Profile of the electronic invoices of customers who have chosen none: `FACTUR_X`, `XRECHNUNG` (Germany), `PEPPOL` (BIS Billing) or `FRANCE` (the French reform).',
  },
  DEFAULT_CUSTOMER_COUNTRY: {
    schema: z.string().refine(isCountry, 'must be an ISO 3166 code, for example DE').optional(),
    about: 'Country of customers who have stated none, ISO 3166 code. It decides about their tax, and their documents show it.',
  },
  INVOICE_LOGO_PATH: {
    schema: optionalString,
    about: 'PNG, JPEG or SVG file with the logo at the top of invoices, at most 2 MB.',
    unset: 'no logo',
  },
  INVOICE_ACCENT_COLOR: {
    schema: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a color like #0b5cad')
      .default('#0b5cad'),
    about: 'Color of titles, rules and the amount on invoices. If it is too light to be read, text has a darker shade of it.',
  },
  INVOICE_FONTS: {
    schema: z
      .string()
      .optional()
      .transform((paths) => paths?.split(',').map((path) => path.trim()) ?? []),
    about: 'Font files (TTF), separated by commas, for scripts other than Latin, Greek, Cyrillic, Hebrew and Arabic.',
    unset: 'none',
  },
  INVOICE_LOCALE: {
    schema: z.string().refine(isLocale, 'must be a language tag, for example de-DE').default('en-US'),
    about: 'Default locale of invoices: their language and the format of dates and amounts.',
  },
  INVOICE_SERIES: {
    schema: seriesVariable('INV'),
    about: 'Prefix of invoice numbers.',
  },
  CREDIT_NOTE_SERIES: {
    schema: seriesVariable('CN'),
    about: 'Prefix of credit note numbers.',
  },
  STATEMENT_SERIES: {
    schema: seriesVariable('ST'),
    about: 'Prefix of payment statement numbers.',
  },
  TEST_SERIES: {
    schema: seriesVariable('TEST'),
    about: 'Prefix of sandbox invoice numbers.',
  },
  TEST_CREDIT_NOTE_SERIES: {
    schema: seriesVariable('TESTCN'),
    about: 'Prefix of credit note numbers for sandbox invoices.',
  },
  PRICES_INCLUDE_TAX: {
    schema: booleanVariable('true'),
    about: 'Whether plan prices include tax. Otherwise tax is added.',
  },
  TAX_OSS_REGISTERED: {
    schema: booleanVariable('false'),
    about:
      'Whether the seller is registered for the One Stop Shop (OSS). Consumers in other member states of the European Union then pay the rate of their country, otherwise that of the seller.',
  },
  VIES_URL: {
    schema: httpUrl.optional(),
    about: 'Base URL of the REST API of VIES, which confirms the VAT ids of customers if the seller is in the European Union.',
    unset: '`https://ec.europa.eu/taxation_customs/vies/rest-api`; in demo mode, check digits confirm a VAT id, and nothing is sent',
  },
  INVOICE_S3_BUCKET: {
    schema: optionalString,
    about: 'Bucket of an S3-compatible store for invoice files. The AWS SDK finds the credentials and the region.',
    unset: 'files are stored in the database',
  },
  INVOICE_S3_ENDPOINT: {
    schema: httpUrl.optional(),
    about: 'URL of the S3-compatible store.',
    unset: "Amazon's",
  },
  INVOICE_TIME_ZONE: {
    schema: z.string().refine(isTimeZone, 'must be a time zone, for example Europe/Berlin').default('UTC'),
    about: "The seller's time zone. It determines the dates on invoices, the year in their numbers, and the days of the pages.",
  },
  INVOICE_DUE_DAYS: {
    schema: wholeDays(0, 365).default(14),
    about: 'Number of days after which an invoice that an administrator issues is due, unless its due date is given.',
  },
  INVOICE_LINK_TTL_SECONDS: {
    schema: z.coerce
      .number({ error: 'must be a number of seconds' })
      .int()
      .min(60)
      .max(2_592_000, 'must be at most 2592000 (30 days)')
      .default(3600),
    about: 'Validity of invoice links, which open without signing in, in seconds.',
    alias: 'INVOICE_LINK_TTL',
  },
  INVOICE_LINK_SECRET: {
    schema: secret,
    about: 'Signing secret of invoice links, at least 32 characters. Required under production rules without `AUTH_JWT_SECRET`.',
    unset: 'derived from `AUTH_JWT_SECRET`, in demo mode from the demo secret',
  },
  INVOICE_LINK_PREVIOUS_SECRET: {
    schema: secret,
    about: 'Previous secret of invoice links, still accepted during a rotation.',
    alias: 'INVOICE_LINK_FORMER_SECRET',
  },
} satisfies Variables

function electronicAddress(text: string, context: z.RefinementCtx) {
  const address = parseElectronicAddress(text)
  if (address) return address
  context.addIssue(ELECTRONIC_ADDRESS_RULE)
  return z.NEVER
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { GraphQLJSONObject } from 'graphql-scalars'
import { isCountry } from './country.js'
import { BAD_USER_INPUT } from './errors.js'
import { isCurrency, MAX_MINOR_UNITS } from './money.js'

const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/

function throwInvalidValue(message: string): never {
  throw new GraphQLError(message, { extensions: { code: BAD_USER_INPUT.code } })
}

function parseDateTime(value: unknown): Date {
  const match = typeof value === 'string' ? ISO_8601.exec(value) : null
  const date = match && new Date(value as string)
  const dayExists = match && date && !Number.isNaN(date.getTime()) && daysInMonth(Number(match[1]), Number(match[2])) >= Number(match[3])
  if (!dayExists)
    throwInvalidValue('DateTime must be ISO 8601 with a time zone, in the years 0001 to 9999, for example 2026-05-01T00:00:00.000Z')
  return date
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A date and time in ISO 8601, returned in UTC with milliseconds: `2026-05-01T00:00:00.000Z`. Input requires a time zone.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
})

function parseMinorUnits(value: unknown): bigint {
  const whole = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint'
  const units = whole ? BigInt(value as number) : undefined
  if (units === undefined || units > MAX_MINOR_UNITS || units < -MAX_MINOR_UNITS) {
    throwInvalidValue('MinorUnits must be a whole number of the smallest unit, at most 2^53-1, for example 1500 for 15.00 USD')
  }
  return units
}

export const MinorUnits = new GraphQLScalarType<bigint, number>({
  name: 'MinorUnits',
  description: "A whole number of a currency's smallest unit, at most 2^53-1: `1500` is 15.00 USD, 1,500 JPY or 1.500 KWD.",
  // The section names the range of integers that all JSON implementations read exactly.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  serialize: (value) => Number(parseMinorUnits(value)),
  parseValue: parseMinorUnits,
  parseLiteral: (node: ValueNode) => parseMinorUnits(node.kind === Kind.INT ? BigInt(node.value) : undefined),
})

function parseCurrency(value: unknown): string {
  if (typeof value !== 'string' || !isCurrency(value))
    throwInvalidValue('CurrencyCode must be an ISO 4217 code in upper case, for example USD')
  return value
}

export const CurrencyCode = new GraphQLScalarType<string, string>({
  name: 'CurrencyCode',
  description: 'An ISO 4217 currency code in upper case: `USD`, `JPY`, `KWD`.',
  specifiedByURL: 'https://www.iso.org/iso-4217-currency-codes.html',
  serialize: (value) => value as string,
  parseValue: parseCurrency,
  parseLiteral: (node) => parseCurrency(node.kind === Kind.STRING ? node.value : undefined),
})

function parseCountry(value: unknown): string {
  if (typeof value !== 'string' || !isCountry(value))
    throwInvalidValue('CountryCode must be an ISO 3166-1 alpha-2 code in upper case, for example DE')
  return value
}

export const CountryCode = new GraphQLScalarType<string, string>({
  name: 'CountryCode',
  description: 'An ISO 3166-1 alpha-2 country code in upper case, or `XK` for Kosovo: `DE`, `GB`, `US`.',
  specifiedByURL: 'https://www.iso.org/iso-3166-country-codes.html',
  serialize: (value) => value as string,
  parseValue: parseCountry,
  parseLiteral: (node) => parseCountry(node.kind === Kind.STRING ? node.value : undefined),
})

function parseDecimal(value: unknown): string {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value))
    throwInvalidValue('Decimal must be a plain decimal, for example "3.333333"')
  return value
}

export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number as a string, without an exponent: `"3.333333"`.',
  specifiedByURL: 'https://www.w3.org/TR/xmlschema-2/#decimal',
  serialize: (value) => value as string,
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(node.kind === Kind.STRING ? node.value : undefined),
})

/** Whether a text is a day of the calendar from 1900 to 2199, such as "2026-05-01". */
export function isDay(text: string): boolean {
  if (!/^(19|20|21)\d{2}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

function parseDay(value: unknown): string {
  if (typeof value !== 'string' || !isDay(value)) throwInvalidValue('Date must be a day, for example "2026-05-01", from 1900 to 2199')
  return value
}

export const Day = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A day without a time, from 1900 to 2199: `"2026-05-01"`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: (value) => value as string,
  parseValue: parseDay,
  parseLiteral: (node) => parseDay(node.kind === Kind.STRING ? node.value : undefined),
})

function parseUrl(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value))
    throwInvalidValue('URL must be an absolute URL, for example https://billing.example.com/')
  return value
}

export const Url = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'An absolute URL: `https://billing.example.com/orders/101/invoice`.',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  serialize: (value) => new URL(String(value)).href,
  parseValue: parseUrl,
  parseLiteral: (node) => parseUrl(node.kind === Kind.STRING ? node.value : undefined),
})

export const JsonObject = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  description: 'A JSON object with arbitrary keys, such as feature flags: `{"modpacks": true}`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
})

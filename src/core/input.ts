import { z } from 'zod'
import { type DomainError, invalidInputError } from './errors.js'

/** The maximum of GraphQL's Int and PostgreSQL's integer. */
export const MAX_INT = 2_147_483_647

/** Parses the id of a row as GraphQL passes it: a decimal string. @throws BAD_USER_INPUT naming the field */
export function parseId(field: string, id: string): bigint {
  if (!/^[1-9]\d{0,15}$/.test(id) || Number(id) > Number.MAX_SAFE_INTEGER) throw invalidIdError(field)
  return BigInt(id)
}

export function parseOptionalId(field: string, id: string | null | undefined): bigint | undefined {
  return id == null ? undefined : parseId(field, id)
}

/** Parses the id of a user or an organisation, which the panel assigns: a decimal string. @throws BAD_USER_INPUT naming the field */
export function parseCustomerId(field: string, id: string): string {
  if (!isCustomerId(id)) throw invalidIdError(field)
  return id
}

export function parseOptionalCustomerId(field: string, id: string | null | undefined): string | undefined {
  return id == null ? undefined : parseCustomerId(field, id)
}

/** Whether the API accepts a text as the id of a user or an organisation: a decimal integer without leading zeros. */
export function isCustomerId(id: string): boolean {
  return /^[1-9]\d{0,9}$/.test(id) && Number(id) <= MAX_INT
}

function invalidIdError(field: string): DomainError {
  return invalidInputError(field, 'must be a numeric id, for example "101"')
}

/**
 * One line of text: normalized to NFC, trimmed, not empty, without control characters, well-formed Unicode.
 */
export function line(max: number) {
  return textWithout(/[\p{Cc}\u2028\u2029]/u, 'must be a single line without control characters', max)
}

/** An ISO 3166 country code, upper case. */
export function country() {
  return z.string().regex(/^[A-Z]{2}$/, 'must be two upper-case letters, for example "DE"')
}

/** A BCP 47 language tag, returned in its canonical form: "de-at" becomes "de-AT". */
export function locale() {
  return z
    .string()
    .max(35, 'must be at most 35 characters long')
    .refine(isLocale, 'must be a language tag, for example "de-DE"')
    .transform((tag) => new Intl.Locale(tag).toString())
}

/** Whether Intl accepts the language tag. */
export function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/**
 * Text of one or more lines, with the same rules as `line` except that it may contain line breaks and tabs.
 */
export function multilineText(max: number) {
  return textWithout(/[^\P{Cc}\n\r\t]/u, 'must not contain control characters', max)
}

function textWithout(forbidden: RegExp, message: string, max: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters long`)
    .refine((value) => !forbidden.test(value), message)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
}

/** Parses an input by its schema. @throws BAD_USER_INPUT naming the first invalid field, below `prefix` */
export function parseInput<T extends z.ZodType>(schema: T, prefix: string, input: unknown): z.output<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw invalidInputError([prefix, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is invalid')
}

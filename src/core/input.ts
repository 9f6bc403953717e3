import { z } from 'zod'
import { isCountry } from './country.js'
import { invalidInputError } from './errors.js'

/** The maximum of GraphQL's Int and PostgreSQL's integer. */
export const MAX_INT = 2_147_483_647

/**
 * One line of text: normalized to NFC, trimmed, not empty, without control characters, well-formed Unicode.
 */
export function line(max: number) {
  return textWithout(/[\p{Cc}\u2028\u2029]/u, 'must be a single line without control characters', max)
}

/** An ISO 3166-1 alpha-2 country code, upper case. */
export function country() {
  return z.string().refine(isCountry, 'must be an ISO 3166-1 alpha-2 country code in upper case, for example "DE"')
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

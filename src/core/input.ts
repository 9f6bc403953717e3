import { z } from 'zod'
import { invalidInputError } from './errors.js'

/** The highest number that GraphQL's Int and PostgreSQL's integer hold. */
export const MAX_INT = 2_147_483_647

/** Reads an id as GraphQL delivers it: a decimal string. @throws BAD_USER_INPUT naming the field */
export function parseId(field: string, id: string): number {
  const number = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : Number.NaN
  if (!(number <= MAX_INT)) throw invalidInputError(field, 'must be the number of an id, such as "101"')
  return number
}

export function parseOptionalId(field: string, id: string | null | undefined): number | undefined {
  return id == null ? undefined : parseId(field, id)
}

/** One line of text: composed as fonts have it (NFC), trimmed, not empty, no control characters, well-formed Unicode. */
export function line(max: number) {
  return plain(max, /[\p{Cc}\u2028\u2029]/u, 'must be one line without control characters')
}

/** An ISO 3166 country code, upper case. */
export function country() {
  return z.string().regex(/^[A-Z]{2}$/, 'must be two upper-case letters such as "DE"')
}

/** A BCP 47 language tag, in its usual spelling: "de-at" is "de-AT". */
export function locale() {
  return z
    .string()
    .max(35, 'must be at most 35 characters long')
    .refine(isLocale, 'must be a language tag such as "de-DE"')
    .transform((tag) => new Intl.Locale(tag).toString())
}

/** Whether Intl takes it. */
export function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** Text of several lines. */
export function text(max: number) {
  return plain(max, /[^\P{Cc}\n\r\t]/u, 'must not contain control characters')
}

function plain(max: number, refused: RegExp, message: string) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters long`)
    .refine((value) => !refused.test(value), message)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
}

/** Parses an input by its schema. @throws BAD_USER_INPUT naming the first wrong field, below `prefix` */
export function parseInput<T extends z.ZodType>(schema: T, prefix: string, input: unknown): z.output<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw invalidInputError([prefix, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is wrong')
}

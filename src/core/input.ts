import { z } from 'zod'
import { invalidInput } from './errors.js'

const MAX_ID = 2_147_483_647

/** Reads an id as GraphQL delivers it: a decimal string. @throws BAD_USER_INPUT naming the field */
export function parseId(field: string, id: string): number {
  const number = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : Number.NaN
  if (!(number <= MAX_ID)) throw invalidInput(field, 'must be the number of an id, such as "101"')
  return number
}

export function parseOptionalId(field: string, id: string | null | undefined): number | undefined {
  return id == null ? undefined : parseId(field, id)
}

/** One line of text: trimmed, not empty, no control characters, well-formed Unicode. */
export function line(max: number) {
  return plain(max, /[\p{Cc}\u2028\u2029]/u, 'must be one line without control characters')
}

/** Text of several lines. */
export function text(max: number) {
  return plain(max, /[^\P{Cc}\n\r\t]/u, 'must not contain control characters')
}

function plain(max: number, refused: RegExp, message: string) {
  return z
    .string()
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
  throw invalidInput([prefix, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is wrong')
}

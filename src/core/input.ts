import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { isCountry } from './country.js'
import { invalidInputError, invalidInputsError } from './errors.js'
import { decodeCustomerId, decodeRowId, type IdType, idRule, PANEL_ID, PANEL_ID_RULE, type RowIdType } from './ids.js'

/** Finds the first character of a text that no font can display on an invoice. */
export type FindMissingGlyph = (text: string) => Promise<string | undefined>

/** The maximum of GraphQL's Int and PostgreSQL's integer. */
export const MAX_INT = 2_147_483_647

/** The longest language tag that is accepted. */
export const MAX_LOCALE_LENGTH = 35

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
    .max(MAX_LOCALE_LENGTH, `must be at most ${MAX_LOCALE_LENGTH} characters long`)
    .refine(isLocale, 'must be a language tag, for example "de-DE"')
    .transform((tag) => new Intl.Locale(tag).toString())
}

const MAX_CACHED_LOCALES = 500
const locales = new LRUCache<string, boolean>({ max: MAX_CACHED_LOCALES })

/** Whether Intl accepts the language tag. Cached, because Intl takes longer than formatting an amount. */
export function isLocale(tag: string): boolean {
  const cached = locales.get(tag)
  if (cached !== undefined) return cached
  const isAccepted = canonicalLocales(tag).length === 1
  if (tag.length <= MAX_LOCALE_LENGTH) locales.set(tag, isAccepted)
  return isAccepted
}

function canonicalLocales(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag)
  } catch {
    return []
  }
}

/** PostgreSQL refuses texts with U+0000. @throws BAD_USER_INPUT naming the field */
export function assertStorable(field: string, text: string | null | undefined): void {
  if (text?.includes('\0')) throw invalidInputError(field, 'must not contain the character U+0000')
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

/** A field that may be omitted. Null counts as omitted. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined)
}

/** The id of a row, with or without the prefix of its type. */
export function rowId(type: RowIdType) {
  return idOf(type, (id) => decodeRowId(id, type))
}

/** The id of a user, with or without its prefix, as the id of the panel. */
export function userId() {
  return idOf('User', (id) => decodeCustomerId(id, 'User'))
}

/** The id of an organisation, with or without its prefix, as the id of the panel. */
export function organisationId() {
  return idOf('Organisation', (id) => decodeCustomerId(id, 'Organisation'))
}

/** An id as the panel has it, without a prefix. */
export function panelId() {
  return z.string().regex(PANEL_ID, PANEL_ID_RULE)
}

function idOf<T>(type: IdType, decode: (id: string) => T | undefined) {
  return z.string().transform((id, context): T => {
    const decoded = decode(id)
    if (decoded !== undefined) return decoded
    context.addIssue(idRule(type))
    return z.NEVER
  })
}

/** A text that can be printed on invoices. The input must be parsed by `parseInputAsync`. */
export function printable(find: FindMissingGlyph, schema: z.ZodType<string>) {
  const hasGlyphs = z.string().superRefine(async (text, context) => {
    const character = await find(text)
    if (character) context.addIssue(`"${character}" cannot be printed on invoices because no font has it; remove it`)
  })
  return schema.pipe(hasGlyphs)
}

/**
 * Options of a rule that compares several fields. Without them, zod checks the rule only if every field is valid, and
 * the client would see its problem only after correcting the others.
 */
export function acrossFields(path: string, message: string) {
  return { path: [path], error: message, when: () => true }
}

/**
 * Options of a rule that the command checks itself, once per idempotency key: a repeated request gets its result also when
 * a time of its input has passed. The schema names the problem only beside others, so that the client sees all of them.
 */
export function besideOthers(path: string, message: string) {
  return { path: [path], error: message, when: ({ issues }: { readonly issues: readonly unknown[] }) => issues.length > 0 }
}

/**
 * Parses an input by its schema.
 * @param prefix  path of the input; empty for the arguments of a query
 * @throws BAD_USER_INPUT naming every invalid field
 */
export function parseInput<T extends z.ZodType>(schema: T, prefix: string, input: unknown): z.output<T> {
  return validated(schema.safeParse(input), prefix)
}

/** Like `parseInput`, for schemas with asynchronous rules. */
export async function parseInputAsync<T extends z.ZodType>(schema: T, prefix: string, input: unknown): Promise<z.output<T>> {
  return validated(await schema.safeParseAsync(input), prefix)
}

function validated<T>(result: z.ZodSafeParseResult<T>, prefix: string): T {
  if (result.success) return result.data
  const [first = { field: prefix, message: 'is invalid' }, ...others] = result.error.issues.map(({ path, message }) => ({
    field: [prefix, ...path].filter((part) => part !== '').join('.'),
    message,
  }))
  throw invalidInputsError(first, others)
}

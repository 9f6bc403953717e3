import { invalidInputError } from './errors.js'

/** Finds the first character of a text that documents cannot show, because no font has it. */
export type FindMissingGlyph = (text: string) => Promise<string | undefined>

/**
 * What customers enter must be readable on their documents.
 * @param texts  by the names of their fields, below `prefix`
 * @throws BAD_USER_INPUT naming the field
 */
export async function assertPrintable(
  find: FindMissingGlyph,
  prefix: string,
  texts: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  for (const [field, text] of Object.entries(texts)) {
    const character = text && (await find(text))
    if (character) throw invalidInputError(`${prefix}.${field}`, `"${character}" is in no font of our invoices; write it without`)
  }
}

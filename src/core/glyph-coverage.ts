import { invalidInputError } from './errors.js'

/** Finds the first character of a text that no font can display on an invoice. */
export type FindMissingGlyph = (text: string) => Promise<string | undefined>

/**
 * Checks that texts entered by customers can be printed on invoices.
 * @param prefix  path of the input, such as `input`
 * @param texts  values by field name
 * @throws BAD_USER_INPUT naming the field
 */
export async function assertPrintable(
  find: FindMissingGlyph,
  prefix: string,
  texts: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  for (const [field, text] of Object.entries(texts)) {
    const character = text && (await find(text))
    if (character)
      throw invalidInputError(`${prefix}.${field}`, `"${character}" cannot be printed on invoices because no font has it; remove it`)
  }
}

import type { Services } from '../services.js'

/** The reference of a payment as documents print it: one with characters that no font has is left out. */
export async function printableReference(
  { findMissingGlyph }: Pick<Services, 'findMissingGlyph'>,
  reference: string | null,
): Promise<string | null> {
  return reference !== null && (await findMissingGlyph(reference)) ? null : reference
}

import type { LegalNote } from '../../platform/postgres/generated/client.js'
import { char, defineStatement, nullable, text, textOf } from '../../platform/postgres/statement.js'

/** The notes for buyers of a country and documents in a language, and those for all. */
export const LIST_MATCHING_NOTES = defineStatement({
  parameters: { buyerCountry: nullable(text), language: text },
  columns: { country: nullable(char), language: nullable(text), subject: textOf<LegalNote['subject']>(), text },
  sql: `
    SELECT country, language, subject, text FROM legal_notes
    WHERE (country IS NULL OR country = $buyerCountry) AND (language IS NULL OR language = $language)`,
})

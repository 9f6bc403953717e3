import { findLanguage, type Language } from '../../core/languages.js'
import { FRENCH_NOTES } from './french-notes.rules.js'

interface Note {
  /** Of the buyer. Null: of all buyers. */
  readonly country: string | null
  /** Of the document, such as "de". Null: of all documents. */
  readonly language: string | null
  readonly subject: string
  readonly text: string
}

interface NotedDocument {
  readonly seller: { readonly country?: string | undefined }
  readonly buyer: { readonly country: string | null }
  readonly locale: string
}

/** The language of a document's texts, which is English for locales that are not translated. */
export function documentLanguage(locale: string): Language {
  return findLanguage(locale) ?? 'en'
}

/**
 * Selects the notes of a document: for each subject, the most specific one that matches the buyer's country and the
 * document's language. A country is more specific than a language. Sellers in France have notes that the law requires; one
 * of the same subject replaces each.
 * @param subjects  all subjects, in the order of the result
 */
export function selectNotes<T extends string>(
  notes: readonly Note[],
  subjects: readonly T[],
  { seller, buyer, locale }: NotedDocument,
): { subject: T; text: string }[] {
  const language = documentLanguage(locale)
  const matching = notes.filter(
    (note) => (note.country === null || note.country === buyer.country) && (note.language === null || note.language === language),
  )
  const required: Partial<Record<string, string>> = seller.country === 'FR' ? FRENCH_NOTES[language] : {}
  return subjects.flatMap((subject) => {
    const [best] = matching.filter((note) => note.subject === subject).toSorted((a, b) => specificity(b) - specificity(a))
    const text = best?.text ?? required[subject]
    return text === undefined ? [] : [{ subject, text }]
  })
}

function specificity({ country, language }: Note): number {
  return (country === null ? 0 : 2) + (language === null ? 0 : 1)
}

import type { Transaction } from '../../platform/postgres/client.js'
import type { LegalNote } from '../../platform/postgres/generated/client.js'
import { type BoundStatement, bind, type RowOf } from '../../platform/postgres/statement.js'
import { LEGAL_NOTE_SUBJECTS } from './legal-note.enums.js'
import { documentLanguage, selectNotes } from './legal-note.rules.js'
import { LIST_MATCHING_NOTES } from './legal-notes.statements.js'

/** The notes that administrators have set, in their order; at most 100. */
export function listLegalNotes(tx: Transaction): Promise<LegalNote[]> {
  return tx.legalNote.findMany({ orderBy: { id: 'asc' } })
}

interface NotedDocument {
  readonly seller: { readonly country?: string }
  readonly buyer: { readonly country: string | null }
  readonly locale: string
}

/** The statement that reads the notes which can be on a document. */
export function bindDocumentNotes({ buyer, locale }: NotedDocument): BoundStatement<NoteRow> {
  return bind(LIST_MATCHING_NOTES, { buyerCountry: buyer.country, language: documentLanguage(locale) })
}

type NoteRow = RowOf<typeof LIST_MATCHING_NOTES>

/** The notes of a document that is issued now. `subject` is null for a general note, otherwise a code of UNTDID 4451. */
export function toDocumentNotes(notes: readonly NoteRow[], document: NotedDocument): { subject: string | null; text: string }[] {
  return selectNotes(notes, LEGAL_NOTE_SUBJECTS, document).map(({ subject, text }) => ({
    subject: subject === 'GENERAL' ? null : subject,
    text,
  }))
}

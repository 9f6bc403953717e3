import type { Transaction } from '../../platform/postgres/client.js'
import type { LegalNote } from '../../platform/postgres/generated/client.js'
import { LEGAL_NOTE_SUBJECTS } from './legal-note.enums.js'
import { documentLanguage, selectNotes } from './legal-note.rules.js'

/** The notes that administrators have set, in their order; at most 100. */
export function listLegalNotes(tx: Transaction): Promise<LegalNote[]> {
  return tx.legalNote.findMany({ orderBy: { id: 'asc' } })
}

interface NotedDocument {
  readonly seller: { readonly country?: string }
  readonly buyer: { readonly country: string | null }
  readonly locale: string
}

/** The notes of a document that is issued now. `subject` is null for a general note, otherwise a code of UNTDID 4451. */
export async function listDocumentNotes(tx: Transaction, document: NotedDocument): Promise<{ subject: string | null; text: string }[]> {
  const countries = [{ country: null }, { country: document.buyer.country }]
  const languages = [{ language: null }, { language: documentLanguage(document.locale) }]
  const notes = await tx.legalNote.findMany({ where: { AND: [{ OR: countries }, { OR: languages }] } })
  return selectNotes(notes, LEGAL_NOTE_SUBJECTS, document).map(({ subject, text }) => ({
    subject: subject === 'GENERAL' ? null : subject,
    text,
  }))
}

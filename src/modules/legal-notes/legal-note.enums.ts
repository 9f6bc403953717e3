import { z } from 'zod'

/** In the order in which documents show them. Except for GENERAL, they are codes of UNTDID 4451. */
export const LEGAL_NOTE_SUBJECTS = ['GENERAL', 'AAB', 'PMD', 'PMT', 'REG', 'SUR', 'TXD'] as const
export const LegalNoteSubject = z.enum(LEGAL_NOTE_SUBJECTS).enum
export type LegalNoteSubject = (typeof LEGAL_NOTE_SUBJECTS)[number]

declare global {
  namespace PrismaJson {
    type LegalNoteSubject = (typeof LEGAL_NOTE_SUBJECTS)[number]
  }
}

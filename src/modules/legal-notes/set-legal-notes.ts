import { z } from 'zod'
import { country, type FindMissingGlyph, multilineText, optional, parseInputAsync, printable } from '../../core/input.js'
import { LANGUAGES } from '../../core/languages.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { LegalNoteSubject } from './legal-note.enums.js'
import type { LegalNote, SetLegalNotesInput } from './legal-note.type.js'

const MAX_LEGAL_NOTES = 100
const MAX_TEXT_LENGTH = 1000

function notesSchema(find: FindMissingGlyph) {
  const note = z.object({
    country: optional(country()),
    language: optional(z.enum(LANGUAGES, { error: `must be a language of documents: ${LANGUAGES.join(', ')}` })),
    subject: z.enum(LegalNoteSubject),
    text: printable(find, multilineText(MAX_TEXT_LENGTH)),
  })
  return z.object({
    notes: z
      .array(note)
      .max(MAX_LEGAL_NOTES, `must contain at most ${MAX_LEGAL_NOTES} notes`)
      .superRefine((notes, context) => {
        const keys = notes.map(({ country, language, subject }) => [country, language, subject].join())
        for (const [index, key] of keys.entries()) {
          if (keys.indexOf(key) === index) continue
          const message = 'another note has the same country, language and subject; remove one of them'
          context.addIssue({ code: 'custom', path: [index, 'subject'], message })
        }
      }),
  })
}

/** Replaces all notes. Invoices that are issued already keep theirs. @throws BAD_USER_INPUT */
export async function setLegalNotes(
  { db, clock, findMissingGlyph }: Pick<Services, 'clock' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetLegalNotesInput,
): Promise<LegalNote[]> {
  const parsed = await parseInputAsync(notesSchema(findMissingGlyph), 'input', input)
  const notes = parsed.notes.map(({ country = null, language = null, subject, text }) => ({ country, language, subject, text }))
  const at = clock.now()
  await runTransaction(db, async (tx) => {
    // Two replacements at once run one after the other. Invoices are issued meanwhile, with the previous notes.
    await tx.$executeRaw`LOCK TABLE legal_notes IN SHARE ROW EXCLUSIVE MODE`
    await tx.legalNote.deleteMany()
    await tx.legalNote.createMany({ data: notes.map((note) => ({ ...note, updatedAt: at })) })
    const details = { notes: JSON.stringify(notes) }
    await recordAuditEntry(tx, { actor: principal, action: 'setLegalNotes', subject: 'legal.notes', details, at })
  })
  return notes
}

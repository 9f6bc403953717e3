import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { LegalNote as LegalNoteRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listLegalNotes } from './legal-note.queries.js'
import { LegalNote, SetLegalNotesInput, SetLegalNotesPayload } from './legal-note.type.js'
import { setLegalNotes } from './set-legal-notes.js'

@Resolver()
export class LegalNoteResolver {
  @Query(() => [LegalNote], {
    description:
      'The notes on invoices that administrators have set, at most 100. Those that the law of France requires are built in and not among them. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  legalNotes(@Ctx() { services }: RequestContext): Promise<LegalNoteRecord[]> {
    return listLegalNotes(services.db)
  }

  @Mutation(() => SetLegalNotesPayload, {
    description:
      "Sets the notes on invoices that are issued from now on. For each subject, an invoice has the most specific note that matches the buyer's country and the language of the document. Requires the administrator role.",
  })
  @Authorized(ADMINISTRATOR)
  async setLegalNotes(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetLegalNotesInput, { description: 'The notes.' }) input: SetLegalNotesInput,
  ): Promise<SetLegalNotesPayload> {
    return { notes: await setLegalNotes(services, requiredUser, input) }
  }
}

import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { CountryCode } from '../../core/scalars.js'
import { LegalNoteSubject } from './legal-note.enums.js'

registerEnumType(LegalNoteSubject, {
  name: 'LegalNoteSubject',
  description: 'Subject of a note on invoices. Except for GENERAL, electronic invoices contain its code of UNTDID 4451.',
  valuesConfig: {
    GENERAL: { description: 'Any text. It has no code.' },
    AAB: { description: 'Terms of payment; in France the discount for early payment, or that there is none.' },
    PMD: { description: 'Payment details; in France the penalties for late payment.' },
    PMT: { description: 'Payment information; in France the compensation for recovery costs.' },
    REG: { description: 'Regulatory information, such as the legal form and the capital of the seller.' },
    SUR: { description: 'Remark of the seller.' },
    TXD: { description: 'Statement about tax, such as that of a VAT group.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A text that is copied to invoices when they are issued.' })
export class LegalNote {
  @Field(() => CountryCode, { nullable: true, description: 'Country of the buyers whose invoices have the note. Null: all buyers.' })
  country: string | null

  @Field(() => String, { nullable: true, description: 'Language of the invoices that have the note, such as "de". Null: all languages.' })
  language: string | null

  @Field(() => LegalNoteSubject, { description: 'Subject of the note.' })
  subject: LegalNoteSubject

  @Field(() => String, { description: 'Plain text that may have several lines.' })
  text: string
}

@InputType({ description: 'A text for invoices.' })
export class LegalNoteInput {
  @Field(() => CountryCode, { nullable: true, description: 'Country of the buyers whose invoices have the note. Defaults to all buyers.' })
  country?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Language of the invoices that have the note: "en", "de", "fr" or "es". Defaults to all languages.',
  })
  language?: string | null

  @Field(() => LegalNoteSubject, { defaultValue: LegalNoteSubject.GENERAL, description: 'Subject of the note.' })
  subject: LegalNoteSubject

  @Field(() => String, { description: 'Plain text that may have several lines, at most 1,000 characters.' })
  text: string
}

@InputType({ description: 'All notes on invoices.' })
export class SetLegalNotesInput {
  @Field(() => [LegalNoteInput], {
    description: 'At most 100 notes, each with another combination of country, language and subject. They replace all previous ones.',
  })
  notes: LegalNoteInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of setLegalNotes.' })
export class SetLegalNotesPayload {
  @Field(() => [LegalNote], { description: 'The notes.' })
  notes: LegalNote[]
}

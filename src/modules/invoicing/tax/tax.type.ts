import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../../core/scalars.js'
import { HolderType } from '../../../platform/postgres/generated/enums.js'

export const TaxCategoryEnum = {
  STANDARD: 'STANDARD',
  ZERO: 'ZERO',
  EXEMPT: 'EXEMPT',
  REVERSE_CHARGE: 'REVERSE_CHARGE',
  NOT_TAXED: 'NOT_TAXED',
} as const

registerEnumType(TaxCategoryEnum, {
  name: 'TaxCategory',
  description: 'Why tax is charged or not.',
  valuesConfig: {
    STANDARD: { description: 'A rate above 0.' },
    ZERO: { description: 'A rate of 0 that the law sets.' },
    EXEMPT: { description: 'Exempt, for a reason that stands on the document.' },
    REVERSE_CHARGE: { description: 'Between businesses of two member states of the European Union: the customer owes the tax.' },
    NOT_TAXED: { description: "Neither the customer's nor the seller's country has a rate." },
  },
})

registerEnumType(HolderType, {
  name: 'HolderType',
  description: 'Who has a plan.',
  valuesConfig: {
    USER: { description: 'A person.' },
    ORGANISATION: { description: 'An organisation.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'What buyers of a country pay.' })
export class TaxRate {
  @Field(() => String, { description: 'ISO 3166 country code: "DE".' })
  country: string

  @Field(() => HolderType, { description: 'Whether it is for persons or for organisations.' })
  holderType: HolderType

  @Field(() => Int, { description: 'Hundredths of a percent: 1900 is 19%.' })
  basisPoints: number

  @Field(() => String, { nullable: true, description: 'Why a rate of 0 is one; stands on the document.' })
  exemption: string | null

  @Field(() => DateTime, { description: 'When it was set.' })
  updatedAt: Date
}

@InputType({ description: 'The rate of a country and kind of holder, from now on.' })
export class SetTaxRateInput {
  @Field(() => String, { description: 'ISO 3166 country code, two upper-case letters: "DE".' })
  country: string

  @Field(() => HolderType, { description: 'Whether it is for persons or for organisations.' })
  holderType: HolderType

  @Field(() => Int, { description: 'Hundredths of a percent, 0 to 10000: 1900 is 19%.' })
  basisPoints: number

  @Field(() => String, { nullable: true, description: 'For a rate of 0, the reason that the document must show, at most 200 characters.' })
  exemption?: string
}

@ObjectType({ simpleResolvers: true, description: 'What setTaxRate stored.' })
export class SetTaxRatePayload {
  @Field(() => TaxRate, { description: 'The rate, for documents that are issued from now on.' })
  taxRate: TaxRate
}

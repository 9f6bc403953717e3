import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { CountryCode, DateTime } from '../../../core/scalars.js'
import { CustomerType } from './tax.enums.js'

export const TaxCategoryEnum = {
  STANDARD: 'STANDARD',
  ZERO: 'ZERO',
  EXEMPT: 'EXEMPT',
  REVERSE_CHARGE: 'REVERSE_CHARGE',
  NOT_TAXED: 'NOT_TAXED',
} as const

registerEnumType(TaxCategoryEnum, {
  name: 'TaxCategory',
  description: 'Reason why tax is charged or not.',
  valuesConfig: {
    STANDARD: { description: 'A rate above 0.' },
    ZERO: { description: 'A statutory rate of 0.' },
    EXEMPT: { description: 'Exempt, for a reason that is printed on the invoice.' },
    REVERSE_CHARGE: { description: 'A sale between businesses of two member states of the European Union. The customer owes the tax.' },
    NOT_TAXED: { description: "Neither the customer's nor the seller's country has a rate." },
  },
})

registerEnumType(CustomerType, {
  name: 'CustomerType',
  description: 'Type of a customer.',
  valuesConfig: {
    USER: { description: 'A user.' },
    ORGANISATION: { description: 'An organisation.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'Tax rate for buyers of a country.' })
export class TaxRate {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType

  @Field(() => Int, { description: 'Hundredths of a percent. 1900 is 19%.' })
  basisPoints: number

  @Field(() => String, {
    nullable: true,
    description: 'Legal reason for a rate of 0, printed on the invoice. Null for a statutory zero rate.',
  })
  exemption: string | null

  @Field(() => DateTime, { description: 'When the rate was last set.' })
  updatedAt: Date
}

@InputType({ description: 'Tax rate of a country and customer type for documents that are issued from now on.' })
export class SetTaxRateInput {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType

  @Field(() => Int, { description: 'Hundredths of a percent, from 0 to 10000. 1900 is 19%.' })
  basisPoints: number

  @Field(() => String, { nullable: true, description: 'Legal reason for a rate of 0, printed on the invoice. At most 200 characters.' })
  exemption?: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of setTaxRate.' })
export class SetTaxRatePayload {
  @Field(() => TaxRate, { description: 'The rate for documents that are issued from now on.' })
  taxRate: TaxRate
}

@InputType({ description: 'The tax rate to remove.' })
export class RemoveTaxRateInput {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType
}

@ObjectType({ simpleResolvers: true, description: 'Result of removeTaxRate.' })
export class RemoveTaxRatePayload {
  @Field(() => Boolean, { description: 'False if the rate did not exist.' })
  removed: boolean
}

import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { CountryCode, DateTime, Day, Decimal } from '../../../core/scalars.js'
import { CustomerType } from './tax.enums.js'

export const TaxCategoryEnum = {
  STANDARD: 'STANDARD',
  ZERO: 'ZERO',
  EXEMPT: 'EXEMPT',
  REVERSE_CHARGE: 'REVERSE_CHARGE',
  OUT_OF_SCOPE: 'OUT_OF_SCOPE',
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
    OUT_OF_SCOPE: { description: "Not subject to the tax of the seller's country, because the customer is in another one." },
    NOT_TAXED: { description: 'No rate is known, or another document states the tax.' },
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

/** Until when `basisPoints` of the first version remain. */
const ONLY_HUNDREDTHS = 'It cannot express 8.875%. Use `percentage`. It will be removed in version 2.0 of the API.'

@ObjectType({ description: 'Tax rate for buyers of a country or region.' })
export class TaxRate {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => String, {
    nullable: true,
    description: 'State or province of the buyers. Its rates replace those of the whole country, whose region is null.',
  })
  region: string | null

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType

  @Field(() => String, {
    nullable: true,
    description: 'Name of the tax, for example "GST". Null for the usual name in the language of the document.',
  })
  name: string | null

  @Field(() => Day, { description: "First day of validity, in the seller's time zone. It ends when a later rate of the same tax begins." })
  validFrom: string

  @Field(() => Decimal, { description: 'Exact percentage. `"8.875"` is 8.875%.' })
  percentage: string

  @Field(() => Int, {
    description: 'Hundredths of a percent, rounded. 1900 is 19%.',
    deprecationReason: ONLY_HUNDREDTHS,
  })
  basisPoints: number

  @Field(() => String, {
    nullable: true,
    description: 'Legal reason for a rate of 0, printed on the invoice. Null for a statutory zero rate.',
  })
  exemption: string | null

  @Field(() => DateTime, { description: 'When the rate was last set.' })
  updatedAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'Standard rate of the tax on sales in a country.' })
export class StandardTaxRate {
  @Field(() => CountryCode, { description: 'The country.' })
  country: string

  @Field(() => Decimal, { description: 'Exact percentage. `"25.5"` is 25.5%.' })
  percentage: string

  @Field(() => String, { description: 'Where the rate was published.' })
  source: string

  @Field(() => Day, { description: 'The day of the source.' })
  asOf: string
}

@InputType({ description: 'Tax rate for documents that are issued from a day on. Several taxes with different names apply together.' })
export class SetTaxRateInput {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => String, {
    nullable: true,
    description:
      'Code of the state or province, as in ISO 3166-2 without the country: "QC". Its rates replace those of the whole country. If a country has rates of regions only, customers there must state theirs as a code.',
  })
  region?: string

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType

  @Field(() => String, {
    nullable: true,
    description: 'Name of the tax, for example "GST", at most 40 characters. Default: the usual name in the language of the document.',
  })
  name?: string

  @Field(() => Day, { nullable: true, description: 'First day of validity. Default: today.' })
  validFrom?: string

  @Field(() => Decimal, {
    nullable: true,
    description: 'Exact percentage from 0 to 100 with at most four digits after the point. `"8.875"` is 8.875%. Required.',
  })
  percentage?: string

  @Field(() => Int, {
    nullable: true,
    description: 'Hundredths of a percent, from 0 to 10000, instead of `percentage`. 1900 is 19%.',
    deprecationReason: ONLY_HUNDREDTHS,
  })
  basisPoints?: number

  @Field(() => String, { nullable: true, description: 'Legal reason for a rate of 0, printed on the invoice. At most 200 characters.' })
  exemption?: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of setTaxRate.' })
export class SetTaxRatePayload {
  @Field(() => TaxRate, { description: 'The rate for documents that are issued from now on.' })
  taxRate: TaxRate
}

@InputType({ description: 'The tax whose rates to remove.' })
export class RemoveTaxRateInput {
  @Field(() => CountryCode, { description: 'Country of the buyers.' })
  country: string

  @Field(() => String, {
    nullable: true,
    description: 'Code of the state or province, such as "QC". Default: the rates of the whole country.',
  })
  region?: string

  @Field(() => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
  customerType: CustomerType

  @Field(() => String, { nullable: true, description: 'Name of the tax. Default: the tax without a name.' })
  name?: string

  @Field(() => Day, { nullable: true, description: 'First day of validity of the rate. Default: all rates of the tax.' })
  validFrom?: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of removeTaxRate.' })
export class RemoveTaxRatePayload {
  @Field(() => Boolean, { description: 'False if the rate did not exist.' })
  removed: boolean
}

import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { OrganisationRole, PlanType } from '../../platform/postgres/generated/enums.js'

registerEnumType(OrganisationRole, {
  name: 'OrganisationRole',
  description: 'What a member may do in an organisation.',
  valuesConfig: {
    OWNER: { description: 'Orders for the organisation and sees its orders and invoices.' },
    ADMIN: { description: 'As the owner, as far as billing goes.' },
    MEMBER: { description: 'Uses what the organisation has; sees nothing of its billing.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'Who invoices are made out to.' })
export class BillingDetails {
  @Field(() => String, { description: 'Name of the person or company.' })
  name: string

  @Field(() => String, { nullable: true, description: 'Street and number; may have several lines.' })
  address: string | null

  @Field(() => String, { nullable: true, description: 'City.' })
  city: string | null

  @Field(() => String, { nullable: true, description: 'State or province.' })
  state: string | null

  @Field(() => String, { nullable: true, description: 'Postal code.' })
  zip: string | null

  @Field(() => String, { nullable: true, description: 'ISO 3166 country code, two letters: "DE".' })
  country: string | null

  @Field(() => String, { nullable: true, description: 'Tax or VAT number.' })
  taxId: string | null

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag for the language, dates and amounts of documents: "de-AT". The server\'s own when null.',
  })
  locale: string | null
}

@ObjectType({
  simpleResolvers: true,
  description: "A person of the panel. Users are the panel's: the first valid token of one creates it here.",
})
export class User {
  @Field(() => ID, { description: "The panel's numeric id, which is `sub` of the token." })
  id: number

  @Field(() => String, { nullable: true, description: 'Name to show, when the panel has told it.' })
  name: string | null

  @Field(() => PlanType, { description: 'The tier of the current plan: what the panel unlocks for this user.' })
  portalTier: PlanType
}

@ObjectType({ simpleResolvers: true, description: 'A group of users that can have a plan of its own.' })
export class Organisation {
  @Field(() => ID, { description: "The panel's numeric id." })
  id: number

  @Field(() => String, { description: 'Name to show.' })
  name: string

  portalTier: PlanType
}

@ObjectType({ simpleResolvers: true, description: "A user's place in an organisation." })
export class OrganisationMembership {
  @Field(() => OrganisationRole, { description: 'What the user may do there.' })
  role: OrganisationRole
}

@InputType({ description: 'Replaces the billing details of yourself or of an organisation. Invoices already issued stay as they are.' })
export class SetBillingDetailsInput {
  @Field(() => ID, { nullable: true, description: 'Set for an organisation of which you are owner or admin; yourself otherwise.' })
  organisationId?: string

  @Field(() => String, { description: 'Name of the person or company, at most 200 characters.' })
  name: string

  @Field(() => String, { nullable: true, description: 'Street and number; may have several lines, at most 500 characters.' })
  address?: string

  @Field(() => String, { nullable: true, description: 'City, at most 100 characters.' })
  city?: string

  @Field(() => String, { nullable: true, description: 'State or province, at most 100 characters.' })
  state?: string

  @Field(() => String, { nullable: true, description: 'Postal code, at most 20 characters.' })
  zip?: string

  @Field(() => String, { nullable: true, description: 'ISO 3166 country code, two upper-case letters: "DE".' })
  country?: string

  @Field(() => String, {
    nullable: true,
    description:
      'Tax or VAT number, at most 50 characters. A VAT id of a member state must have the right check digits; one of another member state means reverse charge.',
  })
  taxId?: string

  @Field(() => String, {
    nullable: true,
    description:
      'BCP 47 tag for the language, dates and amounts of documents: "de-AT", "fr". English, German, French and Spanish are translated.',
  })
  locale?: string
}

@ObjectType({ simpleResolvers: true, description: 'What setBillingDetails stored.' })
export class SetBillingDetailsPayload {
  @Field(() => BillingDetails, { description: 'The details as the next invoice will show them.' })
  billingDetails: BillingDetails
}

import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { InvoiceFormat } from '../../core/invoice-format.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { CountryCode } from '../../core/scalars.js'
import { OrganisationRole, PlanType } from './identity.enums.js'

registerEnumType(OrganisationRole, {
  name: 'OrganisationRole',
  description: 'What a member may do in an organisation.',
  valuesConfig: {
    OWNER: { description: 'Places orders for the organisation and sees its orders and invoices.' },
    ADMIN: { description: 'Has the same billing permissions as an owner.' },
    MEMBER: { description: 'Uses the resources of the organisation, but does not see its orders and invoices.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'The billing details that invoices are made out to.' })
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

  @Field(() => CountryCode, { nullable: true, description: 'Country.' })
  country: string | null

  @Field(() => String, { nullable: true, description: 'Tax or VAT number.' })
  taxId: string | null

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag that sets the language, dates and amounts of invoices: "de-AT". Null means the locale of the server.',
  })
  locale: string | null

  @Field(() => String, { nullable: true, description: 'Number in the register of companies: company number, SIREN or SIRET.' })
  registrationId: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the customer wants to find on its invoices, such as a cost centre; of German authorities the Leitweg-ID.',
  })
  reference: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Number of the purchase order to which invoices refer. That of an order replaces it.',
  })
  purchaseOrder: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Address in networks for electronic invoices: a code of the EAS list, a colon and the address, such as "9930:DE123456788".',
  })
  electronicAddress: string | null

  @Field(() => InvoiceFormat, {
    nullable: true,
    description: 'Profile of the electronic invoices that the customer receives. Null means that of the server.',
  })
  invoiceFormat: InvoiceFormat | null
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A user of the panel. The first valid token of a user creates it in Quittance.',
})
export class User {
  @Field(() => ID, { description: 'Id of the user: `user_` and the id in the panel, which is the `sub` claim of the token.' })
  id: string

  @Field(() => String, { nullable: true, description: 'E-mail address; null if the panel has not synced one.' })
  email: string | null

  @Field(() => String, { nullable: true, description: 'Display name; null if the panel has not synced one.' })
  name: string | null

  portalTier: PlanType
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A group of users that can have a plan of its own.' })
export class Organisation {
  @Field(() => ID, { description: 'Id of the organisation: `org_` and the id in the panel.' })
  id: string

  @Field(() => String, { description: 'Display name.' })
  name: string

  portalTier: PlanType
}

export const CustomerUnion = createUnionType({
  name: 'Customer',
  description:
    'The user or the organisation that is billed. `name` is nullable in `User` only, so a query that selects both names needs an alias for one.',
  types: () => [User, Organisation] as const,
})

@ObjectType({ simpleResolvers: true, description: 'The membership of a user in an organisation.' })
export class OrganisationMembership {
  @Field(() => OrganisationRole, { description: 'Role of the user in the organisation.' })
  role: OrganisationRole
}

export const MemberSort = { ID: 'ID', NAME: 'NAME' } as const
export type MemberSort = keyof typeof MemberSort

registerEnumType(MemberSort, {
  name: 'MemberSort',
  description: 'The sort order of the members of an organisation.',
  valuesConfig: {
    ID: { description: 'By the ids of the users, as text.' },
    NAME: { description: 'By name from A to Z, without regard to case and accents. Users without a name come first.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A page of memberships.' })
export class OrganisationMembershipConnection extends connectionOf(OrganisationMembership, 'OrganisationMembership', 'memberships') {}

@InputType({ description: 'New billing details of yourself or of an organisation. Invoices that are already issued do not change.' })
export class SetBillingDetailsInput {
  @Field(() => ID, { nullable: true, description: 'An organisation where you are an owner or admin. Defaults to yourself.' })
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

  @Field(() => CountryCode, { nullable: true, description: 'Country.' })
  country?: string

  @Field(() => String, {
    nullable: true,
    description:
      'Tax or VAT number, at most 50 characters. The check digits of an EU VAT id must be correct; a VAT id of another member state means reverse charge.',
  })
  taxId?: string

  @Field(() => String, {
    nullable: true,
    description:
      'BCP 47 tag that sets the language, dates and amounts of invoices: "de-AT", "fr". Translations: English, German, French and Spanish.',
  })
  locale?: string

  @Field(() => String, {
    nullable: true,
    description:
      'Number in the register of companies, at most 50 characters. Of customers in France the SIREN or SIRET, whose check digits must be valid.',
  })
  registrationId?: string

  @Field(() => String, {
    nullable: true,
    description:
      'What the customer wants to find on its invoices, such as a cost centre, at most 100 characters. The check digits of a Leitweg-ID of a German authority must be valid.',
  })
  reference?: string

  @Field(() => String, {
    nullable: true,
    description: 'Number of the purchase order to which invoices refer, at most 100 characters. That of an order replaces it.',
  })
  purchaseOrder?: string

  @Field(() => String, {
    nullable: true,
    description:
      'Address in networks for electronic invoices: a code of the EAS list, a colon and the address of at most 100 characters, such as "0204:04011000-1234512345-06", "9930:DE123456788" or "EM:billing@example.com".',
  })
  electronicAddress?: string

  @Field(() => InvoiceFormat, {
    nullable: true,
    description: 'Profile of the electronic invoices that the customer wants to receive. Defaults to INVOICE_FORMAT of the server.',
  })
  invoiceFormat?: InvoiceFormat
}

@ObjectType({ simpleResolvers: true, description: 'Result of setBillingDetails.' })
export class SetBillingDetailsPayload {
  @Field(() => BillingDetails, { description: 'The billing details that the next invoice will show.' })
  billingDetails: BillingDetails
}

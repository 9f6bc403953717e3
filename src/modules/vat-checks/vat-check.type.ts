import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { VatIdStatus } from './vat-check.enums.js'

registerEnumType(VatIdStatus, {
  name: 'VatIdStatus',
  description: 'Whether a VAT id is confirmed.',
  valuesConfig: {
    PENDING: { description: 'It has not been checked yet.' },
    VALID: { description: 'VIES has confirmed that it is in use.' },
    INVALID: { description: 'VIES does not know it, or it may not be used for sales between member states.' },
    UNAVAILABLE: { description: 'VIES or the member state does not respond. The check is repeated until there is a result.' },
  },
})

@ObjectType({
  simpleResolvers: true,
  description:
    'The check of the VAT id in the billing details of a customer, by VIES, the service of the European Commission. Reverse charge requires the status VALID.',
})
export class VatIdCheck {
  @Field(() => VatIdStatus, { description: 'Whether the VAT id is confirmed.' })
  status: VatIdStatus

  @Field(() => String, { description: 'The checked VAT id, without separators: "DE123456789".' })
  vatId: string

  @Field(() => String, {
    nullable: true,
    description: 'Name under which the VAT id is registered. Null if the member state does not disclose it.',
  })
  name: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Address that is registered; may have several lines. Null if the member state does not disclose it.',
  })
  address: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Evidence of the check for the tax office. Null unless the seller has a VAT id itself.',
  })
  consultationNumber: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Why it is UNAVAILABLE, such as "MS_UNAVAILABLE": the member state does not respond. Null for any other status.',
  })
  unavailableReason: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the status was determined. Null while it is PENDING.' })
  checkedAt?: Date

  @Field(() => DateTime, { description: 'When it is checked next; in the past if that is about to happen.' })
  nextCheckAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'A page of VAT ids, in the order in which their status has last changed.' })
export class VatIdCheckConnection extends connectionOf(VatIdCheck, 'VatIdCheck', 'VAT ids') {}

@InputType({ description: 'The customer whose VAT id is checked. Specify either a user or an organisation.' })
export class CheckVatIdInput {
  @Field(() => ID, { nullable: true, description: 'The user.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'The organisation.' })
  organisationId?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of checkVatId.' })
export class CheckVatIdPayload {
  @Field(() => VatIdCheck, { description: 'The latest result, which the new one will replace.' })
  vatIdCheck: VatIdCheck
}

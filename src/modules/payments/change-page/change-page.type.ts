import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { Url } from '../../../core/scalars.js'
import { ORGANISATION_DESCRIPTION } from '../payment.type.js'

@InputType({ description: 'The plan to change to, and the pages to return to.' })
export class CreateChangePageInput {
  @Field(() => String, { description: 'Slug of the plan, such as "pro", or its id.' })
  plan: string

  @Field(() => Url, {
    description: 'Return URL after the change; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS. At most 2,000 characters.',
  })
  successUrl: string | URL

  @Field(() => Url, {
    description:
      'Return URL when the customer cancels, or when the change is not possible; its origin is limited as for `successUrl`. At most 2,000 characters.',
  })
  cancelUrl: string | URL

  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of createChangePage.' })
export class CreateChangePagePayload {
  @Field(() => Url, {
    description:
      'URL of the page; redirect the customer to it. It is valid for one hour, and changes the plan once. Anyone who has it can use the page.',
  })
  url: string
}

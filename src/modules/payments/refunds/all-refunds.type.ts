import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionOf } from '../../../core/page.type.js'
import { DateTime } from '../../../core/scalars.js'
import { CUSTOMER_ID_FILTER } from '../../identity/index.js'
import { RefundStatus } from './refund.enums.js'
import { Refund } from './refund.type.js'

@InputType({ description: 'Which refunds to list. A refund matches every field that is set.' })
export class RefundFilter {
  @Field(() => [RefundStatus], { nullable: true, description: 'Refunds with one of these statuses; at least one value.' })
  status?: RefundStatus[] | null

  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Refunds that were requested at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Refunds that were requested before this time.' })
  to?: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of refunds.' })
export class RefundConnection extends connectionOf(Refund, 'Refund', 'refunds') {}

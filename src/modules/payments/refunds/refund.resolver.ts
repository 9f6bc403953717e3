import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { Url } from '../../../core/scalars.js'
import { createManyByKeyLoader } from '../../../platform/postgres/batch-loader.js'
import type { Order as OrderRecord, Refund as RefundRecord } from '../../../platform/postgres/generated/client.js'
import type { RequestContext } from '../../identity/index.js'
import { signInvoiceLink } from '../../invoicing/index.js'
import { Order } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { Refund, RefundEligibility, RequestRefundInput, RequestRefundPayload } from './refund.type.js'
import { refundEligibility, requestRefund } from './request-refund.js'

const orderRefundsLoader = ({ db }: Services) =>
  createManyByKeyLoader(
    (ids) => db.refund.findMany({ where: { orderId: { in: ids } }, orderBy: { id: 'asc' } }),
    (refund) => refund.orderId,
  )

@Resolver(() => Refund)
export class RefundResolver {
  @Query(() => RefundEligibility, {
    description: 'What could be refunded of an order now: all for 7 days, then the unused time, nothing after 30.',
  })
  @Authorized()
  async refundEligibility(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('orderId', () => ID, { description: 'An order that you may see.' }) orderId: string,
  ): Promise<RefundEligibility> {
    const { type, days, refundable, reason, currency } = await refundEligibility(services, signedIn, orderId)
    return { type, daysSincePurchase: days, refundable: { minorUnits: refundable, currency }, reason }
  }

  @Mutation(() => RequestRefundPayload, {
    description: 'Gives back what `refundEligibility` says, ends the plan and issues the credit note.',
  })
  @Authorized()
  async requestRefund(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => RequestRefundInput, { description: 'Which order, and why.' }) input: RequestRefundInput,
  ) {
    return { refund: await requestRefund(services, signedIn, input) }
  }

  @FieldResolver(() => Money, { description: 'How much, tax included.' })
  amount(@Root() refund: RefundRecord): Money {
    return { minorUnits: refund.amount, currency: refund.currency }
  }

  @FieldResolver(() => RefundEligibility, { description: 'By which rule it was made.' })
  eligibility(@Root() refund: RefundRecord): RefundEligibility {
    const { type, days, amount, currency } = refund
    return {
      type,
      daysSincePurchase: days,
      refundable: { minorUnits: amount, currency },
      reason: refund.reason ?? 'By the time since the purchase',
    }
  }

  @FieldResolver(() => Url, { description: 'The credit note as PDF. Signed and expiring: works in a browser without a header.' })
  creditNotePdfUrl(@Root() { creditNoteId, orderId }: RefundRecord, @Ctx() { services }: RequestContext): string {
    const target =
      creditNoteId === null ? { purpose: 'order-invoice' as const, id: orderId } : { purpose: 'invoice' as const, id: creditNoteId }
    return signInvoiceLink(services.config, target, services.clock.now())
  }
}

@Resolver(() => Order)
export class OrderRefundsResolver {
  @FieldResolver(() => [Refund], { description: 'What was given back of it, oldest first.' })
  refunds(@Root() order: OrderRecord, @Ctx() context: RequestContext) {
    return context.loader(orderRefundsLoader).load(order.id)
  }
}

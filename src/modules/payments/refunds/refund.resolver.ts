import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { Url } from '../../../core/scalars.js'
import { createManyByKeyLoader } from '../../../platform/postgres/batch-loader.js'
import type { Order as OrderRecord, Refund as RefundRecord } from '../../../platform/postgres/generated/client.js'
import type { RequestContext } from '../../identity/index.js'
import { CreditNote, creditNoteLoader, signInvoiceLink } from '../../invoicing/index.js'
import { Order, orderLoader } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { Refund, RefundEligibility, RequestRefundInput, RequestRefundPayload } from './refund.type.js'
import { refundEligibility, requestRefund } from './request-refund.js'

const orderRefundsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: bigint[]) => db.refund.findMany({ where: { orderId: { in: ids } }, orderBy: { id: 'asc' } }),
    (refund) => refund.orderId,
  )

@Resolver(() => Refund)
export class RefundResolver {
  @Query(() => RefundEligibility, {
    nullable: true,
    description:
      'Amount of an order that can be refunded now: everything for 7 days, then the unused time, nothing after 30 days. Requires a signed-in user.',
  })
  @Authorized()
  async refundEligibility(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('orderId', () => ID, { description: 'Id of an order that is visible to you.' }) orderId: string,
  ): Promise<RefundEligibility> {
    const { type, days, refundable, reason, currency } = await refundEligibility(services, principal, orderId)
    return { type, daysSincePurchase: days, refundable: { minorUnits: refundable, currency }, reason }
  }

  @Mutation(() => RequestRefundPayload, {
    description:
      'Refunds the amount that `refundEligibility` returns, ends the plan and issues the credit note. Requires a signed-in user.',
  })
  @Authorized()
  async requestRefund(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RequestRefundInput, { description: 'The order and the reason.' }) input: RequestRefundInput,
  ) {
    return { refund: await requestRefund(services, principal, input) }
  }

  @FieldResolver(() => Money, { description: 'Refunded amount, including tax.' })
  amount(@Root() refund: RefundRecord): Money {
    return { minorUnits: refund.amount, currency: refund.currency }
  }

  @FieldResolver(() => RefundEligibility, { description: 'Rule that determined the amount.' })
  eligibility(@Root() refund: RefundRecord): RefundEligibility {
    const { type, days, amount, currency } = refund
    return {
      type,
      daysSincePurchase: days,
      refundable: { minorUnits: amount, currency },
      reason: refund.reason ?? 'Based on the time since the purchase',
    }
  }

  @FieldResolver(() => Order, { description: 'The order whose payment is returned.' })
  order(@Root() { orderId }: RefundRecord, @Ctx() context: RequestContext) {
    return context.loader(orderLoader).load(orderId)
  }

  @FieldResolver(() => [CreditNote], { description: 'Credit notes of the refund. Empty until the payment provider has confirmed it.' })
  async creditNotes(@Root() { creditNoteId }: RefundRecord, @Ctx() context: RequestContext) {
    const creditNote = creditNoteId === null ? null : await context.loader(creditNoteLoader).load(creditNoteId)
    return creditNote ? [creditNote] : []
  }

  @FieldResolver(() => Url, {
    description: 'Signed, expiring link to the PDF of the credit note; it opens in a browser without authentication.',
  })
  creditNotePdfUrl(@Root() { creditNoteId, orderId }: RefundRecord, @Ctx() { services }: RequestContext): string {
    const target =
      creditNoteId === null ? { purpose: 'order-invoice' as const, id: orderId } : { purpose: 'invoice' as const, id: creditNoteId }
    return signInvoiceLink(services.config, target, services.clock.now())
  }
}

@Resolver(() => Order)
export class OrderRefundsResolver {
  @FieldResolver(() => [Refund], { description: 'Refunds of the order, oldest first.' })
  refunds(@Root() order: OrderRecord, @Ctx() context: RequestContext) {
    return context.loader(orderRefundsLoader).load(order.id)
  }
}

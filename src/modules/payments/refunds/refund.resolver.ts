import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { Url } from '../../../core/scalars.js'
import type {
  Order as OrderRecord,
  RefundPart as RefundPartRecord,
  Refund as RefundRecord,
} from '../../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, CustomerUnion, loadCustomer, type RequestContext, seesCustomer } from '../../identity/index.js'
import { CreditNote, refundCreditNotesLoader, signInvoiceLink } from '../../invoicing/index.js'
import { Order, orderLoader } from '../../orders/index.js'
import { confirmRefund } from './confirm-refund.js'
import { payOutBalance } from './pay-out-balance.js'
import { orderRefundsLoader, refundPartsLoader } from './refund.loader.js'
import type { Eligibility } from './refund.rules.js'
import {
  ConfirmRefundInput,
  ConfirmRefundPayload,
  PayOutBalanceInput,
  PayOutBalancePayload,
  Refund,
  RefundEligibility,
  RefundPart,
  RequestRefundInput,
  RequestRefundPayload,
  WithdrawFromSubscriptionInput,
  WithdrawFromSubscriptionPayload,
} from './refund.type.js'
import { refundEligibility } from './refund-eligibility.js'
import { requestRefund } from './request-refund.js'
import { withdrawalPreview, withdrawFromSubscription } from './withdraw.js'

@Resolver(() => Refund)
export class RefundResolver {
  @Query(() => RefundEligibility, {
    nullable: true,
    description:
      'Amount that can be refunded now for the current period of a subscription: until 7 days after the purchase everything that was paid, until 30 days the unused share, then nothing. Every order of the period gives the same result. Requires a signed-in user.',
  })
  @Authorized()
  async refundEligibility(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('orderId', () => ID, { description: 'Id of an order that is visible to you.' }) orderId: string,
  ): Promise<RefundEligibility> {
    return describeEligibility(await refundEligibility(services, principal, orderId))
  }

  @Mutation(() => RequestRefundPayload, {
    description:
      'Refunds the amount that `refundEligibility` returns, ends the plan and issues the credit notes. Administrators may choose the amount and whether the plan ends. Requires a signed-in user.',
  })
  @Authorized()
  async requestRefund(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RequestRefundInput, { description: 'The order and the reason.' }) input: RequestRefundInput,
  ) {
    return { refund: await requestRefund(services, principal, input) }
  }

  @Query(() => RefundEligibility, {
    nullable: true,
    description:
      'What `withdrawFromSubscription` refunds now, which is nothing (NONE) if nothing was paid. Null if the customer cannot withdraw now: without a subscription, after the last day on which a purchase can be refunded (30 by default), and before its payment is recorded. Requires a signed-in user.',
  })
  @Authorized()
  async withdrawalPreview(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    organisationId?: string,
  ): Promise<RefundEligibility | null> {
    const preview = await withdrawalPreview(services, principal, organisationId)
    return preview && describeEligibility(preview)
  }

  @Mutation(() => WithdrawFromSubscriptionPayload, {
    description:
      'Withdraws from the contract of the subscription: ends the plan and refunds what `withdrawalPreview` returns. Also possible if nothing was paid. Requires a signed-in user.',
  })
  @Authorized()
  withdrawFromSubscription(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => WithdrawFromSubscriptionInput, { nullable: true, description: 'The customer; by default yourself.' })
    input?: WithdrawFromSubscriptionInput,
  ) {
    return withdrawFromSubscription(services, principal, input)
  }

  @Mutation(() => ConfirmRefundPayload, {
    description:
      'Records that an administrator has paid out a part of a refund: of a payment by transfer, in cash or in another way, or of the balance. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async confirmRefund(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ConfirmRefundInput, { description: 'The part and the reference.' }) input: ConfirmRefundInput,
  ) {
    return { refund: await confirmRefund(services, principal, input) }
  }

  @Mutation(() => PayOutBalancePayload, {
    description: 'Pays out free balance of a customer, never granted credit. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async payOutBalance(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => PayOutBalanceInput, { description: 'The customer, the amount and the reason.' }) input: PayOutBalanceInput,
  ) {
    return { refund: await payOutBalance(services, principal, input) }
  }

  @FieldResolver(() => Money, { description: 'Refunded amount, including tax.' })
  amount(@Root() { amount, currency }: RefundRecord): Money {
    return { minorUnits: amount, currency }
  }

  @FieldResolver(() => Money, { description: 'Tax included in the amount: the tax of the credit notes.' })
  tax(@Root() { tax, currency }: RefundRecord): Money {
    return { minorUnits: tax, currency }
  }

  @FieldResolver(() => RefundEligibility, {
    nullable: true,
    description: 'Rule that determined the amount. Null if an administrator has chosen it.',
  })
  eligibility(@Root() { type, days, amount, currency, reason }: RefundRecord): RefundEligibility | null {
    if (type === null) return null
    return describeEligibility({ type, days, refundable: amount, currency, reason: reason ?? 'Based on the time since the purchase' })
  }

  @FieldResolver(() => Order, { nullable: true, description: 'The order that was refunded. Null for a refund of the balance.' })
  order(@Root() { orderId }: RefundRecord, @Ctx() context: RequestContext) {
    return orderId === null ? null : context.loader(orderLoader).load(orderId)
  }

  @FieldResolver(() => CustomerUnion, { description: 'The customer who gets the money.' })
  customer(@Root() refund: RefundRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, refund)
  }

  @FieldResolver(() => [RefundPart], { description: 'Parts of the refund: one for each payment, newest payment first.' })
  parts(@Root() { id }: RefundRecord, @Ctx() context: RequestContext) {
    return context.loader(refundPartsLoader).load(id)
  }

  @FieldResolver(() => [CreditNote], {
    description:
      'Credit notes of the refund: one for each invoice that is visible to you, newest invoice first. Empty for a refund of the balance.',
  })
  creditNotes(@Root() { id }: RefundRecord, @Ctx() context: RequestContext) {
    return readCreditNotes(context, id)
  }

  @FieldResolver(() => Url, {
    nullable: true,
    description:
      'Signed, expiring link to the PDF of the first credit note; it opens in a browser without authentication. Without a credit note it opens the invoice of the order. Null for a refund of the balance.',
    deprecationReason:
      'Use `creditNotes { pdfUrl }`, because a refund can have several credit notes. It is removed in version 2.0 of the API.',
  })
  async creditNotePdfUrl(@Root() { id, orderId }: RefundRecord, @Ctx() context: RequestContext): Promise<string | null> {
    const { services } = context
    const [creditNote] = await readCreditNotes(context, id)
    if (creditNote) return signInvoiceLink(services.config, { purpose: 'invoice', id: creditNote.id }, services.clock.now())
    return orderId === null ? null : signInvoiceLink(services.config, { purpose: 'order-invoice', id: orderId }, services.clock.now())
  }
}

function describeEligibility({ type, days, refundable, reason, currency }: Eligibility & { readonly currency: string }): RefundEligibility {
  return { type, daysSincePurchase: days, refundable: { minorUnits: refundable, currency }, reason }
}

/**
 * Credit notes of a refund that a user may view: a refund after a plan change also credits the invoice of the previous
 * plan, which another user may have bought for the organisation. API keys that read an order read its refunds in full.
 */
async function readCreditNotes(context: RequestContext, refundId: bigint) {
  const creditNotes = await context.loader(refundCreditNotesLoader).load(refundId)
  if (!context.user) return creditNotes
  const visible = await Promise.all(creditNotes.map(async (each) => ((await seesCustomer(context, each)) ? [each] : [])))
  return visible.flat()
}

@Resolver(() => RefundPart)
export class RefundPartResolver {
  @FieldResolver(() => Money, { description: 'Amount of the part, including tax.' })
  amount(@Root() { amount, refund: { currency } }: RefundPartRecord & { refund: RefundRecord }): Money {
    return { minorUnits: amount, currency }
  }
}

@Resolver(() => Order)
export class OrderRefundsResolver {
  @FieldResolver(() => [Refund], { description: 'Refunds of the order, oldest first.' })
  refunds(@Root() order: OrderRecord, @Ctx() context: RequestContext) {
    return context.loader(orderRefundsLoader).load(order.id)
  }
}

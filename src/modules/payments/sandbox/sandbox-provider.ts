import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { SandboxRecord } from '../../../platform/postgres/generated/client.js'
import { transact } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { readPayment, readSubscription } from '../lemon-squeezy/lemon-squeezy.schemas.js'
import type { NewCheckout, PaymentProvider, VariantChange } from '../payment-provider.port.js'
import * as rules from './sandbox.rules.js'
import {
  createRecord,
  findRecord,
  type Internals,
  lockRecord,
  numberOf,
  paymentIn,
  requireRecord,
  resourceOf,
  send,
  subscriptionIn,
} from './sandbox-records.js'

const PAGE = 50

/** A checkout as the page shows it. */
export interface SandboxCheckout extends NewCheckout {
  /** What became of it. */
  subscriptionId: number | null
}

/**
 * A payment provider without money, for trying: it keeps in our database what Lemon Squeezy keeps on its servers, speaks
 * its wire format, and sends signed webhooks over HTTP. Not the merchant of record: its sales get our invoice.
 */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox'
  readonly isTest = true
  readonly merchantOfRecord = null
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  async createCheckout(checkout: NewCheckout): Promise<string> {
    const { db, config, clock } = this.#services
    const key = randomUUID()
    const content = { ...checkout, amount: checkout.amount.toString(), subscriptionId: null }
    await db.sandboxRecord.create({ data: { type: 'checkouts', key, attributes: {}, internals: content, updatedAt: clock.now() } })
    return `${config.publicUrl}/sandbox/checkout/${key}`
  }

  async findCheckout(key: string): Promise<SandboxCheckout | undefined> {
    const record = await this.#services.db.sandboxRecord.findUnique({ where: { key } })
    if (record?.type !== 'checkouts') return undefined
    const content = record.internals as unknown as SandboxCheckout & { amount: string }
    return { ...content, amount: BigInt(content.amount) }
  }

  /**
   * What the Pay button does; pressed twice, it pays once.
   * @param fails  by a card that will be declined when the subscription renews
   */
  async pay(key: string, fails: boolean): Promise<void> {
    const { clock } = this.#services
    await this.#change(async (tx) => {
      const record = await lockRecord(tx, { key })
      const checkout = record.internals as unknown as SandboxCheckout & { amount: string }
      if (checkout.subscriptionId !== null) return
      const at = clock.now()
      const { custom, amount, currency, interval, planName, email, variantId } = checkout
      const internals: Internals = { custom, amount, currency, interval, planName, email, credit: '0', fails }
      const facts = { variantId, planName, email, orderId: record.id, interval }
      const subscription = await createRecord(tx, 'subscriptions', null, rules.newSubscription(facts, at), internals, at)
      await tx.sandboxRecord.update({ where: { key }, data: { internals: { ...checkout, subscriptionId: subscription.id } } })
      const order = { ...record, type: 'orders', attributes: rules.newOrder(facts, BigInt(amount), currency, at) as object }
      await send(tx, 'order_created', order as SandboxRecord, custom, subscription.id)
      await send(tx, 'subscription_created', subscription, custom)
      await this.#charge(tx, subscription, 'initial', BigInt(amount), at)
    })
  }

  async readSubscription(id: string) {
    const record = await findRecord(this.#services.db, 'subscriptions', id)
    return record && readSubscription(resourceOf(record))
  }

  async readPayments(subscriptionId: string) {
    const where = { type: 'subscription-invoices', parentId: numberOf(subscriptionId) }
    const records = await this.#services.db.sandboxRecord.findMany({ where, orderBy: { id: 'asc' } })
    return records.map((record) => readPayment(resourceOf(record)))
  }

  async listSubscriptions(page: number) {
    const records = await this.#services.db.sandboxRecord.findMany({
      where: { type: 'subscriptions' },
      orderBy: { id: 'desc' },
      skip: (page - 1) * PAGE,
      take: PAGE,
    })
    return { subscriptions: records.map((record) => readSubscription(resourceOf(record))), isLast: records.length < PAGE }
  }

  cancel(id: string) {
    return this.#update(id, eventOfCancelling, (attributes, _tx, _record, at) => rules.cancelled(attributes, at))
  }

  resume(id: string) {
    return this.#update(
      id,
      () => 'subscription_resumed',
      (attributes) => rules.resumed(attributes),
    )
  }

  changeVariant(id: string, { variantId, planName, amount, settlement }: VariantChange) {
    return this.#update(
      id,
      () => 'subscription_updated',
      async (attributes, tx, record, at) => {
        const { internals } = subscriptionIn(record)
        const credit = BigInt(internals.credit) + (settlement !== null && settlement < 0n ? -settlement : 0n)
        const changed: Internals = { ...internals, planName, amount: amount.toString(), credit: credit.toString() }
        await tx.sandboxRecord.update({ where: { id: record.id }, data: { internals: { ...changed } } })
        if (settlement !== null && settlement > 0n) await this.#charge(tx, record, 'updated', settlement, at)
        return { ...attributes, variant_id: Number(variantId), variant_name: planName }
      },
    )
  }

  async readPayment(id: string) {
    const record = await findRecord(this.#services.db, 'subscription-invoices', id)
    return record && readPayment(resourceOf(record))
  }

  async refund(paymentId: string, amount: bigint) {
    const { clock } = this.#services
    const refunded = await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${numberOf(paymentId)} FOR UPDATE`
      const record = await requireRecord(tx, 'subscription-invoices', paymentId)
      const at = clock.now()
      const { attributes: before, custom } = paymentIn(record)
      const attributes = rules.refunded(before, Number(amount), at)
      const updated = await tx.sandboxRecord.update({ where: { id: record.id }, data: { attributes: attributes as object, updatedAt: at } })
      await send(tx, 'subscription_payment_refunded', updated, custom)
      return updated
    })
    return readPayment(resourceOf(refunded))
  }

  async portalUrl(subscriptionId: string): Promise<string | null> {
    const record = await findRecord(this.#services.db, 'subscriptions', subscriptionId)
    return record && `${this.#services.config.publicUrl}/sandbox/portal/${record.key}`
  }

  /** What the portal shows of a subscription. */
  async findPortal(key: string): Promise<{ planName: string; isDue: boolean } | undefined> {
    const record = await this.#services.db.sandboxRecord.findUnique({ where: { key } })
    if (record?.type !== 'subscriptions') return undefined
    const { attributes, internals } = subscriptionIn(record)
    return { planName: internals.planName, isDue: attributes.status === 'past_due' }
  }

  /** Pays by a card that works what another one did not. */
  async payWhatIsDue(key: string): Promise<void> {
    const { clock } = this.#services
    await this.#change(async (tx) => {
      const record = await lockRecord(tx, { key })
      const { attributes, internals } = subscriptionIn(record)
      if (attributes.status !== 'past_due') return
      const at = rules.after(record.updatedAt, clock.now())
      const due = await tx.sandboxRecord.findFirstOrThrow({
        where: { type: 'subscription-invoices', parentId: record.id },
        orderBy: { id: 'desc' },
      })
      const active = { ...rules.recovered(attributes, internals.interval), updated_at: rules.stamp(at) }
      const payment = rules.paid(paymentIn(due).attributes, at)
      const data = { attributes: active as object, internals: { ...internals, fails: false }, updatedAt: at }
      await send(tx, 'subscription_updated', await tx.sandboxRecord.update({ where: { key }, data }), internals.custom)
      const settled = await tx.sandboxRecord.update({ where: { id: due.id }, data: { attributes: payment as object, updatedAt: at } })
      await send(tx, 'subscription_payment_recovered', settled, internals.custom)
    })
  }

  /** What time brings: renewals in order, ends of what was cancelled. Safe to run twice, also at once. */
  async tick(): Promise<void> {
    const { db, clock } = this.#services
    const due = await db.$queryRaw<{ id: number }[]>`
      SELECT id FROM sandbox_records WHERE type = 'subscriptions'
        AND COALESCE(attributes ->> 'renews_at', attributes ->> 'ends_at')::timestamptz <= ${clock.now()}
        AND attributes ->> 'status' IN ('active', 'cancelled') ORDER BY id`
    for (const { id } of due) await this.#change((tx) => this.#pass(tx, id, clock.now()))
  }

  async #pass(tx: Transaction, id: number, now: Date): Promise<void> {
    await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${id} FOR UPDATE`
    for (;;) {
      const record = await tx.sandboxRecord.findUniqueOrThrow({ where: { id } })
      const { attributes, internals } = subscriptionIn(record)
      const step = rules.next(attributes, internals, now)
      if (!step) return
      const data = { attributes: step.attributes as object, updatedAt: step.at }
      const updated = await tx.sandboxRecord.update({ where: { id }, data })
      await send(tx, step.event, updated, internals.custom)
      if (step.payment) await this.#renew(tx, updated, BigInt(internals.amount), step.at, step.payment === 'paid')
    }
  }

  /** A credit is used up first. */
  async #renew(tx: Transaction, subscription: SandboxRecord, amount: bigint, at: Date, isPaid: boolean): Promise<void> {
    const { internals } = subscriptionIn(subscription)
    const credit = BigInt(internals.credit)
    const used = credit < amount ? credit : amount
    if (used > 0n) {
      const rest: Internals = { ...internals, credit: (credit - used).toString() }
      await tx.sandboxRecord.update({ where: { id: subscription.id }, data: { internals: { ...rest } } })
    }
    await this.#charge(tx, subscription, 'renewal', amount - used, at, isPaid)
  }

  async #charge(
    tx: Transaction,
    subscription: SandboxRecord,
    reason: rules.PaymentAttributes['billing_reason'],
    amount: bigint,
    at: Date,
    isPaid = true,
  ): Promise<void> {
    const { custom, currency, email } = subscriptionIn(subscription).internals
    const attributes = rules.newPayment({ subscriptionId: subscription.id, reason, amount, currency, email, isPaid }, at)
    const payment = await createRecord(tx, 'subscription-invoices', subscription.id, attributes, { custom }, at)
    await send(tx, isPaid ? 'subscription_payment_success' : 'subscription_payment_failed', payment, custom)
  }

  async #update(
    id: string,
    eventOf: (changed: rules.SubscriptionAttributes) => string,
    change: (
      attributes: rules.SubscriptionAttributes,
      tx: Transaction,
      record: SandboxRecord,
      at: Date,
    ) => rules.SubscriptionAttributes | Promise<rules.SubscriptionAttributes>,
  ) {
    const { clock } = this.#services
    const updated = await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${numberOf(id)} FOR UPDATE`
      const record = await requireRecord(tx, 'subscriptions', id)
      const at = rules.after(record.updatedAt, clock.now())
      const { attributes: before, internals } = subscriptionIn(record)
      const attributes = await change(before, tx, record, at)
      const stamped = { ...attributes, updated_at: rules.stamp(at) }
      const stored = await tx.sandboxRecord.update({ where: { id: record.id }, data: { attributes: stamped as object, updatedAt: at } })
      await send(tx, eventOf(attributes), stored, internals.custom)
      return stored
    })
    return readSubscription(resourceOf(updated))
  }

  #change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return transact(this.#services.db, work)
  }
}

function eventOfCancelling({ status }: rules.SubscriptionAttributes): string {
  return status === 'expired' ? 'subscription_expired' : 'subscription_cancelled'
}

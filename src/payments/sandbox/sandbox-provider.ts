import { randomUUID } from 'node:crypto'
import { DomainError } from '../../core/errors.js'
import type { Interval } from '../../core/period.js'
import type { Database, Transaction } from '../../database/client.js'
import { enqueue } from '../../database/enqueue.js'
import type { SandboxRecord } from '../../database/generated/client.js'
import { transact } from '../../database/transaction.js'
import type { NewCheckout, PaymentProvider, VariantChange } from '../../providers/provider.js'
import type { Services } from '../../services.js'
import { readPayment, readSubscription } from '../wire.js'
import * as rules from './sandbox.rules.js'

const PAGE = 50

/** A checkout as the page shows it. */
export interface SandboxCheckout extends NewCheckout {
  interval: Interval
  /** What became of it. */
  subscriptionId: number | null
}

interface Internals {
  custom: Record<string, string>
  amount: string
  currency: string
  interval: Interval
  planName: string
  email: string | null
  /** Given back by a change of plan and not yet used up. */
  credit: string
  /** Whether the card will be declined when the subscription renews. */
  fails: boolean
}

/**
 * A payment provider without money, for trying: it keeps in our database what Lemon Squeezy keeps on its servers, speaks
 * its wire format, and sends signed webhooks over HTTP. Not the merchant of record: its sales get our invoice.
 */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox'
  readonly merchantOfRecord = null
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  async createCheckout(checkout: NewCheckout): Promise<string> {
    const { db, config, clock } = this.#services
    const plan = await db.plan.findFirstOrThrow({
      where: { OR: [{ providerVariantId: checkout.variantId }, { id: Number(checkout.variantId) || 0 }] },
      select: { interval: true },
    })
    const key = randomUUID()
    const content = { ...checkout, amount: checkout.amount.toString(), interval: plan.interval, subscriptionId: null }
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
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE key = ${key}::uuid FOR UPDATE`
      const record = await tx.sandboxRecord.findUniqueOrThrow({ where: { key } })
      const checkout = record.internals as unknown as SandboxCheckout & { amount: string }
      if (checkout.subscriptionId !== null) return
      const at = clock.now()
      const { custom, amount, currency, interval, planName } = checkout
      const { email } = checkout
      const internals: Internals = { custom, amount, currency, interval, planName, email, credit: '0', fails }
      const facts = { variantId: checkout.variantId, planName, email, orderId: record.id, interval }
      const subscription = await create(tx, 'subscriptions', null, rules.newSubscription(facts, at), internals, at)
      await tx.sandboxRecord.update({ where: { key }, data: { internals: { ...checkout, subscriptionId: subscription.id } } })
      const order = { ...record, type: 'orders', attributes: rules.newOrder(facts, BigInt(amount), currency, at) as object }
      await send(tx, 'order_created', order as SandboxRecord, custom, subscription.id)
      await send(tx, 'subscription_created', subscription, custom)
      await this.#charge(tx, subscription, 'initial', BigInt(amount), at)
    })
  }

  async readSubscription(id: string) {
    const record = await find(this.#services.db, 'subscriptions', id)
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
    return this.#update(id, 'subscription_cancelled', (attributes) => rules.cancelled(attributes))
  }

  resume(id: string) {
    return this.#update(id, 'subscription_resumed', (attributes) => rules.resumed(attributes))
  }

  changeVariant(id: string, { variantId, planName, amount, settlement }: VariantChange) {
    return this.#update(id, 'subscription_updated', async (attributes, tx, record, at) => {
      const internals = record.internals as unknown as Internals
      const credit = BigInt(internals.credit) + (settlement !== null && settlement < 0n ? -settlement : 0n)
      const changed: Internals = { ...internals, planName, amount: amount.toString(), credit: credit.toString() }
      await tx.sandboxRecord.update({ where: { id: record.id }, data: { internals: { ...changed } } })
      if (settlement !== null && settlement > 0n) await this.#charge(tx, record, 'updated', settlement, at)
      return { ...attributes, variant_id: Number(variantId), variant_name: planName }
    })
  }

  async readPayment(id: string) {
    const record = await find(this.#services.db, 'subscription-invoices', id)
    return record && readPayment(resourceOf(record))
  }

  async refund(paymentId: string, amount: bigint) {
    const { clock } = this.#services
    const refunded = await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${numberOf(paymentId)} FOR UPDATE`
      const record = await require(tx, 'subscription-invoices', paymentId)
      const at = clock.now()
      const attributes = rules.refunded(record.attributes as unknown as rules.PaymentAttributes, Number(amount), at)
      const updated = await tx.sandboxRecord.update({ where: { id: record.id }, data: { attributes: attributes as object, updatedAt: at } })
      await send(tx, 'subscription_payment_refunded', updated, (record.internals as unknown as Internals).custom)
      return updated
    })
    return readPayment(resourceOf(refunded))
  }

  async portalUrl(subscriptionId: string): Promise<string | null> {
    const record = await find(this.#services.db, 'subscriptions', subscriptionId)
    return record && `${this.#services.config.publicUrl}/sandbox/portal/${record.key}`
  }

  /** What the portal shows of a subscription. */
  async findPortal(key: string): Promise<{ planName: string; isDue: boolean } | undefined> {
    const record = await this.#services.db.sandboxRecord.findUnique({ where: { key } })
    if (record?.type !== 'subscriptions') return undefined
    const { status } = record.attributes as unknown as rules.SubscriptionAttributes
    return { planName: (record.internals as unknown as Internals).planName, isDue: status === 'past_due' }
  }

  /** Pays by a card that works what another one did not. */
  async payWhatIsDue(key: string): Promise<void> {
    const { clock } = this.#services
    await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE key = ${key}::uuid FOR UPDATE`
      const record = await tx.sandboxRecord.findUniqueOrThrow({ where: { key } })
      const internals = record.internals as unknown as Internals
      const attributes = record.attributes as unknown as rules.SubscriptionAttributes
      if (attributes.status !== 'past_due') return
      const at = rules.after(record.updatedAt, clock.now())
      const due = await tx.sandboxRecord.findFirstOrThrow({
        where: { type: 'subscription-invoices', parentId: record.id },
        orderBy: { id: 'desc' },
      })
      const active = { ...rules.recovered(attributes, internals.interval), updated_at: rules.stamp(at) }
      const payment = rules.paid(due.attributes as unknown as rules.PaymentAttributes, at)
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
      const internals = record.internals as unknown as Internals
      const step = rules.next(record.attributes as unknown as rules.SubscriptionAttributes, internals, now)
      if (!step) return
      const data = { attributes: step.attributes as object, updatedAt: step.at }
      const updated = await tx.sandboxRecord.update({ where: { id }, data })
      await send(tx, step.event, updated, internals.custom)
      if (step.payment) await this.#renew(tx, updated, BigInt(internals.amount), step.at, step.payment === 'paid')
    }
  }

  /** A credit is used up first. */
  async #renew(tx: Transaction, subscription: SandboxRecord, amount: bigint, at: Date, isPaid: boolean): Promise<void> {
    const internals = subscription.internals as unknown as Internals
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
    const { custom, currency, email } = subscription.internals as unknown as Internals
    const attributes = rules.newPayment({ subscriptionId: subscription.id, reason, amount, currency, email, isPaid }, at)
    const payment = await create(tx, 'subscription-invoices', subscription.id, attributes, { custom }, at)
    await send(tx, isPaid ? 'subscription_payment_success' : 'subscription_payment_failed', payment, custom)
  }

  async #update(
    id: string,
    event: string,
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
      const record = await require(tx, 'subscriptions', id)
      const at = rules.after(record.updatedAt, clock.now())
      const attributes = await change(record.attributes as unknown as rules.SubscriptionAttributes, tx, record, at)
      const stamped = { ...attributes, updated_at: rules.stamp(at) }
      const stored = await tx.sandboxRecord.update({ where: { id: record.id }, data: { attributes: stamped as object, updatedAt: at } })
      await send(tx, event, stored, (record.internals as unknown as Internals).custom)
      return stored
    })
    return readSubscription(resourceOf(updated))
  }

  #change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return transact(this.#services.db, work)
  }
}

function create(
  tx: Transaction,
  type: string,
  parentId: number | null,
  attributes: object,
  internals: object,
  at: Date,
): Promise<SandboxRecord> {
  return tx.sandboxRecord.create({ data: { type, key: randomUUID(), parentId, attributes, internals, updatedAt: at } })
}

async function find(db: Database | Transaction, type: string, id: string): Promise<SandboxRecord | null> {
  return db.sandboxRecord.findFirst({ where: { id: numberOf(id), type } })
}

async function require(tx: Transaction, type: string, id: string): Promise<SandboxRecord> {
  const record = await find(tx, type, id)
  if (!record) throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `The sandbox has no ${type} ${id}`)
  return record
}

function numberOf(id: string): number {
  return /^\d{1,9}$/.test(id) ? Number(id) : 0
}

function resourceOf({ type, id, attributes }: SandboxRecord): object {
  return { type, id: String(id), attributes }
}

/** A webhook, in the transaction of what it tells of; those of one subscription one after the other. */
async function send(
  tx: Transaction,
  name: string,
  record: SandboxRecord,
  custom: Record<string, string>,
  queue = record.parentId ?? record.id,
): Promise<void> {
  const meta = { test_mode: true, event_name: name, custom_data: custom, webhook_id: randomUUID() }
  const body = JSON.stringify({ meta, data: resourceOf(record) })
  await enqueue(tx, 'deliverSandboxWebhook', { name, body }, `sandbox:${meta.webhook_id}`, { queue: `sandbox:${queue}` })
}

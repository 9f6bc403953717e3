import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { addIntervals } from '../../../core/period.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { SandboxRecord, Subscription } from '../../../platform/postgres/generated/client.js'
import { readBatches } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { lockCustomer } from '../../identity/index.js'
import { holdBalance, readSpendableBalance } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import type { NewCheckout, NewTopUpCheckout, PaymentProvider, ProviderWebhook, VariantChange } from '../payment-provider.port.js'
import * as rules from './sandbox.rules.js'
import {
  createRecord,
  customerOf,
  enqueueWebhook,
  findRecord,
  getRecord,
  type Internals,
  lockRecord,
  parseRecordId,
  readCheckoutRecord,
  readPaymentRecord,
  readSubscriptionRecord,
  type SandboxCheckout,
  toResource,
  updateRecord,
} from './sandbox-records.js'
import { type SandboxPortal, sandboxRoutes } from './sandbox-routes.js'
import { createTopUp, findTopUp, payTopUp, type SandboxTopUp } from './sandbox-top-up.js'
import { sandboxWebhook } from './sandbox-webhook.js'
import { readPayment, readSubscription, variantIdProblem } from './wire-format.js'

const PAGE_SIZE = 50
const TICK_BATCH_SIZE = 500

type SandboxServices = Pick<Services, 'db' | 'config' | 'clock'>

/**
 * A payment provider for testing that moves no money. It stores its records in our database, uses the wire
 * format of Lemon Squeezy and sends signed webhooks over HTTP. It is not a merchant of record: we issue the
 * invoices of its sales.
 */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox'
  readonly title = 'Sandbox'
  readonly isTest = true
  readonly merchantOfRecord = null
  readonly endsOverdueAtOnce = true
  readonly sellsPlansById = true
  readonly webhook: ProviderWebhook
  readonly variantIdProblem = variantIdProblem
  readonly #services: SandboxServices

  constructor(services: SandboxServices) {
    this.#services = services
    this.webhook = sandboxWebhook(services.config)
  }

  routes(app: FastifyInstance): void {
    sandboxRoutes(app, this, this.#services)
  }

  async createCheckout(checkout: NewCheckout): Promise<string> {
    const { db, config, clock } = this.#services
    const key = randomUUID()
    const content = { ...checkout, amount: checkout.amount.toString(), subscriptionId: null }
    await db.sandboxRecord.create({ data: { type: 'checkouts', key, attributes: {}, internals: content, updatedAt: clock.now() } })
    return `${config.publicUrl}/sandbox/checkout/${key}`
  }

  async createTopUpCheckout(checkout: NewTopUpCheckout): Promise<string> {
    const { db, config, clock } = this.#services
    return `${config.publicUrl}/sandbox/top-up/${await createTopUp(db, checkout, clock.now())}`
  }

  findTopUp(key: string): Promise<SandboxTopUp | undefined> {
    return findTopUp(this.#services.db, key)
  }

  async payTopUp(key: string): Promise<void> {
    await this.#change((tx) => payTopUp(tx, key, this.#services.clock.now()))
  }

  async findCheckout(key: string): Promise<SandboxCheckout | undefined> {
    const record = await this.#services.db.sandboxRecord.findUnique({ where: { key } })
    return record?.type === 'checkouts' ? readCheckoutRecord(record) : undefined
  }

  /**
   * Pays a checkout. A second call changes nothing.
   * @param fails  whether the card will be declined when the subscription renews
   */
  async pay(key: string, fails: boolean): Promise<void> {
    const { clock } = this.#services
    await this.#change(async (tx) => {
      const record = await lockRecord(tx, { key })
      const checkout = readCheckoutRecord(record)
      if (checkout.subscriptionId !== null) return
      const at = clock.now()
      const { custom, amount, currency, interval, planName, email, variantId } = checkout
      const internals: Internals = { custom, amount: amount.toString(), currency, interval, planName, email, fails }
      const purchase = { variantId, planName, email, orderId: Number(record.id), interval }
      const subscription = await createRecord(tx, 'subscriptions', null, rules.newSubscription(purchase, at), internals, at)
      const paid = { ...checkout, amount: amount.toString(), subscriptionId: Number(subscription.id) }
      await updateRecord(tx, record, { internals: paid })
      const order = { ...record, type: 'orders', attributes: rules.newOrder(purchase, amount, currency, at) }
      await enqueueWebhook(tx, 'order_created', order, custom, subscription.id)
      await enqueueWebhook(tx, 'subscription_created', subscription, custom)
      await this.#charge(tx, subscription, 'initial', amount, at)
    })
  }

  async readSubscription(id: string) {
    const record = await findRecord(this.#services.db, 'subscriptions', id)
    return record && readSubscription(toResource(record))
  }

  async readPayments(subscriptionId: string) {
    const where = { type: 'subscription-invoices', parentId: parseRecordId(subscriptionId) }
    const records = await this.#services.db.sandboxRecord.findMany({ where, orderBy: { id: 'asc' } })
    return records.map((record) => readPayment(toResource(record)))
  }

  async listSubscriptions(page: number) {
    const records = await this.#services.db.sandboxRecord.findMany({
      where: { type: 'subscriptions' },
      orderBy: { id: 'desc' },
      skip: (page - 1) * PAGE_SIZE,
      take: PAGE_SIZE,
    })
    return { subscriptions: records.map((record) => readSubscription(toResource(record))), isLast: records.length < PAGE_SIZE }
  }

  cancel(id: string) {
    return this.#update(id, cancellationEvent, (attributes, _tx, _record, at) => rules.markCancelled(attributes, at))
  }

  resume(id: string) {
    return this.#update(
      id,
      () => 'subscription_resumed',
      (attributes) => rules.markResumed(attributes),
    )
  }

  changeVariant(id: string, { variantId, planName, interval, amount, due, changedAt }: VariantChange) {
    return this.#update(
      id,
      () => 'subscription_updated',
      async (attributes, tx, record) => {
        const { internals } = readSubscriptionRecord(record)
        const isNewInterval = interval !== internals.interval
        // A new interval begins now, or with the next renewal.
        const start = due === null ? attributes.renews_at : changedAt.toISOString()
        const anchor = isNewInterval ? start : (internals.anchor ?? null)
        const changed: Internals = { ...internals, planName, interval, anchor, amount: amount.toString() }
        await updateRecord(tx, record, { internals: changed })
        // Not at the time of the update, which is later than the last one even if the clock has not moved.
        if (due !== null && due > 0n) await this.#charge(tx, record, 'updated', due, this.#services.clock.now())
        const renewal = isNewInterval && due !== null ? { renews_at: rules.wireTime(addIntervals(changedAt, interval, 1)) } : {}
        return { ...attributes, ...renewal, variant_id: Number(variantId), variant_name: planName }
      },
    )
  }

  async readPayment(id: string) {
    const record = await findRecord(this.#services.db, 'subscription-invoices', id)
    return record && readPayment(toResource(record))
  }

  async refund(paymentId: string, amount: bigint) {
    const { clock } = this.#services
    const refunded = await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${parseRecordId(paymentId)} FOR UPDATE`
      const record = await getRecord(tx, 'subscription-invoices', paymentId)
      const at = clock.now()
      const { attributes: before, custom } = readPaymentRecord(record)
      const attributes = rules.markRefunded(before, Number(amount), at)
      const updated = await updateRecord(tx, record, { attributes, updatedAt: at })
      await enqueueWebhook(tx, 'subscription_payment_refunded', updated, custom)
      return updated
    })
    return readPayment(toResource(refunded))
  }

  async portalUrl(subscriptionId: string): Promise<string | null> {
    const record = await findRecord(this.#services.db, 'subscriptions', subscriptionId)
    return record && `${this.#services.config.publicUrl}/sandbox/portal/${record.key}`
  }

  /** Finds the details of a subscription that its portal page shows. */
  async findPortal(key: string): Promise<SandboxPortal | undefined> {
    const { db, clock } = this.#services
    const record = await db.sandboxRecord.findUnique({ where: { key } })
    if (record?.type !== 'subscriptions') return undefined
    const { attributes, internals } = readSubscriptionRecord(record)
    const { planName, amount, currency } = internals
    const billed = await db.subscription.findUnique({
      where: { provider_providerSubscriptionId: { provider: this.name, providerSubscriptionId: String(record.id) } },
      include: { pendingPlan: true },
    })
    const { renews_at: renewsAt, ends_at: endsAt } = attributes
    const customer = customerOf(internals)
    return {
      customer,
      planName,
      isDue: attributes.status === 'past_due',
      amount: BigInt(amount),
      currency,
      renewsAt: renewsAt === null ? null : new Date(renewsAt),
      endsAt: endsAt === null ? null : new Date(endsAt),
      pendingPlanName: billed?.pendingPlan?.name ?? null,
      balance: await readSpendableBalance(db, customer, currency, clock.now()),
    }
  }

  /** Pays the overdue invoice of a subscription with a card that works. */
  async payOverdueInvoice(key: string): Promise<void> {
    const { clock } = this.#services
    await this.#change(async (tx) => {
      const record = await lockRecord(tx, { key })
      const { attributes, internals } = readSubscriptionRecord(record)
      if (attributes.status !== 'past_due') return
      const at = rules.laterTimestamp(record.updatedAt, clock.now())
      const overdue = await tx.sandboxRecord.findFirstOrThrow({
        where: { type: 'subscription-invoices', parentId: record.id },
        orderBy: { id: 'desc' },
      })
      const active = { ...rules.markRecovered(attributes, internals), updated_at: rules.wireTime(at) }
      const payment = rules.markPaid(readPaymentRecord(overdue).attributes, at)
      const recovered = await updateRecord(tx, record, { attributes: active, internals: { ...internals, fails: false }, updatedAt: at })
      await enqueueWebhook(tx, 'subscription_updated', recovered, internals.custom)
      const paid = await updateRecord(tx, overdue, { attributes: payment, updatedAt: at })
      await enqueueWebhook(tx, 'subscription_payment_recovered', paid, internals.custom)
    })
  }

  /**
   * Renews the subscriptions that are due and ends the cancelled ones. Safe to run twice and concurrently.
   */
  async tick(): Promise<void> {
    const { db, clock } = this.#services
    const read = (last: { id: bigint } | undefined) => db.$queryRaw<{ id: bigint }[]>`
      SELECT id FROM sandbox_records WHERE type = 'subscriptions'
        AND COALESCE(attributes ->> 'renews_at', attributes ->> 'ends_at')::timestamptz <= ${clock.now()}
        AND attributes ->> 'status' IN ('active', 'cancelled') AND id > ${last?.id ?? 0n} ORDER BY id LIMIT ${TICK_BATCH_SIZE}`
    for await (const batch of readBatches(TICK_BATCH_SIZE, read)) {
      for (const { id } of batch) await this.#change((tx) => this.#advanceSubscription(tx, id, clock.now()))
    }
  }

  async #advanceSubscription(tx: Transaction, id: bigint, now: Date): Promise<void> {
    const found = await tx.sandboxRecord.findUniqueOrThrow({ where: { id } })
    // Renewals use the balance of the customer, whose lock is taken first.
    await lockCustomer(tx, customerOf(readSubscriptionRecord(found).internals))
    await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${id} FOR UPDATE`
    for (;;) {
      const record = await tx.sandboxRecord.findUniqueOrThrow({ where: { id } })
      const { attributes, internals } = readSubscriptionRecord(record)
      const fails = internals.fails && !(await this.#isCoveredByBalance(tx, record, now))
      const transition = rules.nextTransition(attributes, { ...internals, fails }, now)
      if (!transition) return
      const updated = await updateRecord(tx, record, { attributes: transition.attributes, updatedAt: transition.at })
      await enqueueWebhook(tx, transition.event, updated, internals.custom)
      if (transition.payment) await this.#renew(tx, updated, BigInt(internals.amount), transition.at, transition.payment === 'paid')
    }
  }

  /** Whether the balance pays a whole renewal, so that the card is not charged. */
  async #isCoveredByBalance(tx: Transaction, subscription: SandboxRecord, at: Date): Promise<boolean> {
    const { internals } = readSubscriptionRecord(subscription)
    if (!(await this.#findBilled(tx, subscription))) return false
    return (await readSpendableBalance(tx, customerOf(internals), internals.currency, at)) >= BigInt(internals.amount)
  }

  /** Our subscription, whose renewals use the balance; null if it has ended here. */
  #findBilled(tx: Transaction, { id }: SandboxRecord): Promise<Subscription | null> {
    const key = { provider: this.name, providerSubscriptionId: String(id) }
    return tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key, status: { not: 'EXPIRED' } } })
  }

  /** Charges a renewal, less the balance of the customer, which is held for it. */
  async #renew(tx: Transaction, subscription: SandboxRecord, amount: bigint, at: Date, isPaid: boolean): Promise<void> {
    const { internals } = readSubscriptionRecord(subscription)
    const billed = await this.#findBilled(tx, subscription)
    const payment = await this.#createPayment(tx, subscription, 'renewal', amount, at, isPaid)
    const { currency } = internals
    const purpose = billed && { provider: this.name, providerPaymentId: String(payment.id), subscriptionId: billed.id }
    const used = purpose ? await holdBalance(tx, { customer: customerOf(internals), currency, amount, at }, purpose) : 0n
    const charged = rules.withTotal(readPaymentRecord(payment).attributes, amount - used)
    await this.#reportPayment(tx, await updateRecord(tx, payment, { attributes: charged }), internals, isPaid)
  }

  async #charge(
    tx: Transaction,
    subscription: SandboxRecord,
    reason: rules.PaymentAttributes['billing_reason'],
    amount: bigint,
    at: Date,
    isPaid = true,
  ): Promise<void> {
    const { internals } = readSubscriptionRecord(subscription)
    await this.#reportPayment(tx, await this.#createPayment(tx, subscription, reason, amount, at, isPaid), internals, isPaid)
  }

  #createPayment(
    tx: Transaction,
    subscription: SandboxRecord,
    reason: rules.PaymentAttributes['billing_reason'],
    amount: bigint,
    at: Date,
    isPaid: boolean,
  ): Promise<SandboxRecord> {
    const { custom, currency, email } = readSubscriptionRecord(subscription).internals
    const attributes = rules.newPayment({ subscriptionId: subscription.id, reason, amount, currency, email, isPaid }, at)
    return createRecord(tx, 'subscription-invoices', subscription.id, attributes, { custom }, at)
  }

  #reportPayment(tx: Transaction, payment: SandboxRecord, { custom }: Internals, isPaid: boolean): Promise<void> {
    return enqueueWebhook(tx, isPaid ? 'subscription_payment_success' : 'subscription_payment_failed', payment, custom)
  }

  async #update(
    id: string,
    eventFor: (changed: rules.SubscriptionAttributes) => string,
    change: (
      attributes: rules.SubscriptionAttributes,
      tx: Transaction,
      record: SandboxRecord,
      at: Date,
    ) => rules.SubscriptionAttributes | Promise<rules.SubscriptionAttributes>,
  ) {
    const { clock } = this.#services
    const updated = await this.#change(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${parseRecordId(id)} FOR UPDATE`
      const record = await getRecord(tx, 'subscriptions', id)
      const at = rules.laterTimestamp(record.updatedAt, clock.now())
      const { attributes: before, internals } = readSubscriptionRecord(record)
      const attributes = await change(before, tx, record, at)
      const stamped = { ...attributes, updated_at: rules.wireTime(at) }
      const stored = await updateRecord(tx, record, { attributes: stamped, updatedAt: at })
      await enqueueWebhook(tx, eventFor(attributes), stored, internals.custom)
      return stored
    })
    return readSubscription(toResource(updated))
  }

  #change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return runTransaction(this.#services.db, work)
  }
}

function cancellationEvent({ status }: rules.SubscriptionAttributes): string {
  return status === 'expired' ? 'subscription_expired' : 'subscription_cancelled'
}

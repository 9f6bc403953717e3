import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { enqueue, queueName } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { Prisma, SandboxRecord } from '../../../platform/postgres/generated/client.js'
import type { Customer } from '../../identity/index.js'
import { ProviderRefusalError } from '../payment.errors.js'
import { DELIVER_SANDBOX_WEBHOOK } from '../payment.jobs.js'
import type { PaymentAttributes, SubscriptionAttributes } from './sandbox.rules.js'

const customSchema = z.record(z.string(), z.string())
const intervalSchema = z.enum(['MONTH', 'YEAR'])

/** What the payment pages of plans and of top-ups have in common. */
export const pageRecordSchema = z.object({
  amount: z.string().transform(BigInt),
  currency: z.string(),
  email: z.string().nullable(),
  successUrl: z.string(),
  cancelUrl: z.string(),
  custom: customSchema,
})

const checkoutRecordSchema = pageRecordSchema.extend({
  variantId: z.string(),
  planName: z.string(),
  interval: intervalSchema,
  /** The subscription that the payment created; null before the payment. */
  subscriptionId: z.int().nullable(),
})

/** The part of a subscription that the wire format of Lemon Squeezy has no attributes for. */
const internalsSchema = z.object({
  custom: customSchema,
  amount: z.string(),
  currency: z.string(),
  interval: intervalSchema,
  planName: z.string(),
  email: z.string().nullable(),
  /** The start of the periods since the interval has changed; null if they start with the purchase. */
  anchor: z.string().nullish(),
  /** Whether the card will be declined when the subscription renews. */
  fails: z.boolean(),
})

const subscriptionRecordSchema: z.ZodType<SubscriptionAttributes> = z.looseObject({
  status: z.enum(['on_trial', 'active', 'paused', 'past_due', 'unpaid', 'cancelled', 'expired']),
  variant_id: z.number(),
  cancelled: z.boolean(),
  renews_at: z.string().nullable(),
  ends_at: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})

const paymentRecordSchema: z.ZodType<PaymentAttributes> = z.looseObject({
  subscription_id: z.number(),
  billing_reason: z.enum(['initial', 'renewal', 'updated']),
  status: z.string(),
  total: z.number(),
  refunded: z.boolean(),
  refunded_amount: z.number(),
})

/** A checkout as the sandbox page shows it. */
export type SandboxCheckout = z.output<typeof checkoutRecordSchema>

export type Internals = z.output<typeof internalsSchema>

/** The customer of a page or a subscription in the sandbox. */
export function customerOf({ custom }: Pick<Internals, 'custom'>): Customer {
  return { userId: custom.user_id ?? '', organisationId: custom.organisation_id ?? null }
}

export function readCheckoutRecord({ internals }: SandboxRecord): SandboxCheckout {
  return checkoutRecordSchema.parse(internals)
}

export function readSubscriptionRecord({ attributes, internals }: SandboxRecord) {
  return { attributes: subscriptionRecordSchema.parse(attributes), internals: internalsSchema.parse(internals) }
}

export function readPaymentRecord({ attributes, internals }: SandboxRecord) {
  return { attributes: paymentRecordSchema.parse(attributes), custom: internalsSchema.pick({ custom: true }).parse(internals).custom }
}

/** Reads and locks a record by its id or, for links, by its key. */
export async function lockRecord(tx: Transaction, where: { id: bigint } | { key: string }): Promise<SandboxRecord> {
  if ('id' in where) await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${where.id} FOR UPDATE`
  else await tx.$queryRaw`SELECT id FROM sandbox_records WHERE key = ${where.key}::uuid FOR UPDATE`
  return tx.sandboxRecord.findUniqueOrThrow({ where })
}

export function createRecord(
  tx: Transaction,
  type: string,
  parentId: bigint | null,
  attributes: object,
  internals: Prisma.InputJsonObject,
  at: Date,
): Promise<SandboxRecord> {
  return tx.sandboxRecord.create({ data: { type, key: randomUUID(), parentId, attributes, internals, updatedAt: at } })
}

interface RecordChanges {
  attributes?: object
  internals?: Prisma.InputJsonObject
  updatedAt?: Date
}

export function updateRecord(tx: Transaction, { id }: SandboxRecord, changes: RecordChanges): Promise<SandboxRecord> {
  return tx.sandboxRecord.update({ where: { id }, data: changes })
}

export async function findRecord(db: Database | Transaction, type: string, id: string): Promise<SandboxRecord | null> {
  return db.sandboxRecord.findFirst({ where: { id: parseRecordId(id), type } })
}

export async function getRecord(tx: Transaction, type: string, id: string): Promise<SandboxRecord> {
  const record = await findRecord(tx, type, id)
  if (!record) throw new ProviderRefusalError(`The sandbox has no ${type} ${id}`)
  return record
}

/** @returns 0 for a malformed id, because no record has the id 0 */
export function parseRecordId(id: string): bigint {
  return /^\d{1,15}$/.test(id) ? BigInt(id) : 0n
}

/** The record that a webhook reports: a stored one, or an order, which is not stored. */
type ReportedRecord = Pick<SandboxRecord, 'id' | 'parentId' | 'type'> & { attributes: unknown }

export function toResource({ type, id, attributes }: ReportedRecord): object {
  return { type, id: String(id), attributes }
}

/**
 * Enqueues a webhook in the transaction of the change it reports. The webhooks of one subscription are sent
 * in order.
 */
export async function enqueueWebhook(
  tx: Transaction,
  name: string,
  record: ReportedRecord,
  custom: Record<string, string>,
  subscriptionId = record.parentId ?? record.id,
): Promise<void> {
  const meta = { test_mode: true, event_name: name, custom_data: custom, webhook_id: randomUUID() }
  const body = JSON.stringify({ meta, data: toResource(record) })
  const queue = queueName('sandboxDelivery', String(subscriptionId))
  await enqueue(tx, DELIVER_SANDBOX_WEBHOOK, { name, body }, `sandbox:${meta.webhook_id}`, { queue })
}

import { randomUUID } from 'node:crypto'
import { DomainError } from '../../../core/errors.js'
import type { Interval } from '../../../core/period.js'
import { enqueue } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { SandboxRecord } from '../../../platform/postgres/generated/client.js'
import { PAYMENT_PROVIDER_UNAVAILABLE } from '../payment.errors.js'
import { DELIVER_SANDBOX_WEBHOOK } from '../payment.jobs.js'
import type { PaymentAttributes, SubscriptionAttributes } from './sandbox.rules.js'

/** The part of a subscription that the wire format of Lemon Squeezy has no attributes for. */
export interface Internals {
  custom: Record<string, string>
  amount: string
  currency: string
  interval: Interval
  planName: string
  email: string | null
  /** Unused credit from plan changes, minor units. */
  credit: string
  /** Whether the card will be declined when the subscription renews. */
  fails: boolean
}

/** Types the JSON columns of a subscription. */
export function readSubscriptionRecord({ attributes, internals }: SandboxRecord): {
  attributes: SubscriptionAttributes
  internals: Internals
} {
  return { attributes: attributes as unknown as SubscriptionAttributes, internals: internals as unknown as Internals }
}

/** Types the JSON columns of a payment. */
export function readPaymentRecord({ attributes, internals }: SandboxRecord): {
  attributes: PaymentAttributes
  custom: Internals['custom']
} {
  return { attributes: attributes as unknown as PaymentAttributes, custom: (internals as unknown as Internals).custom }
}

/** Reads and locks a record by its id or, for links, by its key. */
export async function lockRecord(tx: Transaction, where: { id: number } | { key: string }): Promise<SandboxRecord> {
  if ('id' in where) await tx.$queryRaw`SELECT id FROM sandbox_records WHERE id = ${where.id} FOR UPDATE`
  else await tx.$queryRaw`SELECT id FROM sandbox_records WHERE key = ${where.key}::uuid FOR UPDATE`
  return tx.sandboxRecord.findUniqueOrThrow({ where })
}

export function createRecord(
  tx: Transaction,
  type: string,
  parentId: number | null,
  attributes: object,
  internals: object,
  at: Date,
): Promise<SandboxRecord> {
  return tx.sandboxRecord.create({ data: { type, key: randomUUID(), parentId, attributes, internals, updatedAt: at } })
}

export async function findRecord(db: Database | Transaction, type: string, id: string): Promise<SandboxRecord | null> {
  return db.sandboxRecord.findFirst({ where: { id: parseRecordId(id), type } })
}

export async function getRecord(tx: Transaction, type: string, id: string): Promise<SandboxRecord> {
  const record = await findRecord(tx, type, id)
  if (!record) throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, `The sandbox has no ${type} ${id}`)
  return record
}

/** @returns 0, which is the id of no record, when the id is malformed */
export function parseRecordId(id: string): number {
  return /^\d{1,9}$/.test(id) ? Number(id) : 0
}

export function toResource({ type, id, attributes }: SandboxRecord): object {
  return { type, id: String(id), attributes }
}

/**
 * Enqueues a webhook in the transaction of the change it reports. The webhooks of one subscription are sent
 * in order.
 */
export async function enqueueWebhook(
  tx: Transaction,
  name: string,
  record: SandboxRecord,
  custom: Record<string, string>,
  queue = record.parentId ?? record.id,
): Promise<void> {
  const meta = { test_mode: true, event_name: name, custom_data: custom, webhook_id: randomUUID() }
  const body = JSON.stringify({ meta, data: toResource(record) })
  await enqueue(tx, DELIVER_SANDBOX_WEBHOOK, { name, body }, `sandbox:${meta.webhook_id}`, { queue: `sandbox:${queue}` })
}

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { SandboxRecord } from '../../../platform/postgres/generated/client.js'
import type { NewTopUpCheckout } from '../payment-provider.port.js'
import { newOrder } from './sandbox.rules.js'
import { enqueueWebhook, lockRecord, pageRecordSchema, updateRecord } from './sandbox-records.js'

const TOP_UPS = 'top-ups'
/** Not the id of a plan. */
const TOP_UP_PRODUCT = { variantId: '0', planName: 'Balance top-up' }

const topUpRecordSchema = pageRecordSchema.extend({ isPaid: z.boolean() })

/** The page of a top-up. */
export type SandboxTopUp = z.output<typeof topUpRecordSchema>

/** @returns the key of the page */
export async function createTopUp(db: Database, checkout: NewTopUpCheckout, at: Date): Promise<string> {
  const key = randomUUID()
  const internals = { ...checkout, amount: checkout.amount.toString(), isPaid: false }
  await db.sandboxRecord.create({ data: { type: TOP_UPS, key, attributes: {}, internals, updatedAt: at } })
  return key
}

export async function findTopUp(db: Database, key: string): Promise<SandboxTopUp | undefined> {
  const record = await db.sandboxRecord.findUnique({ where: { key } })
  return record?.type === TOP_UPS ? readTopUp(record) : undefined
}

/** Charges a top-up once. A second call changes nothing. */
export async function payTopUp(tx: Transaction, key: string, at: Date): Promise<void> {
  const record = await lockRecord(tx, { key })
  const topUp = readTopUp(record)
  if (topUp.isPaid) return
  const { amount, currency, email, custom } = topUp
  await updateRecord(tx, record, { internals: { ...topUp, amount: amount.toString(), isPaid: true } })
  const attributes = newOrder({ ...TOP_UP_PRODUCT, email, orderId: Number(record.id) }, amount, currency, at)
  await enqueueWebhook(tx, 'order_created', { ...record, type: 'orders', attributes }, custom)
}

function readTopUp({ internals }: SandboxRecord): SandboxTopUp {
  return topUpRecordSchema.parse(internals)
}

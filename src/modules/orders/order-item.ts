import { z } from 'zod'
import type { OrderItem } from '../../platform/postgres/generated/client.js'
import { BillingInterval } from '../catalog/index.js'

/** The names of plans are those at the time of the order. */
const ofPlan = z.object({ plan: z.string() })

const itemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('TEXT'), description: z.string() }),
  z.object({ kind: z.literal('PLAN'), parameters: ofPlan.extend({ interval: z.enum(BillingInterval) }) }),
  z.object({ kind: z.literal('REST'), parameters: ofPlan }),
  z.object({ kind: z.literal('UNUSED'), parameters: ofPlan }),
  z.object({ kind: z.literal('PLAN_CHANGE'), parameters: ofPlan }),
  z.object({ kind: z.literal('DISCOUNT'), parameters: z.object({ name: z.string().optional() }) }),
  z.object({ kind: z.literal('ORDER'), parameters: z.object({}) }),
  z.object({ kind: z.literal('TOP_UP'), parameters: z.object({}) }),
])

/**
 * What an item of an order is for: a kind with its parameters, from which `describeItem` produces a text, or a
 * stored text.
 */
export type ItemContent = z.output<typeof itemSchema>

interface ItemAmounts {
  quantity: number
  /** Minor units. */
  unitPrice: bigint
  /** Minor units: quantity x unitPrice. */
  amount: bigint
}

/** A line of an order, as it is stored. */
export type OrderLine = ItemContent & ItemAmounts

/** A line with its text in one language. */
export interface DescribedLine extends ItemAmounts {
  description: string
}

/** Parses a stored item. */
export function parseOrderItem(record: Omit<OrderItem, 'orderId' | 'position'>): OrderLine {
  const { quantity, unitPrice, amount } = record
  return { ...itemSchema.parse(record), quantity, unitPrice, amount }
}

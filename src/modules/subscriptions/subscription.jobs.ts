import { z } from 'zod'
import { storedId } from '../../core/json-ids.js'
import { defineJob } from '../../platform/jobs/queue.js'

/** Cancels a subscription at its payment provider. */
export const CANCEL_AT_PROVIDER = defineJob('cancelAtProvider', z.object({ provider: z.string(), subscriptionId: z.string() }))
/** Refunds the unused share of an order through its provider, which is the merchant of record. `amount`: minor units. */
export const REFUND_UNUSED = defineJob('refundUnused', z.object({ orderId: storedId, amount: z.string() }))

/** Stores the new price of every subscription of a plan. Amounts are minor units, as text; times are ISO 8601. */
export const MOVE_PRICES = defineJob(
  'movePrices',
  z.object({ planId: z.string(), price: z.string(), from: z.string(), requestedAt: z.string() }),
)

import { z } from 'zod'
import { storedId } from '../../core/json-ids.js'
import { DECLARATION_KINDS } from '../webhooks/index.js'

const money = z.object({ minorUnits: z.string(), currency: z.string() })

/** What a mail is about: ids, amounts and times of its cause. Its content is read from them when it is sent. */
export const aboutSchema = z.object({
  orderId: storedId.optional(),
  subscriptionId: storedId.optional(),
  refundId: storedId.optional(),
  /** The documents that are attached. */
  invoiceIds: z.array(storedId).default([]),
  amount: money.optional(),
  newAmount: money.optional(),
  /** The date that the mail names. ISO 8601. */
  at: z.string().optional(),
  /** Why a plan is suspended. */
  reason: z.string().optional(),
  planBefore: z.string().optional(),
  /** When a declaration of the customer has arrived. ISO 8601. */
  receivedAt: z.string().optional(),
  /** How the customer ends a contract; absent for an ordinary cancellation. */
  declaration: z.object({ kind: z.enum(DECLARATION_KINDS), reason: z.string().nullable() }).optional(),
})

/** As it is stored. */
export type StoredAbout = z.input<typeof aboutSchema>

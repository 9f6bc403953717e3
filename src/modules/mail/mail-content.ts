import { z } from 'zod'
import { INVOICE_KINDS } from '../invoicing/index.js'
import { DECLARATION_KINDS } from '../webhooks/index.js'

const money = z.object({ minorUnits: z.string(), currency: z.string() })

const documentSchema = z.object({
  id: z.number(),
  kind: z.enum(INVOICE_KINDS),
  /** Whether a payment provider is the seller. */
  isByMerchant: z.boolean(),
  number: z.string(),
  total: money,
  /** What was left to pay. */
  due: money,
  dueAt: z.string(),
})

const itemSchema = z.object({
  kind: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  description: z.string().nullable(),
  quantity: z.number(),
})

/**
 * What a mail states, as it was when it was sent first, so that every attempt has the same content. Amounts and times are
 * formatted when it is rendered. Fields that a kind does not state are null.
 */
export const contentSchema = z.object({
  name: z.string().nullable(),
  order: z.string().nullable(),
  isTopUp: z.boolean(),
  /** As they are stored with the order, so that they can be stated in every language. */
  items: z.array(itemSchema),
  plan: z.string().nullable(),
  planBefore: z.string().nullable(),
  amount: money.nullable(),
  newAmount: money.nullable(),
  at: z.string().nullable(),
  isToBalance: z.boolean(),
  isOverdue: z.boolean(),
  documents: z.array(documentSchema),
  /** Id of the subscription that the customer has cancelled. */
  contract: z.string().nullable().default(null),
  /** How the customer ends a contract. */
  declaration: z.enum(DECLARATION_KINDS).default('CANCELLATION'),
  /** What the customer has written with it, or with a request for a refund. */
  request: z.string().nullable().default(null),
  /** When the declaration or the request of the customer has arrived. */
  receivedAt: z.string().nullable().default(null),
})

export type MailContent = z.output<typeof contentSchema>
export type MailDocument = MailContent['documents'][number]

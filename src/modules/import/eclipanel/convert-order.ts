import { addDays } from '../../../core/duration.js'
import { formatDecimal } from '../../../core/money.js'
import type { ImportRow } from '../import-row.js'
import { parseTime } from '../time.rules.js'
import type { ConvertedPlan } from './convert-plan.js'
import type { Conversion } from './notice-list.js'
import { orderItems } from './order-items.js'
import { reportedPaymentNote } from './reported-payment.js'
import type { RowReader } from './row-reader.js'

/** How long a reported payment remains payable at least, after the import. */
const REPORTED_PAYMENT_DAYS = 7

const STATUSES: Readonly<Record<string, string>> = { awaiting_payment: 'pending', payment_sent: 'pending', canceled: 'cancelled' }

export interface ConvertedOrder {
  readonly row: ImportRow
  readonly userId: string
  readonly organisationId: string | undefined
  readonly planId: string | undefined
  readonly isActive: boolean
  readonly placedAt: Date | undefined
}

interface OrderContext extends Conversion {
  readonly plans: ReadonlyMap<string, ConvertedPlan>
  /** Until when users are verified as students. */
  readonly studentsUntil: ReadonlyMap<string, Date>
}

/** @throws RowError */
export function convertOrder(reader: RowReader, context: OrderContext): ConvertedOrder {
  const { currency, notices, at } = context
  const stored = reader.text('status')?.toLowerCase()
  const userId = String(reader.value('userId') ?? '')
  const notes = reader.text('notes')
  const organisationId = organisationOf(reader, notes)
  const net = reader.amount('amount', currency) ?? 0n
  const tax = reader.amount('taxAmount', currency) ?? 0n
  const mapped = STATUSES[stored ?? ''] ?? stored
  const { planId, plan } = planOf(reader, mapped, context)
  const { items, discount } = orderItems(reader, { currency, net, planName: plan?.name })
  const isLifetime = reader.text('billingType')?.toLowerCase() === 'lifetime'
  const expiresAt = parseTime(reader.value('expiresAt'))
  const isFree = net === 0n && plan !== undefined
  const activeEnd =
    mapped === 'active' ? endOfActive({ isLifetime, isFree, expiresAt, studentUntil: studentEnd(plan, userId, context) }) : undefined
  const hasEnded = activeEnd !== undefined && activeEnd <= at
  if (hasEnded) notices.add('orders', 'active orders that have ended are imported as expired', reader.id)
  const status = hasEnded ? 'expired' : mapped
  const end = activeEnd ?? (stored === 'payment_sent' ? endOfReported({ isLifetime, expiresAt, at }) : undefined)
  if (status === 'active' && isFree && !isLifetime) {
    notices.add('orders', 'active orders for 0 have no end but that of the verification as a student', reader.id)
  }
  if (reader.value('lifetimeBlockedAt') !== undefined && status === 'active') {
    notices.add('orders', 'lifetime plans that EcliPanel has blocked for inactivity are imported as active', reader.id)
  }
  const money = (minorUnits: bigint) => formatDecimal({ minorUnits, currency })
  const values = {
    id: reader.value('id'),
    userId: reader.value('userId'),
    organisationId,
    planId,
    status,
    amount: money(net + tax),
    tax: tax === 0n ? undefined : money(tax),
    discount: discount === 0n ? undefined : money(discount),
    discountName: reader.line('couponCode'),
    currency,
    description: reader.line('description'),
    items,
    notes: [notes, ...paymentNotes(reader, stored)].filter(Boolean).join('\n'),
    date: reader.value('createdAt'),
    expiresAt: end?.toISOString() ?? (status === 'active' || isLifetime ? undefined : reader.value('expiresAt')),
    lifetime: isLifetime || undefined,
  }
  const names = { organisationId: 'orgId', date: 'createdAt', tax: 'taxAmount', discount: 'discountAmount', discountName: 'couponCode' }
  const row = reader.build(values, names)
  return { row, userId, organisationId, planId, isActive: status === 'active', placedAt: parseTime(values.date) }
}

/** EcliPanel names the organisation in the column or in the notes. */
function organisationOf(reader: RowReader, notes: string | undefined): string | undefined {
  const id = reader.value('orgId')
  return id === undefined ? /\borg_order:(\d+)/.exec(notes ?? '')?.[1] : String(id)
}

/** EcliPanel deletes plans although orders refer to them. Such an order is imported without a plan if it has ended. */
function planOf(
  reader: RowReader,
  status: string | undefined,
  { plans, notices }: OrderContext,
): { planId: string | undefined; plan: ConvertedPlan | undefined } {
  const id = reader.value('planId')
  if (id === undefined || id === 0 || id === '0') return { planId: undefined, plan: undefined }
  const planId = String(id)
  const plan = plans.get(planId)
  if (plan) return { planId, plan }
  if (status === 'active' || status === 'pending') {
    reader.reject('planId', `plan ${planId} does not exist; add it to the file, or set the status of the order to cancelled`)
  } else notices.add('orders', 'orders that have ended are imported without their plan, which EcliPanel has deleted', reader.id)
  return { planId: undefined, plan: undefined }
}

function studentEnd(plan: ConvertedPlan | undefined, userId: string, { studentsUntil }: OrderContext): Date | undefined {
  return plan?.type === 'edu' ? studentsUntil.get(userId) : undefined
}

interface OrderEnd {
  readonly isLifetime: boolean
  /** As EcliPanel stores it. */
  readonly expiresAt: Date | undefined
}

interface ActiveOrderEnd extends OrderEnd {
  /** A plan that costs nothing. */
  readonly isFree: boolean
  readonly studentUntil: Date | undefined
}

/**
 * When an active order ends; undefined if no end is known. EcliPanel extends orders for 0 automatically, and does not end one
 * that it has failed to extend.
 */
function endOfActive({ isLifetime, isFree, expiresAt, studentUntil }: ActiveOrderEnd): Date | undefined {
  if (isLifetime) return undefined
  return isFree ? studentUntil : expiresAt
}

/** When a pending order with a reported payment expires: not at once, because the money may be on its way. */
function endOfReported({ isLifetime, expiresAt, at }: OrderEnd & { readonly at: Date }): Date {
  const earliest = addDays(at, REPORTED_PAYMENT_DAYS)
  return !isLifetime && expiresAt && expiresAt > earliest ? expiresAt : earliest
}

/** What EcliPanel stores about the payment, as lines of the notes. */
function paymentNotes(reader: RowReader, status: string | undefined): (string | undefined)[] {
  const method = reader.line('paymentMethod')
  const provider = reader.line('paymentProvider')
  const reference = reader.line('paymentTxId')
  const crypto = ['cryptoAmount', 'cryptoCurrency', 'cryptoNetwork', 'cryptoAddress'].map((name) => reader.line(name)).filter(Boolean)
  const details = [method && `method ${method}`, provider && `kind ${provider}`, reference && `reference ${reference}`, crypto.join(' ')]
  const known = details.filter(Boolean)
  return [
    status === 'payment_sent' ? reportedPaymentNote({ method, reference }) : undefined,
    known.length > 0 ? `Payment in EcliPanel: ${known.join(', ')}` : undefined,
  ]
}

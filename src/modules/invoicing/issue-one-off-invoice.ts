import { z } from 'zod'
import { addDays } from '../../core/duration.js'
import { invalidInputError } from '../../core/errors.js'
import {
  type FindMissingGlyph,
  line,
  multilineText,
  optional,
  organisationId,
  parseInputAsync,
  printable,
  userId,
} from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import { isCurrency, MAX_MINOR_UNITS } from '../../core/money.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../audit/index.js'
import { type Customer, customerName, getCustomer, lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { payFromBalance, readSpendableBalance } from '../ledger/index.js'
import { createPlanlessOrder, type OrderLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { partFromBalance } from './document-payment.rules.js'
import type { IssueInvoiceInput } from './invoice.type.js'
import type { InvoiceData } from './invoice-data.queries.js'
import { issueInvoice, OUR_SALE } from './issue-invoice.js'
import { quoteLines } from './quote.js'

const MAX_ITEMS = 50
const MAX_QUANTITY = 1_000_000
const MAX_DUE_DAYS = 3650

const quantity = z.int().min(1, 'must be 1 or more').max(MAX_QUANTITY, `must be at most ${MAX_QUANTITY}`)
const unitPrice = z.bigint().min(0n, 'must be 0 or more')

function oneOffSchema(find: FindMissingGlyph, now: Date) {
  const latest = addDays(now, MAX_DUE_DAYS)
  const items = z.array(z.object({ description: printable(find, line(200)), quantity, unitPrice }))
  return z.object({
    userId: userId(),
    organisationId: optional(organisationId()),
    items: items.min(1, 'must contain at least one item').max(MAX_ITEMS, `must contain at most ${MAX_ITEMS} items`),
    currency: z.string().refine(isCurrency, 'must be an ISO 4217 code, for example USD'),
    dueAt: optional(
      z
        .date()
        .refine((at) => at >= now, 'must not be in the past')
        .refine((at) => at <= latest, `must be within ${MAX_DUE_DAYS} days`),
    ),
    notes: optional(multilineText(2000)),
    purchaseOrder: optional(printable(find, line(100))),
    idempotencyKey,
  })
}

type OneOffRequest = Omit<z.output<ReturnType<typeof oneOffSchema>>, 'idempotencyKey'>
type OneOffServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>

/**
 * Issues an invoice that belongs to no plan, with an active order of its own. The balance pays it as far as it reaches.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT naming the field
 */
export async function issueOneOffInvoice(services: OneOffServices, principal: UserPrincipal, input: IssueInvoiceInput): Promise<Invoice> {
  const { db, clock, findMissingGlyph } = services
  const { idempotencyKey: key, ...request } = await parseInputAsync(oneOffSchema(findMissingGlyph, clock.now()), 'input', input)
  const idempotency = { principal: principalName(principal), operation: 'issueInvoice', key, input: toJson(request) }
  const { invoiceId } = await runOnce(services, idempotency, async (tx) => {
    const customer = await getCustomer(tx, request.userId, request.organisationId)
    await lockCustomer(tx, customer)
    const sold = await createOrder(tx, services, customer, request)
    const { order } = sold
    const { notes, purchaseOrder } = order
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'issueInvoice',
      subject: customerName(customer),
      details: { orderId: order.id, amount: order.amount.toString(), currency: order.currency, notes, purchaseOrder },
      at: order.placedAt,
    })
    return { invoiceId: Number((await invoiceOrder(tx, services, sold, request.dueAt)).id) }
  })
  return db.invoice.findUniqueOrThrow({ where: { id: BigInt(invoiceId) } })
}

function toJson({ userId, organisationId, dueAt, ...rest }: OneOffRequest): object {
  return {
    ...rest,
    userId: jsonCustomerId(userId),
    organisationId: organisationId && jsonCustomerId(organisationId),
    dueAt: dueAt?.toISOString(),
  }
}

/** @throws BAD_USER_INPUT if the total is 0 or exceeds what an amount can be */
async function createOrder(
  tx: Transaction,
  services: OneOffServices,
  customer: Customer,
  { items, currency, notes, purchaseOrder }: OneOffRequest,
): Promise<{ order: Order; sale: InvoiceData }> {
  const lines = items.map(
    ({ description, quantity, unitPrice }): OrderLine => ({
      kind: 'TEXT',
      description,
      quantity,
      unitPrice,
      amount: BigInt(quantity) * unitPrice,
    }),
  )
  const { total: amount, net, sale } = await quoteLines(tx, services, customer, lines)
  if (amount < 1n) throw invalidInputError('input.items', 'must add up to more than 0')
  if (amount > MAX_MINOR_UNITS)
    throw invalidInputError('input.items', `must add up to at most ${MAX_MINOR_UNITS} minor units, tax included`)
  const amounts = { amount, net, periodAmount: amount }
  const terms = { lines, amounts, currency, notes, purchaseOrder, at: services.clock.now() }
  return { order: await createPlanlessOrder(tx, customer, { ...terms, status: 'ACTIVE' }), sale }
}

/**
 * The document is printed as paid if the balance covers it. Balance remains only if no invoice is open, so no other one is
 * due earlier.
 */
async function invoiceOrder(
  tx: Transaction,
  services: OneOffServices,
  { order, sale }: { order: Order; sale: InvoiceData },
  dueAt: Date | undefined,
): Promise<Invoice> {
  const at = services.clock.now()
  const balance = await readSpendableBalance(tx, order, order.currency, at)
  const due = dueAt ?? addDays(at, services.config.invoices.dueDays)
  const invoice = await issueInvoice(tx, services, order, null, {
    ...OUR_SALE,
    quoted: sale,
    ...(balance >= order.amount ? { payments: [partFromBalance(order.amount, at)] } : { dueAt: due, balance }),
  })
  return payFromBalance(tx, invoice, at)
}

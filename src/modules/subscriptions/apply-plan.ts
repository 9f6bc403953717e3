import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { acrossFields, besideOthers, multilineText, optional, organisationId, parseInput, rowId, userId } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { getPlan, planNotFoundError } from '../catalog/index.js'
import { type Customer, getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { lockInvoice, quoteLines } from '../invoicing/index.js'
import { amountDue, assertRoomFor, listHeldPayments, receiveInvoicePayment, receiveOrderPayment, sumOfHeld } from '../ledger/index.js'
import {
  assertNotExpired,
  assertTransition,
  confirmReportsOfOrder,
  createPendingOrder,
  linesForPlan,
  lockOrder,
  ORDER_NOT_FOUND,
  orderNotFoundError,
} from '../orders/index.js'
import type { Services } from '../services.js'
import { activateOrder, type PlanOrder } from './activate-order.js'
import { completeChange } from './execute-change.js'
import { approvedPayment, recordApproval } from './record-approval.js'
import { type CollectionServices, lockUpToDate, settleCustomer } from './renewals/settle-customer.js'
import type { ApplyPlanInput } from './subscription.type.js'

const NOT_IN_FUTURE = 'must be in the future'

function applyPlanSchema(now: Date) {
  return z
    .object({
      userId: userId(),
      planId: rowId('Plan'),
      orderId: optional(rowId('Order')),
      organisationId: optional(organisationId()),
      amount: optional(z.bigint().min(0n, 'must be 0 or more')),
      notes: optional(multilineText(2000)),
      expiresAt: optional(z.date()),
      idempotencyKey,
    })
    .refine(
      ({ amount, orderId }) => amount === undefined || orderId === undefined,
      acrossFields('amount', 'must be left out if orderId is given: the order already has an amount'),
    )
    .refine(({ expiresAt }) => !(expiresAt instanceof Date) || expiresAt > now, besideOthers('expiresAt', NOT_IN_FUTURE))
}

type ApplyPlanRequest = Omit<z.output<ReturnType<typeof applyPlanSchema>>, 'idempotencyKey'>

/**
 * Approves a pending order, or grants a plan by creating and activating an order. An approval that records a payment confirms
 * the open reports of its order.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_NOT_FOUND, ORDER_NOT_FOUND, INVALID_TRANSITION, SELLER_DETAILS_MISSING,
 *   BUYER_DETAILS_MISSING
 */
export async function applyPlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: ApplyPlanInput,
): Promise<Order> {
  const { idempotencyKey: key, ...request } = parseInput(applyPlanSchema(services.clock.now()), 'input', input)
  const { userId, notes, expiresAt } = request
  const idempotency = { principal: principalName(principal), operation: 'applyPlan', key, input: toJson(request) }
  const { orderId } = await runOnce(services, idempotency, async (tx) => {
    if (expiresAt && expiresAt <= services.clock.now()) throw invalidInputError('input.expiresAt', NOT_IN_FUTURE)
    const customer = await getCustomer(tx, userId, await findOrganisationId(tx, request))
    await lockUpToDate(tx, services, customer)
    const order = await (request.orderId === undefined
      ? createGrantOrder(tx, services, customer, request)
      : getApprovableOrder(tx, services, customer, request, request.orderId))
    if (order.reason === 'RENEWAL') return { orderId: Number((await approveRenewal(tx, services, principal, order, expiresAt)).id) }
    const missing = { minorUnits: order.amount - sumOfHeld(await listHeldPayments(tx, order.id)), currency: order.currency }
    if (missing.minorUnits > 0n) await assertRoomFor(tx, customer, missing, amountField(request))
    if (order.reason === 'PLAN_CHANGE') return { orderId: Number((await approveChange(tx, services, principal, order, expiresAt)).id) }
    // A purchase is renewed by invoices, a grant is not.
    const collection = request.orderId === undefined ? 'NONE' : 'INVOICE'
    await activateOrder(tx, services, { customer, order, actor: principal, notes, expiresAt, collection })
    return { orderId: Number(order.id) }
  })
  return services.db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
}

/** The field that determines the amount. */
function amountField({ amount, orderId }: ApplyPlanRequest): string {
  if (amount !== undefined) return 'input.amount'
  return orderId === undefined ? 'input.planId' : 'input.orderId'
}

/** Approves a plan change: the part of its amount that has not been paid yet is recorded as a payment of kind OTHER. */
async function approveChange(
  tx: Transaction,
  services: CollectionServices,
  principal: UserPrincipal,
  order: PlanOrder,
  expiresAt: Date | undefined,
): Promise<Order> {
  assertTransition(order, 'ACTIVE')
  if (expiresAt)
    throw invalidInputError('input.expiresAt', 'must be left out for a plan change, which keeps the period of the subscription')
  const at = services.clock.now()
  const missing = order.amount - sumOfHeld(await listHeldPayments(tx, order.id))
  if (missing > 0n) {
    const payment = await receiveOrderPayment(tx, approvedPayment(order, { actor: principal, amount: missing, at }), order.id)
    await confirmReportsOfOrder(tx, principal, payment)
  }
  await recordApproval(tx, order, { actor: principal, amount: order.amount, at })
  const completed = await completeChange(tx, services, order)
  if (!completed) throw new Error(`order ${order.id} was paid, but the amount does not cover the plan change`)
  return completed
}

/** Approves a renewal: what is due of its invoice is recorded as OTHER. */
async function approveRenewal(
  tx: Transaction,
  services: CollectionServices,
  principal: UserPrincipal,
  order: PlanOrder,
  expiresAt: Date | undefined,
): Promise<Order> {
  assertTransition(order, 'ACTIVE')
  if (expiresAt) throw invalidInputError('input.expiresAt', 'must be left out for a renewal, whose period is that of its invoice')
  const { id } = order
  const invoice = await lockInvoice(tx, { orderId: id })
  if (invoice?.status !== 'OPEN') throw new DomainError(INVALID_TRANSITION, `Renewal ${id} is paid already`, { from: order.status })
  const approval = { actor: principal, amount: amountDue(invoice), at: services.clock.now() }
  const { payment } = await receiveInvoicePayment(tx, approvedPayment(order, approval), invoice)
  await confirmReportsOfOrder(tx, principal, payment)
  await recordApproval(tx, order, approval)
  await settleCustomer(tx, services, order, order.currency)
  return tx.order.findUniqueOrThrow({ where: { id } })
}

/** The form of the request that earlier versions hashed, so that their idempotency keys remain valid. */
function toJson({ userId, planId, orderId, organisationId, ...rest }: ApplyPlanRequest): object {
  return {
    ...rest,
    userId: jsonCustomerId(userId),
    planId: Number(planId),
    orderId: orderId && Number(orderId),
    organisationId: organisationId && jsonCustomerId(organisationId),
  }
}

/** Defaults to the organisation of the order to approve. */
async function findOrganisationId(tx: Transaction, { organisationId, orderId }: ApplyPlanRequest): Promise<string | undefined> {
  if (organisationId !== undefined || orderId === undefined) return organisationId
  const order = await tx.order.findUnique({ where: { id: orderId }, select: { organisationId: true } })
  return order?.organisationId ?? undefined
}

async function createGrantOrder(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  customer: Customer,
  request: ApplyPlanRequest,
): Promise<PlanOrder> {
  const plan = await getPlan(tx, request.planId)
  if (plan.archivedAt) throw planNotFoundError(plan.id)
  const price = request.amount ?? plan.price
  if (price === null) throw invalidInputError('input.amount', 'is required, because this plan has a custom price; 0 makes it a gift')
  const lines = linesForPlan(plan, price)
  const { total: amount, net } = await quoteLines(tx, services, customer, lines)
  const amounts = { amount, net, periodAmount: amount }
  const at = services.clock.now()
  const order = await createPendingOrder(tx, { customer, plan, lines, amounts, reason: 'GRANT', notes: request.notes, at })
  return order as PlanOrder
}

async function getApprovableOrder(
  tx: Transaction,
  { clock }: Pick<Services, 'clock'>,
  customer: Customer,
  request: ApplyPlanRequest,
  id: bigint,
): Promise<PlanOrder> {
  const { userId, organisationId } = customer
  const found = await tx.order.findFirst({ where: { id, userId, organisationId }, select: { id: true } })
  if (!found) throw orderNotFoundError(id)
  const order = await lockOrder(tx, id)
  if (order.planId !== request.planId) throw new DomainError(ORDER_NOT_FOUND, `Order ${id} is not for plan ${request.planId}`)
  assertNotExpired(order, clock.now())
  return order as PlanOrder
}

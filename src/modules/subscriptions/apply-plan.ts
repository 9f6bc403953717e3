import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { acrossFields, besideOthers, multilineText, optional, organisationId, parseInput, rowId, userId } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { type RowsOf, readRow, readTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import { assertExists, planNotFoundError } from '../catalog/index.js'
import { type Customer, lockAndRead, principalName, type UserPrincipal } from '../identity/index.js'
import { lockInvoice, quoteFor, toBuyer } from '../invoicing/index.js'
import {
  amountDue,
  assertRoom,
  bindAccounts,
  listHeldPayments,
  receiveInvoicePayment,
  receiveOrderPayment,
  sumOfHeld,
} from '../ledger/index.js'
import {
  assertNotExpired,
  assertTransition,
  confirmReportsOfOrder,
  createPendingOrder,
  FIND_ORDER_CUSTOMER,
  LOCK_ORDER,
  linesForPlan,
  ORDER_NOT_FOUND,
  orderNotFoundError,
  RESERVE_ORDER_ID,
} from '../orders/index.js'
import type { Services } from '../services.js'
import { activateOrder, bindActivation, bindOrderSale, type PlanOrder, toOrderSale } from './activate-order.js'
import { completeChange } from './execute-change.js'
import { approvedPayment, recordApproval } from './record-approval.js'
import { bindCollection, type CollectionServices, settleCustomer, takeDueSteps } from './renewals/settle-customer.js'
import type { ApplyPlanInput } from './subscription.type.js'

const NOT_IN_FUTURE = 'must be in the future'

const applyPlanSchema = z
  .object({
    userId: userId(),
    planId: rowId('Plan'),
    orderId: optional(rowId('Order')),
    organisationId: optional(organisationId()),
    amount: optional(z.bigint().min(0n, 'must be 0 or more')),
    notes: optional(multilineText(2000)),
    expiresAt: optional(z.date()),
    idempotencyKey,
    /** When the request is parsed. */
    now: z.date(),
  })
  .refine(
    ({ amount, orderId }) => amount === undefined || orderId === undefined,
    acrossFields('amount', 'must be left out if orderId is given: the order already has an amount'),
  )
  .refine(({ expiresAt, now }) => !(expiresAt instanceof Date) || expiresAt > now, besideOthers('expiresAt', NOT_IN_FUTURE))

type ApplyPlanRequest = Omit<z.output<typeof applyPlanSchema>, 'idempotencyKey' | 'now'>

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
  const parsed = parseInput(applyPlanSchema, 'input', { ...input, now: services.clock.now() })
  const { idempotencyKey: key, now: _, ...request } = parsed
  const { expiresAt } = request
  const idempotency = { principal: principalName(principal), operation: 'applyPlan', key, input: toJson(request) }
  let applied: Order | undefined
  const { orderId } = await runOnce(services, idempotency, async (tx) => {
    if (expiresAt && expiresAt <= services.clock.now()) throw invalidInputError('input.expiresAt', NOT_IN_FUTURE)
    applied =
      request.orderId === undefined
        ? await grantPlan(tx, services, principal, request)
        : await approveOrder(tx, services, principal, request, request.orderId)
    return { orderId: Number(applied.id) }
  })
  // A repeated request applies nothing. The transaction that did may have been rolled back before another one answered.
  const id = BigInt(orderId)
  return applied?.id === id ? applied : services.db.order.findUniqueOrThrow({ where: { id } })
}

/** Grants a plan: creates an order and activates it. It is not renewed. */
async function grantPlan(tx: Transaction, services: CollectionServices, actor: UserPrincipal, request: ApplyPlanRequest): Promise<Order> {
  const { userId, organisationId, planId, notes, expiresAt } = request
  const { customer, read } = await lockUpToDateAndRead(tx, services, userId, organisationId, (each) => ({
    ...bindActivation(services, each, planId),
    accounts: bindAccounts(each),
    reservedOrder: bind(RESERVE_ORDER_ID, {}),
  }))
  const plan = assertExists(read.plan[0], planId)
  if (plan.archivedAt) throw planNotFoundError(plan.id)
  const price = request.amount ?? plan.price
  if (price === null) throw invalidInputError('input.amount', 'is required, because this plan has a custom price; 0 makes it a gift')
  const lines = linesForPlan(plan, price)
  const quote = quoteFor(services, await toBuyer(services, customer, read), lines)
  const { total: amount, net } = quote
  const amounts = { amount, net, periodAmount: amount }
  if (amount > 0n) assertRoom(read.accounts, { minorUnits: amount, currency: plan.currency }, amountField(request))
  const terms = { lines, amounts, notes, at: services.clock.now(), reservedId: read.reservedOrder[0]?.id, isInsertedLater: true }
  const order = await createPendingOrder(tx, { customer, plan, ...terms, reason: 'GRANT' })
  // Nothing was paid or reported for a new order.
  const sale = { lines, quote, held: [], hasOpenReport: false, before: read }
  const activation = { customer, order: order as PlanOrder, actor, notes, expiresAt, sale, isNew: true, isLastStep: true }
  return activateOrder(tx, services, { ...activation, collection: 'NONE' })
}

/**
 * Locks the customer, does what time has made due, and reads its data as it is then: in one round trip if nothing was due.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
async function lockUpToDateAndRead<B extends Record<string, BoundStatement>>(
  tx: Transaction,
  services: CollectionServices,
  userId: string,
  organisationId: string | undefined,
  bindReads: (customer: Customer) => B,
): Promise<{ customer: Customer; read: RowsOf<B> }> {
  const bindAll = (customer: Customer) => ({ ...bindReads(customer), ...bindCollection(customer) })
  const { customer, read } = await lockAndRead(tx, userId, organisationId, bindAll)
  const found = read as RowsOf<ReturnType<typeof bindCollection>>
  const live = await takeDueSteps(tx, services, customer, found)
  const isUnchanged = live === (found.live[0] ?? null) && found.renewals.length === 0
  return { customer, read: isUnchanged ? read : await readTogether(tx, bindReads(customer)) }
}

/** Approves a pending order. A purchase is renewed by invoices. */
async function approveOrder(
  tx: Transaction,
  services: CollectionServices,
  actor: UserPrincipal,
  request: ApplyPlanRequest,
  orderId: bigint,
): Promise<Order> {
  const { userId, planId, notes, expiresAt } = request
  const { customer, read } = await lockUpToDateAndRead(tx, services, userId, await findOrganisationId(tx, request), (each) => ({
    orders: bind(LOCK_ORDER, { orderId }),
    ...bindOrderSale(services, each, { id: orderId, planId }),
    accounts: bindAccounts(each),
  }))
  const order = assertApprovable(services, customer, request, orderId, read.orders[0])
  if (order.reason === 'RENEWAL') return approveRenewal(tx, services, actor, order, expiresAt)
  const missing = { minorUnits: order.amount - sumOfHeld(read.held), currency: order.currency }
  if (missing.minorUnits > 0n) assertRoom(read.accounts, missing, amountField(request))
  if (order.reason === 'PLAN_CHANGE') return approveChange(tx, services, actor, order, expiresAt)
  const sale = await toOrderSale(services, customer, read)
  return activateOrder(tx, services, { customer, order, actor, notes, expiresAt, collection: 'INVOICE', sale, isLastStep: true })
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
  const order = await readRow(tx, bind(FIND_ORDER_CUSTOMER, { orderId }))
  return order?.organisationId ?? undefined
}

/** @throws ORDER_NOT_FOUND, INVALID_TRANSITION */
function assertApprovable(
  { clock }: Pick<Services, 'clock'>,
  { userId, organisationId }: Customer,
  { planId }: ApplyPlanRequest,
  id: bigint,
  order: Order | undefined,
): PlanOrder {
  if (order?.userId !== userId || order.organisationId !== organisationId) throw orderNotFoundError(id)
  if (order.planId !== planId) throw new DomainError(ORDER_NOT_FOUND, `Order ${id} is not for plan ${planId}`)
  assertNotExpired(order, clock.now())
  return order as PlanOrder
}

import { applyPlan, placeOrder } from './requests.js'
import type { Answer, TestServer } from './server.js'

/** Requests about refunds that several tests send. `who` is the id of a user, or 'admin'. */

const REFUND = `id status type reason amount { minorUnits } tax { minorUnits } order { id }
  creditNotes { amount { minorUnits } tax { minorUnits } invoice { number } } parts { id amount { minorUnits } destination status reference }`

/** Buys a plan for a user: an order that an administrator approves. @returns the id of the order */
export async function buyPlan(server: TestServer, user: number, planId: string): Promise<string> {
  const placed = await placeOrder(server, user, { planId })
  return approvePlan(server, user, planId, placed.data.placeOrder.order.id)
}

/** Approves a pending order. @returns the id of the order that is active now */
export async function approvePlan(server: TestServer, user: number, planId: string, orderId: string): Promise<string> {
  return must(await applyPlan(server, { userId: String(user), planId, orderId })).applyPlan.order.id
}

/** Changes the plan now, and approves the order if something is due. @returns the id of the order of the change */
export async function changePlanNow(server: TestServer, user: number, planId: string): Promise<string> {
  const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id status } } }'
  const { order } = must(await server.ask(user, change, { input: { planId, when: 'NOW' } })).changePlan
  return order.status === 'PENDING' ? approvePlan(server, user, planId, order.id) : order.id
}

/** The type, the days and the refundable amount. */
export async function readEligibility(server: TestServer, who: number, orderId: string): Promise<[string, number, number]> {
  const query = 'query ($id: ID!) { refundEligibility(orderId: $id) { type daysSincePurchase refundable { minorUnits } } }'
  const { type, daysSincePurchase, refundable } = must(await server.ask(who, query, { id: orderId })).refundEligibility
  return [type, daysSincePurchase, refundable.minorUnits]
}

export function requestRefund(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  return server.ask(who, `mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { ${REFUND} } } }`, { input })
}

export function confirmRefund(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  return server.ask(who, `mutation ($input: ConfirmRefundInput!) { confirmRefund(input: $input) { refund { ${REFUND} } } }`, { input })
}

export function payOutBalance(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  return server.ask(who, `mutation ($input: PayOutBalanceInput!) { payOutBalance(input: $input) { refund { ${REFUND} } } }`, { input })
}

/** The balance of a user as the ledger has it: whole, held and granted, minor units. */
export async function readUserBalance(server: TestServer, user: number): Promise<{ amount: number; held: number; granted: number }> {
  const account = await server.services.db.ledgerAccount.findFirst({ where: { userId: String(user), currency: 'USD' } })
  return { amount: Number(-(account?.balance ?? 0n)) || 0, held: Number(account?.held ?? 0n), granted: Number(account?.granted ?? 0n) }
}

/** @throws Error with the errors of the response */
export function must({ data, errors }: Answer): Answer['data'] {
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

/** The amounts of parts, credit notes or the like. */
export function amountsOf(rows: readonly { amount: { minorUnits: number } }[]): number[] {
  return rows.map(({ amount }) => amount.minorUnits)
}

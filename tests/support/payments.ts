import type { LedgerPosting } from '../../src/platform/postgres/generated/client.js'
import { applyPlan, placeOrder } from './requests.js'
import type { Answer, TestServer } from './server.js'

// Payments by hand, as an administrator sends them.

const BALANCE = 'amount { minorUnits } available { minorUnits } held { minorUnits } granted { minorUnits }'
export const INVOICE = 'id number status amountPaid { minorUnits } amountDue { minorUnits } dueAt paidAt payments { id kind reference }'

export function recordPayment(server: TestServer, input: object, who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) {
    payment { id kind amount { minorUnits } reference receivedAt recordedBy } invoice { ${INVOICE} } balance { currency ${BALANCE} } } }`
  return server.ask(who, query, { input: { kind: 'BANK_TRANSFER', ...input } })
}

export function reversePayment(server: TestServer, input: object, who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: ReversePaymentInput!) { reversePayment(input: $input) {
    payment { id reversedAt reversalReason invoices { id } } invoices { ${INVOICE} } balance { ${BALANCE} } } }`
  return server.ask(who, query, { input: { reason: 'The transfer bounced', ...input } })
}

export function grantCredit(server: TestServer, input: object, who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: GrantCreditInput!) { grantCredit(input: $input) {
    grant { id amount { minorUnits } remaining { minorUnits } reason createdAt expiresAt } balance { ${BALANCE} } } }`
  return server.ask(who, query, { input: { reason: 'An apology', ...input } })
}

export function cancelSubscription(server: TestServer, who: number): Promise<Answer> {
  return server.ask(who, 'mutation { cancelSubscription(input: {}) { subscription { status } } }')
}

/** The data of a request that must succeed. */
export async function dataOf(answer: Promise<Answer>): Promise<any> {
  const { data, errors } = await answer
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

/** Places an order. @returns its id */
export async function order(server: TestServer, who: number, planId: string): Promise<string> {
  return (await dataOf(placeOrder(server, who, { planId }))).placeOrder.order.id
}

/** Buys a plan with an approved order, paid with kind OTHER. @returns the ids of the order, its invoice and its payment */
export async function buy(
  server: TestServer,
  who: number,
  planId: string,
): Promise<{ orderId: string; invoiceId: string; paymentId: string }> {
  const orderId = await order(server, who, planId)
  await dataOf(applyPlan(server, { userId: String(who), planId, orderId }))
  const { invoice } = await readOrder(server, orderId)
  return { orderId, invoiceId: invoice.id, paymentId: invoice.payments[0].id }
}

/** Buys a plan and reverses its payment. @returns the ids of the order and of its open invoice */
export async function buyUnpaid(server: TestServer, who: number, planId: string): Promise<{ orderId: string; invoiceId: string }> {
  const { paymentId, ...ids } = await buy(server, who, planId)
  await dataOf(reversePayment(server, { paymentId }))
  return ids
}

export async function readOrder(server: TestServer, id: string): Promise<any> {
  const query = `query ($id: ID!) { order(id: $id) { status amount { minorUnits } net { minorUnits } invoice { ${INVOICE} } } }`
  return (await dataOf(server.ask('admin', query, { id }))).order
}

export async function readInvoice(server: TestServer, id: string): Promise<any> {
  return (await dataOf(server.ask('admin', `query ($id: ID!) { invoice(id: $id) { ${INVOICE} } }`, { id }))).invoice
}

/** The balances of a user: minor units by name. */
export async function readBalances(server: TestServer, who: number): Promise<any[]> {
  const { balances } = await dataOf(server.ask(who, `{ balances { currency ${BALANCE} } }`))
  return balances.map(({ currency, amount, available, held, granted }: any) => ({
    currency,
    amount: amount.minorUnits,
    available: available.minorUnits,
    held: held.minorUnits,
    granted: granted.minorUnits,
  }))
}

/** The entries of a user's first balance, newest first. */
export async function readEntries(server: TestServer, who: number): Promise<any[]> {
  const query = '{ balances { entries(first: 50) { nodes { id amount { minorUnits } description at expiresAt } } } }'
  const { balances } = await dataOf(server.ask(who, query))
  return (balances[0]?.entries.nodes ?? []).map(({ amount, ...entry }: any) => ({ ...entry, amount: amount.minorUnits }))
}

type Accounts = Partial<Record<'receivable' | 'balance' | 'cash' | 'revenue' | 'tax', number>>

/** The postings of a user, oldest first: the kind, and the accounts that it changes. */
export async function readPostings({ services: { db } }: TestServer, userId: number): Promise<(Accounts & { kind: string })[]> {
  const postings = await db.ledgerPosting.findMany({ where: { userId: String(userId) }, orderBy: { id: 'asc' } })
  return postings.map(accountsOf)
}

function accountsOf(posting: LedgerPosting): Accounts & { kind: string } {
  const { kind, receivable, balance, cash, revenue, tax } = posting
  const changed = Object.entries({ receivable, balance, cash, revenue, tax }).filter(([, amount]) => amount !== 0n)
  return { kind, ...Object.fromEntries(changed.map(([account, amount]) => [account, Number(amount)])) }
}

/** Whether nothing of the ledger has changed since: the number of its rows. */
export async function countLedgerRows({ services: { db } }: TestServer): Promise<number[]> {
  return Promise.all([
    db.ledgerPosting.count(),
    db.payment.count(),
    db.paymentAllocation.count(),
    db.creditGrant.count(),
    db.auditEntry.count(),
  ])
}

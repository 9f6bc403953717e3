import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lockCustomer } from '../../../src/modules/identity/index.js'
import { holdBalance } from '../../../src/modules/ledger/index.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { buy, buyUnpaid, dataOf, grantCredit, order, readBalances, readEntries, recordPayment } from '../../support/payments.js'
import { applyPlan, cancelOrder, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const START = '2026-05-01T10:00:00.000Z'
const OWNER = 601
const MEMBER = 602
const ORGANISATION = 600
let server: TestServer
let plans: Catalog
let user = 610

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
  await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER', [MEMBER]: 'MEMBER' })
  const organisationId = String(ORGANISATION)
  await dataOf(applyPlan(server, { userId: String(OWNER), organisationId, planId: plans.starter }))
  await grant({ organisationId }, 900)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  await server.ask(user, '{ me { id } }')
})

const grant = (customer: object, minorUnits: number, input: object = {}) =>
  dataOf(grantCredit(server, { ...customer, amount: { minorUnits, currency: 'USD' }, ...input }))

/** Pays money to the balance of the user: for an order that is cancelled. @returns the id of the payment */
async function topUp(amount: number, reference?: string): Promise<string> {
  const orderId = await order(server, user, plans.starter)
  await dataOf(cancelOrder(server, user, orderId))
  return (await dataOf(recordPayment(server, { orderId, amount, reference }))).recordPayment.payment.id
}

describe('the entries of a balance', () => {
  test('describe what has changed it, newest first', async () => {
    const cancelled = await order(server, user, plans.starter)
    await dataOf(cancelOrder(server, user, cancelled))
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    await grant({ userId: String(user) }, 100, { reason: 'Sorry', expiresAt: '2026-09-01T00:00:00.000Z' })
    const { payment } = (await dataOf(recordPayment(server, { orderId: cancelled, amount: 700, reference: 'RF18', kind: 'CASH' })))
      .recordPayment
    const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } invoice { number } } }'
    const { creditInvoice } = await dataOf(server.ask('admin', credit, { input: { invoiceId, amount: 250 } }))
    await dataOf(
      server.ask('admin', `mutation { reversePayment(input: { paymentId: "${payment.id}", reason: "A mistake" }) { payment { id } } }`),
    )
    const { number } = creditInvoice.invoice
    const entries = (await readEntries(server, user)).map(({ amount, description, expiresAt }) => [amount, description, expiresAt])
    expect(entries).toEqual([
      [-550, 'Cash payment RF18, reversed', null],
      [250, `Credit note ${creditInvoice.creditNote.number} for invoice ${number}`, null],
      [-400, `Payment of invoice ${number}`, null],
      [700, `Cash payment RF18 for order ${rowId(cancelled)}`, null],
      [-100, `Payment of invoice ${number}`, null],
      [100, 'Credit: Sorry', '2026-09-01T00:00:00.000Z'],
    ])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 0 }])
  })

  test('are read page by page in both directions', async () => {
    for (const amount of [1, 2, 3, 4, 5]) await grant({ userId: String(user) }, amount)
    const page = async (args: string) => {
      const query = `{ balances { entries(${args}) { totalCount edges { cursor } nodes { amount { minorUnits } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }`
      const [{ entries }] = (await dataOf(server.ask(user, query))).balances
      return { ...entries, amounts: entries.nodes.map(({ amount }: any) => amount.minorUnits) }
    }
    const first = await page('first: 2')
    expect(first).toMatchObject({ totalCount: 5, amounts: [5, 4], pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`)
    expect(second).toMatchObject({ amounts: [3, 2], pageInfo: { hasNextPage: true, hasPreviousPage: true } })
    expect((await page('last: 2')).amounts).toEqual([2, 1])
    expect((await page(`last: 5, before: "${second.pageInfo.startCursor}"`)).amounts).toEqual([5, 4])
    const oldest = await page('first: 2, orderBy: OLDEST_FIRST')
    expect(oldest).toMatchObject({ totalCount: 5, amounts: [1, 2], pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const next = await page(`first: 3, after: "${oldest.pageInfo.endCursor}", orderBy: OLDEST_FIRST`)
    expect(next).toMatchObject({ amounts: [3, 4, 5], pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    expect((await page(`last: 1, before: "${next.pageInfo.startCursor}", orderBy: OLDEST_FIRST`)).amounts).toEqual([2])
    const now = server.clock.now().toISOString()
    expect(await page(`from: "${now}"`)).toMatchObject({ totalCount: 5, amounts: [5, 4, 3, 2, 1] })
    expect(await page(`to: "${now}"`)).toMatchObject({ totalCount: 0, amounts: [] })
  })

  test('are read with a constant number of statements for any number of customers', async () => {
    const query =
      '{ users(first: 50) { nodes { balances { amount { minorUnits } entries(first: 3) { totalCount nodes { description } } } } } }'
    const before = await countStatements(() => dataOf(server.ask('admin', query)))
    for (const other of [691, 692, 693]) {
      await server.ask(other, '{ me { id } }')
      await grant({ userId: String(other) }, other)
    }
    expect(await countStatements(() => dataOf(server.ask('admin', query)))).toEqual(before)
  })
})

describe('balances', () => {
  test('are empty for a customer without invoices and payments', async () => {
    expect(await readBalances(server, user)).toEqual([])
  })

  test('of an organisation are visible to its owners and admins, and to administrators', async () => {
    const ask = (who: number | 'admin') =>
      server.ask(who, `{ balances(organisationId: "${ORGANISATION}") { currency amount { decimal } } }`)
    const expected = [{ currency: 'USD', amount: { decimal: '9.00' } }]
    expect((await dataOf(ask(OWNER))).balances).toEqual(expected)
    expect((await dataOf(ask('admin'))).balances).toEqual(expected)
    expect(codeOf(await ask(MEMBER))).toBe('ORGANISATION_NOT_FOUND')
    expect(codeOf(await ask(user))).toBe('ORGANISATION_NOT_FOUND')
    const field = (who: number | 'admin') =>
      dataOf(server.ask(who, `{ node(id: "org_${ORGANISATION}") { ... on Organisation { balances { currency } } } }`))
    expect((await field(OWNER)).node.balances).toEqual([{ currency: 'USD' }])
    expect((await field(MEMBER)).node.balances).toBeNull()
  })

  test('of a user are visible to the user and to administrators', async () => {
    await grant({ userId: String(user) }, 5)
    const query = `{ user(id: "${user}") { balances { amount { minorUnits } } } me { balances { amount { minorUnits } } } }`
    expect((await dataOf(server.ask('admin', query))).user.balances).toEqual([{ amount: { minorUnits: 5 } }])
    expect((await dataOf(server.ask(user, '{ me { balances { amount { minorUnits } } } }'))).me.balances).toEqual([
      { amount: { minorUnits: 5 } },
    ])
  })

  test('show their entries, payments and grants to nobody else', async () => {
    const { paymentId } = await buy(server, user, plans.starter)
    const granted = (await grant({ userId: String(user) }, 5)).grantCredit.grant
    const [entry] = await readEntries(server, user)
    const ids = [paymentId, granted.id, entry.id]
    const nodes = async (who: number | 'admin') => {
      const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Payment { recordedBy } } }'
      return (await dataOf(server.ask(who, query, { ids }))).nodes
    }
    expect(await nodes('admin')).toEqual([{ id: paymentId, recordedBy: 'user:1' }, { id: granted.id }, { id: entry.id }])
    expect(await nodes(user)).toEqual([{ id: paymentId, recordedBy: null }, { id: granted.id }, { id: entry.id }])
    expect(await nodes(MEMBER)).toEqual([null, null, null])
  })
})

describe('allPayments', () => {
  const list = async (filter: object, args = '') =>
    (
      await dataOf(
        server.ask(
          'admin',
          `query ($filter: PaymentFilter) { allPayments(filter: $filter ${args}) { totalCount nodes { reference customer { ... on Node { id } } } } }`,
          { filter },
        ),
      )
    ).allPayments

  test('filters by customer, kind and time, and sorts by the time at which money was received', async () => {
    await topUp(10, 'a')
    const orderId = await order(server, user, plans.starter)
    await dataOf(recordPayment(server, { orderId, amount: 10, reference: 'b', kind: 'CASH', receivedAt: '2026-04-01T00:00:00.000Z' }))
    const customerId = `user_${user}`
    const of = async (filter: object, args?: string) =>
      (await list({ customerId, ...filter }, args)).nodes.map(({ reference }: any) => reference)
    expect(await of({})).toEqual(['a', 'b'])
    expect(await of({}, ', orderBy: OLDEST_FIRST')).toEqual(['b', 'a'])
    expect(await of({}, ', first: 1')).toEqual(['a'])
    expect(await of({ kind: ['CASH'] })).toEqual(['b'])
    expect(await of({ kind: ['CASH', 'BANK_TRANSFER'], from: '2026-04-01T00:00:00.000Z', to: START })).toEqual(['b'])
    expect(await list({ customerId, kind: ['PROVIDER'] })).toEqual({ totalCount: 0, nodes: [] })
    expect(await list({ customerId: `org_${ORGANISATION}` })).toEqual({
      totalCount: 1,
      nodes: [{ reference: null, customer: { id: `org_${ORGANISATION}` } }],
    })
  })

  test('requires the administrator role, and at least one kind', async () => {
    expect(codeOf(await server.ask(user, '{ allPayments { totalCount } }'))).toBe('FORBIDDEN')
    const answer = await server.ask('admin', '{ allPayments(filter: { kind: [] }) { totalCount } }')
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'filter.kind' })
  })
})

describe('two simultaneous spenders of a balance', () => {
  /** Holds 300 of the balance for a new order of the user. @returns what was held */
  async function spend(orderId: string, isLocked: boolean): Promise<bigint> {
    const customer = { userId: String(user), organisationId: null }
    const spending = { customer, currency: 'USD', amount: 300n, at: new Date(START) }
    return runTransaction(server.services.db, async (tx) => {
      if (isLocked) await lockCustomer(tx, customer)
      return holdBalance(tx, spending, { orderId: BigInt(rowId(orderId)) })
    })
  }

  const twoOrders = async () => {
    const place = async () => (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder.order.id
    return [await place(), await place()]
  }

  test('get it once under the lock of the customer', async () => {
    await topUp(300)
    const spent = await Promise.all((await twoOrders()).map((orderId) => spend(orderId, true)))
    expect(spent.sort()).toEqual([0n, 300n])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 300, available: 0, held: 300 }])
  })

  test('get it at most once even without the lock, because the database checks the account', async () => {
    await topUp(300)
    const orders = [...(await twoOrders()), ...(await twoOrders())]
    await Promise.allSettled(orders.map((orderId) => spend(orderId, false)))
    expect(await readBalances(server, user)).toMatchObject([{ amount: 300, available: 0, held: 300 }])
  })

  test('change a plan once, with requests at the same moment', async () => {
    await buy(server, user, plans.starter)
    await grant({ userId: String(user) }, 1000)
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { status } } }'
    const answers = await Promise.all([1, 2, 3].map(() => server.ask(user, change, { input: { planId: plans.pro, when: 'NOW' } })))
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    expect(await readBalances(server, user)).toMatchObject([{ amount: 0, available: 0 }])
  })
})

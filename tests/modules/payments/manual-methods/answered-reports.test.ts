import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { checkLedger } from '../../../support/ledger.js'
import { buyUnpaid, dataOf, grantCredit, order, readBalances, readOrder, recordPayment } from '../../../support/payments.js'
import { confirmReport, readReports, rejectReport, report } from '../../../support/reported-payments.js'
import { applyPlan, codeOf } from '../../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../../support/server.js'
import { orderTopUp } from '../../../support/top-up.js'

// A reported payment whose order was paid in another way, before an administrator has decided about the report.

const START = '2026-05-01T10:00:00.000Z'
const WEEK_LATER = '2026-05-08T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 520

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await dataOf(server.ask(user, '{ me { id } }'))
})
afterEach(async () => expect(await checkLedger(server)).toEqual([]))

const approve = (orderId: string, planId = plans.pro) => dataOf(applyPlan(server, { userId: String(user), planId, orderId }))
const statusesOf = async (orderId: string) => (await readReports(server, user, orderId))?.map(({ status }) => status)
const balance = async () => (await readBalances(server, user))[0]?.amount ?? 0
const cashReceived = async () => {
  const { _sum } = await server.services.db.payment.aggregate({
    where: { userId: String(user), kind: { not: 'BALANCE' }, reversedAt: null },
    _sum: { amount: true },
  })
  return Number(_sum.amount)
}
/** @returns the id of the pending order of the change */
const changeToPro = async (): Promise<string> => {
  const query = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }'
  return (await dataOf(server.ask(user, query, { input: { planId: plans.pro, when: 'NOW' } }))).changePlan.order.id
}
const messageOf = ({ errors }: Answer) => errors?.[0]?.message

describe('an approval by applyPlan', () => {
  test('confirms the report of a purchase with its payment, so that it cannot be confirmed again', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    await approve(orderId)
    const payment = await server.services.db.payment.findFirstOrThrow({ where: { userId: String(user) } })
    expect(await readReports(server, 'admin', orderId)).toMatchObject([
      { status: 'CONFIRMED', resolvedBy: 'user:1', resolvedAt: START, payment: { id: `pay_${payment.id}`, amount: { minorUnits: 1500 } } },
    ])
    const entry = await server.services.db.auditEntry.findFirstOrThrow({
      where: { action: 'confirmReportedPayment', subject: `user:${user}` },
    })
    expect(entry).toMatchObject({
      actor: 'user:1',
      details: { reportedPaymentId: rowId(id), paymentId: Number(payment.id), amount: '1500' },
    })
    expect(codeOf(await confirmReport(server, { id }))).toBe('INVALID_TRANSITION')
    expect([await cashReceived(), await balance()]).toEqual([1500, 0])
  })

  test('confirms all reports that wait, and not those that were rejected', async () => {
    const orderId = await order(server, user, plans.pro)
    const [rejected] = [await report(server, user, { orderId, amount: 100, reference: 'A' })]
    await dataOf(rejectReport(server, { id: rejected }))
    for (const reference of ['B', 'C']) await report(server, user, { orderId, amount: 700, reference })
    await approve(orderId)
    expect(await statusesOf(orderId)).toEqual(['REJECTED', 'CONFIRMED', 'CONFIRMED'])
    const payments = (await readReports(server, user, orderId))?.slice(1).map(({ payment }) => payment)
    expect(payments?.[0]).toEqual(payments?.[1])
    expect(await cashReceived()).toBe(1500)
  })

  test('leaves the report of a second transfer open, because its money is not recorded', async () => {
    const orderId = await order(server, user, plans.pro)
    for (const reference of ['A', 'B']) await report(server, user, { orderId, reference })
    await approve(orderId)
    expect(await statusesOf(orderId)).toEqual(['CONFIRMED', 'REPORTED'])
    expect(await cashReceived()).toBe(1500)
  })

  test('confirms the report of the part that was missing', async () => {
    const orderId = await order(server, user, plans.pro)
    await dataOf(recordPayment(server, { orderId, amount: 400, reference: 'A' }))
    await report(server, user, { orderId, amount: 1100, reference: 'B' })
    await approve(orderId)
    expect(await readReports(server, user, orderId)).toMatchObject([{ status: 'CONFIRMED', payment: { amount: { minorUnits: 1100 } } }])
    expect(await cashReceived()).toBe(1500)
  })

  test('confirms the report of a plan change', async () => {
    const first = await order(server, user, plans.starter)
    await approve(first, plans.starter)
    const changed = await changeToPro()
    await report(server, user, { orderId: changed, amount: 1000, reference: 'A' })
    await approve(changed)
    expect(await statusesOf(changed)).toEqual(['CONFIRMED'])
    expect([await cashReceived(), await balance()]).toEqual([1500, 0])
  })

  test('confirms the report of a renewal', async () => {
    await approve(await order(server, user, plans.pro))
    server.clock.set('2026-05-26T10:00:00.000Z')
    await server.tick()
    const renewal = await server.services.db.order.findFirstOrThrow({ where: { userId: String(user), reason: 'RENEWAL' } })
    const orderId = `ord_${renewal.id}`
    await report(server, user, { orderId, reference: 'A' })
    await approve(orderId)
    expect(await statusesOf(orderId)).toEqual(['CONFIRMED'])
    expect([await cashReceived(), await balance()]).toEqual([3000, 0])
  })

  test('leaves the reports of other orders', async () => {
    const topUp = await orderTopUp(server, user, 500)
    await report(server, user, { orderId: topUp, amount: 500, reference: 'A' })
    await approve(await order(server, user, plans.pro))
    expect(await statusesOf(topUp)).toEqual(['REPORTED'])
  })

  test('at the moment of a confirmation counts the money once', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    const answers = await Promise.all([
      applyPlan(server, { userId: String(user), planId: plans.pro, orderId }),
      confirmReport(server, { id }),
    ])
    expect(answers.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'none'])
    expect(await statusesOf(orderId)).toEqual(['CONFIRMED'])
    expect([await cashReceived(), await balance()]).toEqual([1500, 0])
  })
})

describe('a report cannot be confirmed', () => {
  const PAID: [string, () => Promise<string>][] = [
    [
      'whose order was paid with another reference',
      async () => {
        const orderId = await order(server, user, plans.pro)
        await report(server, user, { orderId, reference: 'A' })
        await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'B' }))
        return orderId
      },
    ],
    [
      'whose invoice was paid from the balance',
      async () => {
        const { orderId, invoiceId } = await buyUnpaid(server, user, plans.pro)
        await report(server, user, { invoiceId, reference: 'A' })
        await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 1500, currency: 'USD' } }))
        return orderId
      },
    ],
    [
      'whose top-up is complete',
      async () => {
        const orderId = await orderTopUp(server, user, 1500)
        await report(server, user, { orderId, reference: 'A' })
        await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'B' }))
        return orderId
      },
    ],
    [
      'whose money was recorded after the order had expired',
      async () => {
        const orderId = await order(server, user, plans.pro)
        await report(server, user, { orderId, reference: 'A' })
        server.clock.set(WEEK_LATER)
        await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'B' }))
        return orderId
      },
    ],
    [
      'whose plan change was replaced by its payment',
      async () => {
        await approve(await order(server, user, plans.starter), plans.starter)
        const changed = await changeToPro()
        server.clock.set('2026-05-03T10:00:00.000Z')
        await report(server, user, { orderId: changed, amount: 1000, reference: 'A' })
        await dataOf(recordPayment(server, { orderId: changed, amount: 1000, reference: 'B' }))
        expect((await readOrder(server, changed)).status).toBe('CANCELLED')
        return changed
      },
    ],
  ]

  test.each(PAID)('%s, but rejected', async (_state, prepare) => {
    const orderId = await prepare()
    const before = [await cashReceived(), await balance()]
    const [{ id }] = (await readReports(server, user, orderId)) as [{ id: string }]
    const refused = await confirmReport(server, { id })
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_TRANSITION', from: 'REPORTED', to: 'CONFIRMED' })
    expect(messageOf(refused)).toContain('rejectReportedPayment')
    expect(messageOf(refused)).toContain('recordPayment')
    expect([await cashReceived(), await balance()]).toEqual(before)
    expect(await statusesOf(orderId)).toEqual(['REPORTED'])
    await dataOf(rejectReport(server, { id }))
    expect(await statusesOf(orderId)).toEqual(['REJECTED'])
  })

  test('unless the money was received in addition, which recordPayment adds to the balance', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'B' }))
    expect(codeOf(await confirmReport(server, { id }))).toBe('INVALID_TRANSITION')
    await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'A' }))
    expect([await statusesOf(orderId), await balance()]).toEqual([['CONFIRMED'], 1500])
  })

  test('unless a part is due', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, amount: 1100, reference: 'A' })
    await dataOf(recordPayment(server, { orderId, amount: 400, reference: 'B' }))
    await dataOf(confirmReport(server, { id }))
    expect([(await readOrder(server, orderId)).status, await balance()]).toEqual(['ACTIVE', 0])
  })
})

test('a report of an invoice that was written off can be confirmed: nothing was paid for it', async () => {
  const { orderId, invoiceId } = await buyUnpaid(server, user, plans.pro)
  const id = await report(server, user, { invoiceId, reference: 'A' })
  await dataOf(server.ask('admin', 'mutation ($id: ID!) { voidInvoice(input: { invoiceId: $id }) { invoice { id } } }', { id: invoiceId }))
  await dataOf(confirmReport(server, { id }))
  expect([await statusesOf(orderId), await balance()]).toEqual([['CONFIRMED'], 1500])
})

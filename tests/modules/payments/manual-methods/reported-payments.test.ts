import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { checkLedger } from '../../../support/ledger.js'
import {
  buy,
  buyUnpaid,
  countLedgerRows,
  dataOf,
  order,
  readBalances,
  readInvoice,
  readOrder,
  recordPayment,
} from '../../../support/payments.js'
import {
  confirmReport,
  METHODS,
  readReports,
  rejectReport,
  report,
  reportPayment,
  setPaymentMethods,
} from '../../../support/reported-payments.js'
import { cancelOrder, codeOf } from '../../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const EXPIRED = '2026-05-08T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
  await dataOf(setPaymentMethods(server, METHODS))
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await dataOf(server.ask(user, '{ me { id } }'))
})

const statusesOf = async (orderId: string) => (await readReports(server, user, orderId))?.map(({ status }) => status)
const payments = () => server.services.db.payment.count({ where: { userId: String(user) } })
const eventsOf = (type: string) => server.services.db.outboxEvent.findMany({ where: { holder: `user:${user}`, type } })
const auditOf = (action: string) =>
  server.services.db.auditEntry.findFirst({ where: { action, subject: `user:${user}` }, orderBy: { id: 'desc' } })
const fieldOf = ({ errors }: Answer) => [errors?.[0]?.extensions.code, errors?.[0]?.extensions.field]

describe('a customer reports a payment', () => {
  test('for a pending order, with everything that it states', async () => {
    const orderId = await order(server, user, plans.pro)
    const stated = { reference: 'RF18 5390', method: 'bank-transfer', paidAt: '2026-04-30T00:00:00.000Z', note: 'From my\nother account' }
    const { reportedPayment } = (await dataOf(reportPayment(server, user, { orderId, ...stated }))).reportPayment
    expect(reportedPayment).toEqual({
      ...stated,
      id: expect.stringMatching(/^rep_\d+$/),
      status: 'REPORTED',
      amount: { minorUnits: 1500, currency: 'USD' },
      methodName: 'Bank transfer',
      reportedAt: START,
      reportedBy: null,
      resolvedAt: null,
      resolvedBy: null,
      rejectionReason: null,
      order: { id: orderId, status: 'PENDING' },
      invoice: null,
      payment: null,
    })
    expect(await readReports(server, user, orderId)).toEqual([reportedPayment])
    expect(await readReports(server, 'admin', orderId)).toEqual([{ ...reportedPayment, reportedBy: `user:${user}` }])
    const details = {
      reportedPaymentId: rowId(reportedPayment.id),
      orderId: rowId(orderId),
      amount: '1500',
      currency: 'USD',
      reference: 'RF18 5390',
    }
    expect(await auditOf('reportPayment')).toMatchObject({ actor: `user:${user}`, details })
    expect(await eventsOf('payment.reported')).toMatchObject([{ payload: details }])
    // Nothing has moved.
    expect(await payments()).toBe(0)
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'PENDING' })
  })

  test('for an open invoice, which has it like its order', async () => {
    const { orderId, invoiceId } = await buyUnpaid(server, user, plans.pro)
    const id = await report(server, user, { invoiceId, reference: 'A' })
    const query = 'query ($id: ID!) { invoice(id: $id) { reportedPayments { id invoice { id } order { id } } } }'
    const { invoice } = await dataOf(server.ask(user, query, { id: invoiceId }))
    expect(invoice.reportedPayments).toEqual([{ id, invoice: { id: invoiceId }, order: { id: orderId } }])
    expect(await readReports(server, user, orderId)).toMatchObject([{ id, invoice: { id: invoiceId } }])
  })

  test('and keeps the name of the method when the methods change', async () => {
    const orderId = await order(server, user, plans.pro)
    await report(server, user, { orderId, reference: 'A', method: 'cash' })
    await dataOf(setPaymentMethods(server, []))
    expect(await readReports(server, user, orderId)).toMatchObject([{ method: 'cash', methodName: 'Cash' }])
    await dataOf(setPaymentMethods(server, METHODS))
  })

  test('once with the same key', async () => {
    const orderId = await order(server, user, plans.pro)
    const request = { orderId, reference: 'A', idempotencyKey: `report ${user}` }
    const [first, second] = await Promise.all([reportPayment(server, user, request), reportPayment(server, user, request)])
    expect(first.data).toEqual(second.data)
    expect(await statusesOf(orderId)).toEqual(['REPORTED'])
    expect(await eventsOf('payment.reported')).toHaveLength(1)
    expect(codeOf(await reportPayment(server, user, { ...request, amount: 1 }))).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('once with the same reference, also at the same moment, until it is rejected', async () => {
    const orderId = await order(server, user, plans.pro)
    const answers = await Promise.all([1, 2, 3].map(() => reportPayment(server, user, { orderId, reference: 'A' })))
    expect(answers.map(codeOf).sort()).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT', 'none'])
    const [{ id }] = (await readReports(server, user, orderId)) as [{ id: string }]
    expect(fieldOf(await reportPayment(server, user, { orderId, reference: ' A ' }))).toEqual(['BAD_USER_INPUT', 'input.reference'])
    await report(server, user, { orderId, reference: 'B' })
    await dataOf(rejectReport(server, { id }))
    await report(server, user, { orderId, reference: 'A' })
    expect(await statusesOf(orderId)).toEqual(['REJECTED', 'REPORTED', 'REPORTED'])
  })

  test('unless a payment was recorded with its reference', async () => {
    const orderId = await order(server, user, plans.pro)
    await dataOf(recordPayment(server, { orderId, amount: 100, reference: 'A' }))
    expect(fieldOf(await reportPayment(server, user, { orderId, reference: 'A' }))).toEqual(['BAD_USER_INPUT', 'input.reference'])
  })

  test('at most twenty times for an order', async () => {
    const orderId = await order(server, user, plans.pro)
    for (let index = 0; index < 20; index += 1) await report(server, user, { orderId, reference: `R${index}` })
    expect(codeOf(await reportPayment(server, user, { orderId, reference: 'R20' }))).toBe('BAD_USER_INPUT')
    expect(await readReports(server, user, orderId)).toHaveLength(20)
  })

  test('not for what is paid, cancelled or has expired', async () => {
    const paid = await buy(server, user, plans.pro)
    expect(codeOf(await reportPayment(server, user, { orderId: paid.orderId, reference: 'A' }))).toBe('INVALID_TRANSITION')
    expect(codeOf(await reportPayment(server, user, { invoiceId: paid.invoiceId, reference: 'A' }))).toBe('INVALID_TRANSITION')
    user += 1
    await dataOf(server.ask(user, '{ me { id } }'))
    const cancelled = await order(server, user, plans.pro)
    await dataOf(cancelOrder(server, user, cancelled))
    expect(codeOf(await reportPayment(server, user, { orderId: cancelled, reference: 'A' }))).toBe('INVALID_TRANSITION')
    const expired = await order(server, user, plans.pro)
    server.clock.set(EXPIRED)
    expect(codeOf(await reportPayment(server, user, { orderId: expired, reference: 'A' }))).toBe('INVALID_TRANSITION')
    expect(await server.services.db.reportedPayment.count({ where: { userId: String(user) } })).toBe(0)
  })

  test.each([
    ['input.invoiceId', { invoiceId: '1', orderId: '1' }],
    ['input.invoiceId', { orderId: undefined }],
    ['input.amount', { amount: 0 }],
    ['input.reference', { reference: 'x'.repeat(201) }],
    ['input.reference', { reference: 'two\nlines' }],
    ['input.note', { note: 'x'.repeat(1001) }],
    ['input.paidAt', { paidAt: '2026-05-01T10:00:00.001Z' }],
    ['input.method', { method: 'Bank Transfer' }],
    ['input.method', { method: 'cheque' }],
  ])('and gets an error that names %s: %o', async (field, input) => {
    const orderId = await order(server, user, plans.pro)
    expect(fieldOf(await reportPayment(server, user, { orderId, reference: 'A', ...input }))).toEqual(['BAD_USER_INPUT', field])
  })
})

describe('an administrator confirms a reported payment', () => {
  test('which activates the order, as a recorded payment does', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'RF18 5390' })
    const receivedAt = '2026-04-30T00:00:00.000Z'
    const { reportedPayment, payment, invoice, balance } = (await dataOf(confirmReport(server, { id, receivedAt }))).confirmReportedPayment
    expect(payment).toEqual({
      id: expect.stringMatching(/^pay_\d+$/),
      kind: 'BANK_TRANSFER',
      amount: { minorUnits: 1500 },
      reference: 'RF18 5390',
      receivedAt,
      recordedBy: 'user:1',
    })
    expect(reportedPayment).toMatchObject({
      status: 'CONFIRMED',
      resolvedAt: START,
      resolvedBy: 'user:1',
      order: { status: 'ACTIVE' },
      invoice: { id: invoice.id },
      payment: { id: payment.id },
    })
    expect(invoice).toMatchObject({ status: 'PAID', amountDue: { minorUnits: 0 } })
    expect(balance).toEqual({ amount: { minorUnits: 0 }, held: { minorUnits: 0 } })
    const details = { reportedPaymentId: rowId(id), paymentId: rowId(payment.id), reported: '1500', amount: '1500', reference: 'RF18 5390' }
    expect(await auditOf('confirmReportedPayment')).toMatchObject({ actor: 'user:1', details })
    expect(await auditOf('recordPayment')).toMatchObject({ actor: 'user:1', details: { paymentId: rowId(payment.id) } })
  })

  test('with what was really received', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    const { payment, balance } = (await dataOf(confirmReport(server, { id, amount: 1400, kind: 'CASH', reference: 'B' })))
      .confirmReportedPayment
    expect(payment).toMatchObject({ amount: { minorUnits: 1400 }, kind: 'CASH', reference: 'B', receivedAt: START })
    expect(balance).toEqual({ amount: { minorUnits: 1400 }, held: { minorUnits: 1400 } })
    expect(await readReports(server, user, orderId)).toMatchObject([
      { status: 'CONFIRMED', amount: { minorUnits: 1500 }, payment: { amount: { minorUnits: 1400 } } },
    ])
    const rest = await report(server, user, { orderId, amount: 200, reference: 'C' })
    await dataOf(confirmReport(server, { id: rest }))
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'ACTIVE', invoice: { status: 'PAID' } })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 100, held: 0 }])
  })

  test('for an open invoice', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    const id = await report(server, user, { invoiceId, reference: 'A' })
    await dataOf(confirmReport(server, { id }))
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', payments: [{ reference: 'A' }] })
  })

  test('once with the same key, and never twice', async () => {
    const orderId = await order(server, user, plans.starter)
    const id = await report(server, user, { orderId, amount: 500, reference: 'A' })
    const request = { id, idempotencyKey: `confirm ${user}` }
    const first = await dataOf(confirmReport(server, request))
    expect(await dataOf(confirmReport(server, request))).toEqual(first)
    const again = await confirmReport(server, { id })
    expect(again.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_TRANSITION', from: 'CONFIRMED', to: 'CONFIRMED' })
    expect(codeOf(await rejectReport(server, { id }))).toBe('INVALID_TRANSITION')
    expect(await payments()).toBe(1)
  })

  test('and another one at the same moment, or rejects it: one decision, and at most one payment', async () => {
    const confirmAs = async (administrator: number, id: string) => {
      const authorization = `Bearer ${await server.token(administrator, 'admin')}`
      const query = 'mutation ($id: ID!) { confirmReportedPayment(input: { id: $id }) { payment { id } } }'
      const body = JSON.stringify({ query, variables: { id } })
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      })
      return codeOf((await response.json()) as Answer)
    }
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, amount: 100, reference: 'A' })
    expect((await Promise.all([2, 3, 4, 5].map((administrator) => confirmAs(administrator, id)))).sort()).toEqual([
      'INVALID_TRANSITION',
      'INVALID_TRANSITION',
      'INVALID_TRANSITION',
      'none',
    ])
    expect(await payments()).toBe(1)
    const other = await report(server, user, { orderId, amount: 100, reference: 'B' })
    const outcomes = await Promise.all([confirmAs(2, other), rejectReport(server, { id: other }).then(codeOf)])
    expect(outcomes.sort()).toEqual(['INVALID_TRANSITION', 'none'])
    const [, decided] = (await readReports(server, user, orderId)) as any[]
    expect(await payments()).toBe(decided.status === 'CONFIRMED' ? 2 : 1)
  })

  test('unless its reference was recorded before', async () => {
    const orderId = await order(server, user, plans.pro)
    await report(server, user, { orderId, reference: 'A' })
    const id = await report(server, user, { orderId, reference: 'B' })
    await dataOf(recordPayment(server, { orderId, amount: 100, reference: 'C' }))
    expect(fieldOf(await confirmReport(server, { id, reference: 'C' }))).toEqual(['BAD_USER_INPUT', 'input.reference'])
    expect(await statusesOf(orderId)).toEqual(['REPORTED', 'REPORTED'])
    expect(await payments()).toBe(1)
  })

  test('by recording the payment with the same reference', async () => {
    const orderId = await order(server, user, plans.pro)
    await report(server, user, { orderId, reference: 'A' })
    await report(server, user, { orderId, reference: 'B' })
    const { payment } = (await dataOf(recordPayment(server, { orderId, amount: 300, reference: 'A' }))).recordPayment
    expect(await readReports(server, user, orderId)).toMatchObject([
      { status: 'CONFIRMED', payment: { id: payment.id } },
      { status: 'REPORTED' },
    ])
    expect(await auditOf('confirmReportedPayment')).toMatchObject({ details: { paymentId: rowId(payment.id), amount: '300' } })
  })

  describe('whose money goes to the balance if the order', () => {
    const ENDS: [string, (orderId: string) => Promise<unknown>][] = [
      ['is cancelled', (orderId) => dataOf(cancelOrder(server, user, orderId))],
      ['has expired', async () => server.clock.set(EXPIRED)],
    ]
    test.each(ENDS)('%s', async (_state, end) => {
      const orderId = await order(server, user, plans.pro)
      const id = await report(server, user, { orderId, reference: 'A' })
      await end(orderId)
      const { payment, balance } = (await dataOf(confirmReport(server, { id }))).confirmReportedPayment
      expect(payment.amount).toEqual({ minorUnits: 1500 })
      expect(balance).toEqual({ amount: { minorUnits: 1500 }, held: { minorUnits: 0 } })
      expect(await statusesOf(orderId)).toEqual(['CONFIRMED'])
    })

    test.each(ENDS)('%s, unless it is rejected', async (_state, end) => {
      const orderId = await order(server, user, plans.pro)
      const id = await report(server, user, { orderId, reference: 'A' })
      await end(orderId)
      await dataOf(rejectReport(server, { id }))
      expect(await statusesOf(orderId)).toEqual(['REJECTED'])
    })
  })

  test.each([
    ['input.id', { id: '?' }],
    ['input.id', { id: 'rep_999999' }],
    ['input.amount', { amount: 0 }],
    ['input.kind', { kind: 'BALANCE' }],
    ['input.receivedAt', { receivedAt: '2026-05-01T10:00:00.001Z' }],
  ])('and gets an error that names %s: %o', async (field, input) => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    expect(fieldOf(await confirmReport(server, { id, ...input }))).toEqual(['BAD_USER_INPUT', field])
  })
})

describe('an administrator rejects a reported payment', () => {
  test('with a reason that the customer sees, and nothing moves', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await report(server, user, { orderId, reference: 'A' })
    const before = await countLedgerRows(server)
    const request = { id, reason: 'Nothing has\narrived', idempotencyKey: `reject ${user}` }
    const { reportedPayment } = (await dataOf(rejectReport(server, request))).rejectReportedPayment
    expect(reportedPayment).toMatchObject({
      status: 'REJECTED',
      rejectionReason: 'Nothing has\narrived',
      resolvedBy: 'user:1',
      payment: null,
    })
    expect(await dataOf(rejectReport(server, request))).toEqual({ rejectReportedPayment: { reportedPayment } })
    expect(await readReports(server, user, orderId)).toMatchObject([{ rejectionReason: 'Nothing has\narrived', resolvedBy: null }])
    const details = {
      reportedPaymentId: rowId(id),
      orderId: rowId(orderId),
      currency: 'USD',
      reference: 'A',
      reason: 'Nothing has\narrived',
    }
    expect(await auditOf('rejectReportedPayment')).toMatchObject({ actor: 'user:1', details: { ...details, reported: '1500' } })
    expect(await eventsOf('payment.rejected')).toMatchObject([{ payload: { ...details, amount: '1500' } }])
    const after = await countLedgerRows(server)
    // The last number counts the entries of the audit log.
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1))
  })

  test('if it exists, with a reason', async () => {
    const answer = await rejectReport(server, { id: 'rep_999999', reason: 'x' })
    expect(fieldOf(answer)).toEqual(['BAD_USER_INPUT', 'input.id'])
    expect(fieldOf(await rejectReport(server, { id: 'rep_1', reason: '' }))).toEqual(['BAD_USER_INPUT', 'input.reason'])
  })
})

test('the database keeps what was reported, and every decision', async () => {
  const orderId = await order(server, user, plans.pro)
  const id = rowId(await report(server, user, { orderId, reference: 'A' }))
  const change = (assignment: string) => server.owner.query(`UPDATE reported_payments SET ${assignment} WHERE id = ${id}`)
  await expect(change('amount = 1')).rejects.toThrow('never changed')
  await expect(server.owner.query(`DELETE FROM reported_payments WHERE id = ${id}`)).rejects.toThrow('never changed')
  await expect(change("status = 'CONFIRMED'")).rejects.toThrow('reported_payments_')
  await dataOf(rejectReport(server, { id: `rep_${id}` }))
  await expect(change("rejection_reason = 'other'")).rejects.toThrow('rejected already')
})

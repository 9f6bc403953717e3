import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import {
  buyUnpaid,
  dataOf,
  readBalances,
  readInvoice,
  readOrder,
  readPostings,
  recordPayment,
  reversePayment,
} from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { must, payOutBalance, readUserBalance, requestRefund } from '../../support/refunds.js'
import { applyPlan, cancelOrder, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { downloadDocument, orderTopUp, topUpBalance } from '../../support/top-up.js'

// A top-up is an order without a plan. Tax is charged only when the balance pays an invoice.

const START = '2026-05-01T10:00:00.000Z'
const WEEK_LATER = '2026-05-08T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 900

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})
afterEach(async () => expect(await checkLedger(server)).toEqual([]))

const USD = (minorUnits: number) => ({ minorUnits, currency: 'USD' })
const record = async (input: object) => (await dataOf(recordPayment(server, input))).recordPayment
const balance = () => readUserBalance(server, user)
const messageOf = async (input: object) => (await topUpBalance(server, user, input)).errors?.[0]?.message

describe('a top-up that is paid by transfer', () => {
  test('is a pending order without a plan and without tax', async () => {
    const { order, checkoutUrl } = (await dataOf(topUpBalance(server, user, { amount: USD(500) }))).topUpBalance
    expect(order).toMatchObject({ status: 'PENDING', reason: 'PURCHASE', description: 'Balance top-up', planId: null, amount: USD(500) })
    expect(order).toMatchObject({ net: { minorUnits: 500 }, expiresAt: WEEK_LATER, activatedAt: null })
    expect(checkoutUrl).toBeNull()
    const [event] = await server.services.db.outboxEvent.findMany({ where: { holder: `user:${user}`, type: 'order.placed' } })
    expect(event?.payload).toMatchObject({ planId: null, amount: '500', reason: 'PURCHASE' })
    expect(await readPostings(server, user)).toEqual([])
  })

  test('becomes active and free balance when its parts are complete; more than the amount is balance as well', async () => {
    const orderId = await orderTopUp(server, user, 500)
    await record({ orderId, amount: 200, reference: 'A' })
    expect([(await readOrder(server, orderId)).status, await balance()]).toEqual(['PENDING', { amount: 200, held: 200, granted: 0 }])
    const { invoice } = await record({ orderId, amount: 400, reference: 'B' })
    expect(invoice).toBeNull()
    expect(await readOrder(server, orderId)).toEqual({
      status: 'ACTIVE',
      amount: { minorUnits: 500 },
      net: { minorUnits: 500 },
      invoice: null,
    })
    expect(await balance()).toEqual({ amount: 600, held: 0, granted: 0 })
    await record({ orderId, amount: 50 })
    expect(await balance()).toEqual({ amount: 650, held: 0, granted: 0 })
    expect((await readPostings(server, user)).slice(0, 2)).toEqual([
      { kind: 'PAYMENT', balance: -200, cash: 200 },
      { kind: 'PAYMENT', balance: -400, cash: 400 },
    ])
  })

  test('settles open invoices with tax on them only', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    const orderId = await orderTopUp(server, user, 700)
    await record({ orderId, amount: 700 })
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', payments: [{ kind: 'BALANCE' }] })
    expect(await balance()).toMatchObject({ amount: 200 })
  })

  test('expires after seven days, and what was held for it becomes free', async () => {
    const orderId = await orderTopUp(server, user, 500)
    await record({ orderId, amount: 100 })
    server.clock.set(WEEK_LATER)
    await server.tick()
    expect((await readOrder(server, orderId)).status).toBe('EXPIRED')
    expect(await balance()).toEqual({ amount: 100, held: 0, granted: 0 })
    await record({ orderId, amount: 400 })
    expect([(await readOrder(server, orderId)).status, await balance()]).toEqual(['EXPIRED', { amount: 500, held: 0, granted: 0 }])
  })

  test('is cancelled by its customer while it is pending, and never once it is paid', async () => {
    const pending = await orderTopUp(server, user, 500)
    await record({ orderId: pending, amount: 100 })
    expect((await dataOf(cancelOrder(server, user, pending))).cancelOrder.order.status).toBe('CANCELLED')
    expect(await balance()).toEqual({ amount: 100, held: 0, granted: 0 })
    const paid = await orderTopUp(server, user, 500)
    await record({ orderId: paid, amount: 500 })
    const refused = await cancelOrder(server, user, paid)
    expect([codeOf(refused), refused.errors?.[0]?.message]).toEqual(['INVALID_TRANSITION', expect.stringContaining('payOutBalance')])
    expect(await balance()).toMatchObject({ amount: 600 })
  })

  test('is neither a plan to approve nor refundable', async () => {
    const orderId = await orderTopUp(server, user, 500)
    expect(codeOf(await applyPlan(server, { userId: String(user), planId: plans.pro, orderId }))).toBe('ORDER_NOT_FOUND')
    await record({ orderId, amount: 500 })
    expect(codeOf(await requestRefund(server, user, { orderId }))).toBe('REFUND_NOT_ELIGIBLE')
    expect(codeOf(await requestRefund(server, 'admin', { orderId, amount: 5, reason: 'x', endPlan: false }))).toBe('REFUND_NOT_ELIGIBLE')
  })
})

describe('the money of a top-up', () => {
  test('can be paid out', async () => {
    const orderId = await orderTopUp(server, user, 500)
    await record({ orderId, amount: 500 })
    const payout = { userId: String(user), amount: 500, currency: 'USD', reason: 'Account closed', reference: 'SEPA 1' }
    expect(must(await payOutBalance(server, 'admin', payout)).payOutBalance.refund.status).toBe('DONE')
    expect(await balance()).toMatchObject({ amount: 0 })
  })

  test('is taken back by a reversal: from the balance, from the invoices that it has paid, and while it is held', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    const orderId = await orderTopUp(server, user, 700)
    const { payment } = await record({ orderId, amount: 700 })
    const { invoices } = (await dataOf(reversePayment(server, { paymentId: payment.id }))).reversePayment
    expect(invoices).toMatchObject([{ id: invoiceId, status: 'OPEN', amountDue: { minorUnits: 500 } }])
    expect(await balance()).toMatchObject({ amount: 0 })
    const other = await orderTopUp(server, user, 700)
    const held = (await record({ orderId: other, amount: 100 })).payment
    await dataOf(reversePayment(server, { paymentId: held.id }))
    expect([(await readOrder(server, other)).status, await balance()]).toEqual(['PENDING', { amount: 0, held: 0, granted: 0 }])
    await record({ orderId: other, amount: 700 })
    expect((await readOrder(server, other)).status).toBe('ACTIVE')
  })
})

describe('an input', () => {
  test.each([
    [{ amount: USD(0) }, 'input.amount.minorUnits: must be 1 or more'],
    [{ amount: USD(-5) }, 'input.amount.minorUnits: must be 1 or more'],
    [{ amount: USD(100_000_001) }, 'input.amount.minorUnits: must be at most 100000000'],
    [
      { amount: { minorUnits: 5, currency: 'EUR' } },
      'input.amount.currency: must be USD, or a currency in which the customer has a balance or a subscription',
    ],
    [{ amount: USD(5), successUrl: 'http://evil.example/' }, expect.stringContaining('is not allowed')],
  ])('%o is refused', async (input, message) => {
    expect(await messageOf(input)).toEqual(message)
  })

  test('with one URL of two is refused', async () => {
    const { errors } = await topUpBalance(server, user, { amount: USD(5), successUrl: `${server.url}/done` })
    expect(errors?.[0]?.message).toBe('input.cancelUrl: set both successUrl and cancelUrl, or neither')
  })

  test('in the currency of a balance is accepted', async () => {
    const granted = { userId: String(user), amount: { minorUnits: 1, currency: 'EUR' }, reason: 'x' }
    await dataOf(
      server.ask('admin', 'mutation ($input: GrantCreditInput!) { grantCredit(input: $input) { grant { id } } }', { input: granted }),
    )
    const orderId = await orderTopUp(server, user, 500, 'EUR')
    await record({ orderId, amount: 500 })
    expect(await readBalances(server, user)).toEqual([{ currency: 'EUR', amount: 501, available: 501, held: 0, granted: 1 }])
  })

  test('with an idempotency key places one order, also if it is sent twice at once', async () => {
    const input = { amount: USD(500), idempotencyKey: 'double' }
    const answers = await Promise.all([1, 2, 3].map(() => dataOf(topUpBalance(server, user, input))))
    expect(new Set(answers.map(({ topUpBalance: { order } }) => order.id)).size).toBe(1)
    expect(codeOf(await topUpBalance(server, user, { ...input, amount: USD(501) }))).toBe('IDEMPOTENCY_CONFLICT')
  })
})

test('two parts that are recorded at once complete the order once', async () => {
  const orderId = await orderTopUp(server, user, 500)
  await Promise.all(['A', 'B'].map((reference) => record({ orderId, amount: 250, reference })))
  expect([(await readOrder(server, orderId)).status, await balance()]).toEqual(['ACTIVE', { amount: 500, held: 0, granted: 0 }])
})

test('a payment and the expiry at once leave free balance', async () => {
  const orderId = await orderTopUp(server, user, 500)
  await record({ orderId, amount: 250, reference: 'A' })
  server.clock.set(WEEK_LATER)
  await Promise.all([record({ orderId, amount: 250, reference: 'B' }), server.tick()])
  expect(await balance()).toEqual({ amount: 500, held: 0, granted: 0 })
})

describe('beside plans', () => {
  test('neither a pending nor a paid top-up prevents a purchase, and a purchase ends no top-up', async () => {
    const paid = await orderTopUp(server, user, 500)
    await record({ orderId: paid, amount: 500 })
    const pending = await orderTopUp(server, user, 300)
    const { placeOrder: placed } = await dataOf(placeOrder(server, user, { planId: plans.pro }))
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: placed.order.id }))
    const statuses = await Promise.all([paid, pending].map(async (id) => (await readOrder(server, id)).status))
    expect(statuses).toEqual(['ACTIVE', 'PENDING'])
  })

  test('orders are listed over GraphQL and REST', async () => {
    const orderId = await orderTopUp(server, user, 500)
    const { orders } = await dataOf(
      server.ask(user, '{ orders { nodes { id plan { id } purchasedPlan { name } items { description quantity } } } }'),
    )
    const item = { description: 'Balance top-up', quantity: 1 }
    expect(orders.nodes).toEqual([{ id: orderId, plan: null, purchasedPlan: null, items: [item] }])
    const headers = { authorization: `Bearer ${await server.token(user)}` }
    const response = await fetch(`${server.url}/api/orders`, { headers })
    expect(response.status).toBe(200)
    const listed = JSON.stringify(await response.json())
    expect(listed).toContain('"planId":null')
    expect(listed).toContain('Balance top-up')
  })

  test('the text is in the language of its reader', async () => {
    const orderId = await orderTopUp(server, user, 500)
    const query = `query ($id: ID!) { order(id: $id) { de: description(locale: "de") fr: description(locale: "fr") es: description(locale: "es") } }`
    const { order } = await dataOf(server.ask(user, query, { id: orderId }))
    expect(order).toEqual({ de: 'Guthabenaufladung', fr: 'Rechargement du solde', es: 'Recarga de saldo' })
  })
})

describe('access', () => {
  test('requires a user, and an owner or admin for an organisation', async () => {
    const [owner, member] = [user, user + 1000]
    await createOrganisation(server, user, { [owner]: 'OWNER', [member]: 'MEMBER' })
    const input = { amount: USD(500), organisationId: String(user) }
    expect(codeOf(await topUpBalance(server, undefined, input))).toBe('UNAUTHENTICATED')
    expect(codeOf(await topUpBalance(server, member, input))).toBe('ORGANISATION_NOT_FOUND')
    const { order } = (await dataOf(topUpBalance(server, owner, input))).topUpBalance
    await record({ orderId: order.id, amount: 500 })
    const query = `{ organisation(id: "${user}") { balances { amount { minorUnits } } } }`
    expect((await dataOf(server.ask('admin', query))).organisation.balances).toEqual([{ amount: { minorUnits: 500 } }])
    const read = (who: number) => server.ask(who, 'query ($id: ID!) { order(id: $id) { id } }', { id: order.id })
    expect([(await read(owner)).data.order?.id, (await read(member)).data.order]).toEqual([order.id, null])
  })
})

describe('the document', () => {
  const LANGUAGES = [
    [
      'en-US',
      'Payment request',
      'This is not an invoice',
      'Receipt',
      'Paid on May 1, 2026 by bank transfer, reference RF18',
      'Reversed: Bank transfer RF18, May 3, 2026',
    ],
    [
      'de-DE',
      'Zahlungsaufforderung',
      'keine Rechnung',
      'Quittung',
      'Bezahlt am 1. Mai 2026 per Überweisung, Referenz RF18',
      'Rückgängig gemacht: Überweisung RF18, 3. Mai 2026',
    ],
    [
      'fr-FR',
      'Demande de paiement',
      'pas une facture',
      'Reçu',
      'Payé le 1er mai 2026 par virement bancaire, référence RF18',
      'Annulé : Virement bancaire RF18, 3 mai 2026',
    ],
    [
      'es-ES',
      'Solicitud de pago',
      'no es una factura',
      'Recibo',
      'Pagado el 1 de mayo de 2026 por transferencia bancaria, referencia RF18',
      'Anulado: Transferencia bancaria RF18, 3 de mayo de 2026',
    ],
  ] as const

  test.each(LANGUAGES)(
    'is a request, then a receipt of the payment without number and tax, in %s',
    async (locale, request, note, receipt, line, reversal) => {
      const details = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
      await dataOf(server.ask(user, details, { input: { name: 'Ada Lovelace', country: 'DE', locale } }))
      const orderId = await orderTopUp(server, user, 12_345)
      const pending = await downloadDocument(server, orderId)
      expect(pending.name).toContain(`payment-request-${rowId(orderId)}.pdf`)
      const requestText = (await readPdf(pending.bytes)).text
      for (const words of [request, note, 'Ada Lovelace']) expect(requestText).toContain(words)
      const { payment } = await record({ orderId, amount: 12_345, reference: 'RF18' })
      server.clock.set('2026-05-03T10:00:00.000Z')
      const paid = await downloadDocument(server, orderId)
      expect(paid.name).toContain(`receipt-${rowId(orderId)}.pdf`)
      const { text } = await readPdf(paid.bytes)
      for (const words of [receipt, line]) expect(text).toContain(words)
      expect(text).toMatch(/123[.,]45/)
      for (const words of ['INV-', 'Subtotal', 'Zwischensumme']) expect(text).not.toContain(words)
      expect(await server.services.db.invoice.count({ where: { userId: String(user) } })).toBe(0)
      await dataOf(reversePayment(server, { paymentId: payment.id }))
      expect((await readPdf((await downloadDocument(server, orderId)).bytes)).text).toContain(reversal)
    },
  )

  test('leaves out a reference that no font can display', async () => {
    const orderId = await orderTopUp(server, user, 500)
    await record({ orderId, amount: 500, reference: 'a \u{13000}' })
    const { text } = await readPdf((await downloadDocument(server, orderId)).bytes)
    expect(text).toContain('Paid on May 1, 2026 by bank transfer This is a receipt')
  })
})

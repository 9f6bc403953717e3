import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signCheckout } from '../../../src/modules/payments/checkout-signature.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { deliver, event, sign, order as wireOrder } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { dataOf, readOrder, readPostings, recordPayment, reversePayment } from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { readUserBalance } from '../../support/refunds.js'
import { cancelOrder, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { downloadDocument, orderTopUp, submit, topUpBalance } from '../../support/top-up.js'

// The sandbox reports the payment of a top-up as Lemon Squeezy reports an order.

const START = '2026-05-01T10:00:00.000Z'
const WEEK_LATER = '2026-05-08T10:00:00.000Z'
const SECRET = 'a secret of the webhooks of the sandbox'
const USER = 10
let server: TestServer

beforeEach(async () => {
  server = await startServer({ now: START, environment: { LEMONSQUEEZY_WEBHOOK_SECRET: SECRET } })
  await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const urls = () => ({ successUrl: `${server.url}/done`, cancelUrl: `${server.url}/left` })
const checkout = async (minorUnits = 500, changes: object = {}) => {
  const input = { amount: { minorUnits, currency: 'USD' }, ...urls(), ...changes }
  const { order, checkoutUrl } = (await dataOf(topUpBalance(server, USER, input))).topUpBalance
  return { orderId: order.id as string, url: checkoutUrl as string }
}
const pay = async (url: string) => {
  expect((await submit(url, 'pay')).status).toBe(303)
  await server.settle()
}
const balance = () => readUserBalance(server, USER)
const events = () => server.services.db.providerEvent.findMany({ orderBy: { id: 'asc' } })
const customFor = (orderId: string, userId = String(USER)) => {
  const named = { user_id: userId, top_up_order_id: String(rowId(orderId)) }
  return { ...named, proof: signCheckout(server.config, named) }
}
const send = async (name: string, id: number, attributes: object, custom: object) => {
  const body = event(name, wireOrder(id, START, { ...attributes }), custom)
  expect((await deliver(server.url, body, { 'x-signature': sign(body, SECRET) })).status).toBe(200)
  await server.settle()
}
const lastError = async () => (await events()).at(-1)?.lastError

describe('a checkout', () => {
  test('shows the amount; a payment activates the order, credits the balance and sends an event', async () => {
    const { orderId, url } = await checkout(500)
    const page = await (await fetch(url)).text()
    for (const words of ['Top up your balance', '$5.00', 'one payment', 'Decline', 'Cancel', 'sandbox']) expect(page).toContain(words)
    expect(page).not.toContain('fails at renewal')
    await pay(url)
    expect((await readOrder(server, orderId)).status).toBe('ACTIVE')
    expect(await balance()).toEqual({ amount: 500, held: 0, granted: 0 })
    expect(await readPostings(server, USER)).toEqual([{ kind: 'PAYMENT', balance: -500, cash: 500 }])
    expect(await server.services.db.subscription.count()).toBe(0)
    const { payload } = await server.services.db.outboxEvent.findFirstOrThrow({ where: { type: 'payment.received' } })
    expect(payload).toMatchObject({ planId: null, amount: '500', currency: 'USD', reason: 'PURCHASE' })
    expect(await (await fetch(url)).text()).toContain('This has been paid')
  })

  test('has a receipt that names the payment and states that no money was paid', async () => {
    const { orderId, url } = await checkout(500)
    await pay(url)
    const { text } = await readPdf((await downloadDocument(server, orderId)).bytes)
    for (const words of ['Receipt', 'Paid on May 1, 2026 online', 'Added to the balance $5.00', 'Test sale']) expect(text).toContain(words)
  })

  test('is charged once, however often the button is pressed or the event arrives', async () => {
    const { url } = await checkout(500)
    await Promise.all([submit(url, 'pay'), submit(url, 'pay')])
    await server.settle()
    const [received] = await events()
    const body = JSON.stringify(received?.body)
    for (const changed of [body, body.replace('"test_mode":true', '"test_mode":false')]) {
      await deliver(server.url, changed, { 'x-signature': sign(changed, SECRET) })
    }
    await server.settle()
    const replay = 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }'
    await dataOf(server.ask('admin', replay, { id: String(received?.id) }))
    await server.settle()
    expect(await balance()).toEqual({ amount: 500, held: 0, granted: 0 })
    expect((await events()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED'])
  })

  test('charges nothing when the card is declined or the customer leaves', async () => {
    const { orderId, url } = await checkout(500)
    expect((await submit(url, 'decline')).status).toBe(402)
    expect((await submit(url, 'cancel')).headers.get('location')).toBe(`${server.url}/left`)
    expect((await submit(url, 'pay-once')).status).toBe(400)
    await server.settle()
    expect([(await readOrder(server, orderId)).status, await balance()]).toEqual(['PENDING', { amount: 0, held: 0, granted: 0 }])
    expect((await fetch(`${server.url}/sandbox/top-up/00000000-0000-4000-8000-000000000000`)).status).toBe(404)
  })

  test('with an idempotency key is one order and one page', async () => {
    const input = { idempotencyKey: 'double' }
    const pages = await Promise.all([checkout(500, input), checkout(500, input)])
    expect(pages[0]).toEqual(pages[1])
    expect(await checkout(500, input)).toEqual(pages[0])
    expect(await server.services.db.order.count()).toBe(1)
  })

  test('can be reversed', async () => {
    const { url } = await checkout(500)
    await pay(url)
    const { id } = await server.services.db.payment.findFirstOrThrow()
    await dataOf(reversePayment(server, { paymentId: String(id) }))
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
  })
})

describe('money that arrives', () => {
  test('after the order has expired or was cancelled goes to the balance', async () => {
    const [expired, cancelled] = [await checkout(500), await checkout(300)]
    await dataOf(cancelOrder(server, USER, cancelled.orderId))
    server.clock.set(WEEK_LATER)
    await server.tick()
    await pay(expired.url)
    await pay(cancelled.url)
    const statuses = await Promise.all([expired, cancelled].map(async ({ orderId }) => (await readOrder(server, orderId)).status))
    expect([statuses, await balance()]).toEqual([['EXPIRED', 'CANCELLED'], { amount: 800, held: 0, granted: 0 }])
  })

  test('after the order was paid by transfer goes to the balance', async () => {
    const { orderId, url } = await checkout(500)
    await dataOf(recordPayment(server, { orderId, amount: 500 }))
    await pay(url)
    expect(await balance()).toEqual({ amount: 1000, held: 0, granted: 0 })
  })

  test('at the same time as a transfer completes the order once', async () => {
    const { orderId, url } = await checkout(500)
    await submit(url, 'pay')
    await Promise.all([server.settle(), dataOf(recordPayment(server, { orderId, amount: 500 }))])
    expect((await readOrder(server, orderId)).status).toBe('ACTIVE')
    expect(await balance()).toEqual({ amount: 1000, held: 0, granted: 0 })
  })

  test('with another amount is held until the order is complete, or free beyond it', async () => {
    const [less, more] = [await orderTopUp(server, USER, 500), await orderTopUp(server, USER, 500)]
    await send('order_created', 1, { total: 200 }, customFor(less))
    expect([(await readOrder(server, less)).status, await balance()]).toEqual(['PENDING', { amount: 200, held: 200, granted: 0 }])
    await send('order_created', 2, { total: 900 }, customFor(more))
    expect([(await readOrder(server, more)).status, await balance()]).toEqual(['ACTIVE', { amount: 1100, held: 200, granted: 0 }])
  })

  test('in another currency goes to the balance in that currency', async () => {
    const orderId = await orderTopUp(server, USER, 500)
    await send('order_created', 1, { total: 200, currency: 'EUR' }, customFor(orderId))
    expect((await readOrder(server, orderId)).status).toBe('PENDING')
    const accounts = await server.services.db.ledgerAccount.findMany({ select: { currency: true, balance: true, held: true } })
    expect(accounts).toEqual([{ currency: 'EUR', balance: -200n, held: 0n }])
  })

  test('for an order that does not exist, or is of another customer, goes to the balance of the customer that paid', async () => {
    await server.ask(11, '{ me { id } }')
    const another = await orderTopUp(server, 11, 500)
    await send('order_created', 1, { total: 200 }, customFor('ord_999'))
    await send('order_created', 2, { total: 300 }, customFor(another))
    expect([(await readOrder(server, another)).status, await balance()]).toEqual(['PENDING', { amount: 500, held: 0, granted: 0 }])
  })

  test('with custom data that was changed, or names nobody, is parked and can be replayed', async () => {
    const orderId = await orderTopUp(server, USER, 500)
    await send('order_created', 1, { total: 500 }, { ...customFor(orderId), user_id: '11' })
    expect(await lastError()).toContain('was changed')
    await send('order_created', 2, { total: 500 }, customFor(orderId, '77'))
    expect(await lastError()).toContain('names no customer')
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
    await server.ask('admin', 'mutation { upsertUser(input: { id: "77" }) { user { id } } }')
    const parked = (await events()).at(-1)
    const replay = 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }'
    await dataOf(server.ask('admin', replay, { id: String(parked?.id) }))
    await server.settle()
    expect(await readUserBalance(server, 77)).toMatchObject({ amount: 500 })
  })

  test('and is refunded at the provider leaves the balance, also if the refund arrives first', async () => {
    const [first, second] = [await orderTopUp(server, USER, 500), await orderTopUp(server, USER, 300)]
    await send('order_created', 1, { total: 500 }, customFor(first))
    await send('order_refunded', 1, { total: 500, refunded_amount: 200 }, customFor(first))
    expect(await balance()).toEqual({ amount: 300, held: 0, granted: 0 })
    await send('order_refunded', 2, { total: 300, refunded_amount: 300, refunded: true }, customFor(second))
    expect((await events()).at(-1)?.status).toBe('PARKED')
    await send('order_created', 2, { total: 300 }, customFor(second))
    expect(await balance()).toEqual({ amount: 300, held: 0, granted: 0 })
    expect((await events()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED', 'PROCESSED'])
  })
})

describe('a receipt', () => {
  const receiptOf = async (orderId: string) =>
    (await readPdf((await downloadDocument(server, orderId)).bytes)).text.replaceAll(/[\u00a0\u202f]/g, ' ')

  test.each([
    ['en-US', 'Refunded: Online payment, May 3, 2026', '-$2.00', '$3.00'],
    ['de-DE', 'Erstattet: Online-Zahlung, 3. Mai 2026', '-2,00 $', '3,00 $'],
    ['fr-FR', 'Remboursé : Paiement en ligne, 3 mai 2026', '-2,00 $US', '3,00 $US'],
    ['es-ES', 'Reembolsado: Pago en línea, 3 de mayo de 2026', '-2,00 US$', '3,00 US$'],
  ])('shows what was refunded of the payment, and the rest, in %s', async (locale, line, refunded, rest) => {
    const details = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
    await dataOf(server.ask(USER, details, { input: { name: 'Ada Lovelace', country: 'DE', locale } }))
    const orderId = await orderTopUp(server, USER, 500)
    await send('order_created', 1, { total: 500 }, customFor(orderId))
    server.clock.set('2026-05-03T10:00:00.000Z')
    await send('order_refunded', 1, { total: 500, refunded_amount: 200 }, customFor(orderId))
    const text = await receiptOf(orderId)
    expect(text).toContain(`${line} ${refunded}`)
    expect(text).toContain(`(USD) ${rest}`)
  })

  test('is paid until all of it was refunded', async () => {
    const orderId = await orderTopUp(server, USER, 500)
    await send('order_created', 1, { total: 500 }, customFor(orderId))
    await send('order_refunded', 1, { total: 500, refunded_amount: 200 }, customFor(orderId))
    expect(await receiptOf(orderId)).toContain('Amount received $5.00 Remaining amount: $3.00 Paid on')
    await send('order_refunded', 1, { total: 500, refunded_amount: 500, refunded: true }, customFor(orderId))
    const text = await receiptOf(orderId)
    expect(text).not.toContain('Paid')
    for (const words of ['-$2.00', '-$3.00', 'Remaining amount (USD) $0.00']) expect(text).toContain(words)
  })
})

describe('without a provider that sells top-ups', () => {
  test('a merchant of record is refused, because it would tax the top-up', async () => {
    const other = await startWithLemonSqueezy(START)
    await other.server.ask(USER, '{ me { id } }')
    const input = { amount: { minorUnits: 500, currency: 'USD' } }
    const page = { successUrl: `${other.server.url}/done`, cancelUrl: `${other.server.url}/left` }
    const { errors } = await topUpBalance(other.server, USER, { ...input, ...page })
    expect(errors?.[0]?.message).toContain('input.successUrl: must be left out: Lemon Squeezy LLC is the seller')
    expect(await other.server.services.db.order.count()).toBe(0)
    expect(codeOf(await topUpBalance(other.server, USER, input))).toBe('none')
    const named = { user_id: String(USER), top_up_order_id: '1' }
    const custom = { ...named, proof: signCheckout(other.server.config, named) }
    await deliver(other.server.url, event('order_created', wireOrder(1, START), custom))
    await deliver(other.server.url, event('order_created', wireOrder(2, START), { ...custom, proof: 'x' }))
    await other.server.settle()
    const stored = await other.server.services.db.providerEvent.findMany({ orderBy: { id: 'asc' } })
    expect(stored.map(({ status }) => status)).toEqual(['PARKED', 'PROCESSED'])
    await other.server.close()
    await other.api.close()
  })

  test('none is PAYMENT_PROVIDER_UNAVAILABLE', async () => {
    const other = await startServer({ now: START, environment: { PAYMENT_PROVIDER: 'none' } })
    await other.ask(USER, '{ me { id } }')
    const page = { successUrl: `${other.url}/done`, cancelUrl: `${other.url}/left` }
    expect(codeOf(await topUpBalance(other, USER, { amount: { minorUnits: 5, currency: 'USD' }, ...page }))).toBe(
      'PAYMENT_PROVIDER_UNAVAILABLE',
    )
    await other.close()
  })
})

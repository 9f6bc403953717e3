import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signInvoiceLink } from '../../../src/modules/invoicing/index.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { deliver, event, subscription, payment as wirePayment } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { dataOf, order, recordPayment, reversePayment } from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { cancelOrder, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'
import { downloadDocument, issueInvoice, orderTopUp, submit, topUpBalance } from '../../support/top-up.js'

const START = '2026-05-01T10:00:00.000Z'
const PAID_AT = '2026-05-04T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 400

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

const setDetails = (locale: string, changes: object = {}) => {
  const query = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
  return dataOf(server.ask(user, query, { input: { name: 'Ada Lovelace', country: 'US', locale, ...changes } }))
}
/** @returns its id and number */
const invoiceOf = async (unitPrice: number, input: object = {}): Promise<{ id: string; number: string }> => {
  const items = [{ description: 'Set-up', unitPrice }]
  return (await dataOf(issueInvoice(server, { userId: String(user), items, currency: 'USD', ...input }))).issueInvoice.invoice
}
/** @returns the id of the payment */
const pay = async (input: object): Promise<string> => (await dataOf(recordPayment(server, input))).recordPayment.payment.id
const linkOf = async (id: string, who: number | 'admin' = 'admin', ttlSeconds?: number): Promise<string | null> => {
  const query = 'query ($id: ID!, $ttl: Int) { node(id: $id) { ... on Payment { receiptUrl(ttlSeconds: $ttl) } } }'
  return (await dataOf(server.ask(who, query, { id, ttl: ttlSeconds }))).node?.receiptUrl ?? null
}
const download = async (url: string | null, headers: Record<string, string> = {}) => {
  const response = await fetch(url ?? '', { headers })
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) }
}
const textOf = async (bytes: Uint8Array) => (await readPdf(bytes)).text.replaceAll(/[\u00a0\u202f]/g, ' ')
const receiptOf = async (id: string) => {
  const { status, bytes } = await download(await linkOf(id))
  if (status !== 200) throw new Error(Buffer.from(bytes).toString())
  return textOf(bytes)
}
/** The payments from the balance, oldest first. */
const balancePayments = async (): Promise<string[]> => {
  const found = await server.services.db.payment.findMany({
    where: { userId: String(user), kind: 'BALANCE' },
    orderBy: { id: 'asc' },
  })
  return found.map(({ id }) => `pay_${id}`)
}

describe('the receipt of a payment', () => {
  test.each([
    ['en-US', 'Receipt', 'Paid on May 4, 2026 by bank transfer, reference RF18', 'Invoice NUMBER May 1, 2026 $15.00', 'not an invoice'],
    ['de-DE', 'Quittung', 'Bezahlt am 4. Mai 2026 per Überweisung, Referenz RF18', 'Rechnung NUMBER 1. Mai 2026 15,00 $', 'keine Rechnung'],
    [
      'fr-FR',
      'Reçu',
      'Payé le 4 mai 2026 par virement bancaire, référence RF18',
      'Facture NUMBER 1er mai 2026 15,00 $US',
      'non une facture',
    ],
    [
      'es-ES',
      'Recibo',
      'Pagado el 4 de mayo de 2026 por transferencia bancaria, referencia RF18',
      'Factura NUMBER 1 de mayo de 2026 15,00 US$',
      'no una factura',
    ],
  ])('states when and how an invoice was paid, in %s', async (locale, title, paid, line, note) => {
    await setDetails(locale)
    const invoice = await invoiceOf(1500)
    server.clock.set(PAID_AT)
    const text = await receiptOf(await pay({ invoiceId: invoice.id, amount: 1500, reference: 'RF18' }))
    for (const words of [title, paid, line.replace('NUMBER', invoice.number), note, 'Ada Lovelace', 'Example Hosting']) {
      expect(text).toContain(words)
    }
    const english = /\b(Bill|Customer|Payment|Amount|Remaining|balance|Subtotal|tax|Total|From)\b/i
    if (locale !== 'en-US') expect(text).not.toMatch(english)
  })

  test('is not an invoice: it has no number, no tax and no electronic invoice, and uses none', async () => {
    await setDetails('fr-FR')
    const invoice = await invoiceOf(1500)
    const count = await server.services.db.invoice.count()
    const { bytes } = await download(await linkOf(await pay({ invoiceId: invoice.id, amount: 1500 })))
    const text = await textOf(bytes)
    for (const words of ['HT', 'TTC', 'Facturé à', 'Quantité', 'Échéance']) expect(text).not.toContain(words)
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('factur-x.xml')
    expect(await server.services.db.invoice.count()).toBe(count)
  })

  test('states the part that went to the balance, and the next invoice is on the receipt of the payment from the balance', async () => {
    const [first, second] = [await invoiceOf(1500), await invoiceOf(1000)]
    server.clock.set(PAID_AT)
    const text = await receiptOf(await pay({ invoiceId: first.id, amount: 3000, kind: 'CASH' }))
    expect(text).toContain(`Invoice ${first.number} May 1, 2026 $15.00 Added to the balance $15.00 Amount received (USD) $30.00`)
    expect(text).not.toContain(second.number)
    const [fromBalance = ''] = await balancePayments()
    const other = await receiptOf(fromBalance)
    expect(other).toContain('Taken from the balance $10.00 Paid on May 4, 2026 from the balance')
    expect(other).toContain(`Invoice ${second.number} May 1, 2026 $10.00 Taken from the balance (USD) $10.00`)
  })

  test('names the seller and the customer as the invoice does', async () => {
    await setDetails('en-US', { city: 'London' })
    const invoice = await invoiceOf(1500)
    const id = await pay({ invoiceId: invoice.id, amount: 1500 })
    const url = await linkOf(id)
    const { bytes } = await download(url)
    await setDetails('de-DE', { name: 'Another name', city: 'Paris' })
    expect((await download(url)).bytes).toEqual(bytes)
    expect(await textOf(bytes)).toContain('London')
  })

  test('states the order that it is held for, and the balance after the order has ended', async () => {
    const orderId = await order(server, user, plans.pro)
    const id = await pay({ orderId, amount: 700 })
    expect(await receiptOf(id)).toContain(`Held for order ${rowId(orderId)} $7.00`)
    await dataOf(cancelOrder(server, user, orderId))
    expect(await receiptOf(id)).toContain('Added to the balance $7.00')
  })

  test('is that of the order for a top-up', async () => {
    const orderId = await orderTopUp(server, user, 5000)
    const id = await pay({ orderId, amount: 5000, reference: 'TOP-UP 1' })
    const { bytes } = await download(await linkOf(id))
    expect(await textOf(bytes)).toContain('Added to the balance $50.00')
    expect((await downloadDocument(server, orderId)).bytes).toEqual(bytes)
  })

  test('has a receipt of every payment of a top-up, next to that of the order', async () => {
    const orderId = await orderTopUp(server, user, 5000)
    const first = await pay({ orderId, amount: 2000, reference: 'one' })
    const second = await pay({ orderId, amount: 3000, reference: 'two' })
    const [one, two] = [await receiptOf(first), await receiptOf(second)]
    expect([one.includes('two'), two.includes('one')]).toEqual([false, false])
    const both = await textOf((await downloadDocument(server, orderId)).bytes)
    expect(both).toContain('Added to the balance: Bank transfer one $20.00 Added to the balance: Bank transfer two $30.00')
    expect(both).toContain('Amount received (USD) $50.00')
  })

  test('marks a payment whose money has not remained, in place of when it was paid', async () => {
    const invoice = await invoiceOf(1500)
    const id = await pay({ invoiceId: invoice.id, amount: 2000, reference: 'RF18' })
    server.clock.set(PAID_AT)
    await dataOf(reversePayment(server, { paymentId: id }))
    const text = await receiptOf(id)
    expect(text).toContain('Amount received $20.00 Remaining amount: $0.00 Reversed: Bank transfer RF18, May 4, 2026')
    expect(text).toContain('-$20.00 Remaining amount (USD) $0.00')
    expect(text).not.toContain('Paid on')
    expect(text).not.toContain('The transfer bounced')
  })

  test('of a payment from the balance is reversed with the payment that the balance comes from', async () => {
    const orderId = await orderTopUp(server, user, 1000)
    const topUp = await pay({ orderId, amount: 1000 })
    const { number } = await invoiceOf(1000)
    const [fromBalance = ''] = await balancePayments()
    expect(await receiptOf(fromBalance)).toContain(`Invoice ${number} May 1, 2026 $10.00`)
    server.clock.set(PAID_AT)
    await dataOf(reversePayment(server, { paymentId: topUp }))
    const text = await receiptOf(fromBalance)
    expect(text).toContain('Reversed: Payment from the balance, May 4, 2026 -$10.00 Remaining amount (USD) $0.00')
    expect(text).not.toContain('Paid on')
  })
})

describe('the link', () => {
  let id: string
  let url: string
  beforeEach(async () => {
    id = await pay({ invoiceId: (await invoiceOf(1500)).id, amount: 1500 })
    url = (await linkOf(id, user)) ?? ''
  })

  test('opens the receipt without a token, with the headers of an invoice', async () => {
    const { status, headers, bytes } = await download(url)
    const name = `receipt-payment-${rowId(id)}.pdf`
    expect([status, headers.get('content-type'), headers.get('content-length')]).toEqual([200, 'application/pdf', String(bytes.length)])
    expect(headers.get('content-disposition')).toBe(`inline; filename="${name}"; filename*=UTF-8''${name}`)
    expect((await download(`${url}&download=1`)).headers.get('content-disposition')).toContain('attachment')
    const invoiceUrl = (await dataOf(server.ask(user, '{ invoices { nodes { pdfUrl } } }'))).invoices.nodes[0].pdfUrl
    const invoice = await download(invoiceUrl)
    for (const header of ['cache-control', 'referrer-policy', 'x-content-type-options', 'content-security-policy', 'accept-ranges']) {
      expect(headers.get(header), header).toBe(invoice.headers.get(header))
    }
    expect(headers.get('cache-control')).toBe('private, no-store')
  })

  test('answers ranges, HEAD and the ETag like an invoice', async () => {
    const { headers, bytes } = await download(url)
    const etag = headers.get('etag') ?? ''
    expect((await download(url, { 'if-none-match': etag })).status).toBe(304)
    const part = await download(url, { range: 'bytes=0-4', 'if-range': etag })
    expect([part.status, Buffer.from(part.bytes).toString()]).toEqual([206, '%PDF-'])
    expect((await download(url, { range: `bytes=${bytes.length}-` })).status).toBe(416)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)])
  })

  test('is refused when it was changed, was signed for another document, or has expired', async () => {
    const change = (name: string, value: string) => {
      const changed = new URL(url)
      changed.searchParams.set(name, value)
      return changed.href
    }
    const other = await pay({ invoiceId: (await invoiceOf(1500)).id, amount: 1500 })
    const { clock, config } = server
    const signedFor = (purpose: 'invoice' | 'order-invoice') =>
      `${server.url}/payments/${rowId(id)}/receipt${new URL(signInvoiceLink(config, { purpose, id: BigInt(rowId(id)) }, clock.now())).search}`
    const wrong = [
      change('expires', '9999999999'),
      change('signature', 'x'),
      change('signature', ''),
      change('key', '00000000'),
      url.replace(`/payments/${rowId(id)}/`, `/payments/${rowId(other)}/`),
      url.replace(`/payments/${rowId(id)}/receipt`, `/invoices/${rowId(id)}/pdf`),
      url.replace(`/payments/${rowId(id)}/receipt`, `/orders/${rowId(id)}/invoice`),
      signedFor('invoice'),
      signedFor('order-invoice'),
    ]
    for (const link of wrong) expect((await download(link)).status, link).toBe(401)
    const month = await linkOf(id, user, 2_592_000)
    clock.set('2026-05-01T11:00:00.000Z')
    expect([(await download(url)).status, (await download(month)).status]).toEqual([401, 200])
    const query = `{ node(id: "${id}") { ... on Payment { receiptUrl(ttlSeconds: 2592001) } } }`
    expect(codeOf(await server.ask('admin', query))).toBe('BAD_USER_INPUT')
  })
})

describe('access', () => {
  const statusFor = async (id: string, who: number, role?: 'admin') => {
    const headers = { authorization: `Bearer ${await server.token(who, role)}` }
    const { status, bytes } = await download(`${server.url}/payments/${id}/receipt`, headers)
    if (status === 404) expect(Buffer.from(bytes).toString()).toContain('does not exist, or you may not view it')
    return status
  }

  test('is for the customer and administrators, by both forms of the id', async () => {
    const id = await pay({ invoiceId: (await invoiceOf(1500)).id, amount: 1500 })
    const other = user + 5000
    await server.ask(other, '{ me { id } }')
    expect([await statusFor(id, user), await statusFor(String(rowId(id)), user), await statusFor(id, 1, 'admin')]).toEqual([200, 200, 200])
    expect([await statusFor(id, other), await statusFor('pay_999999', user)]).toEqual([404, 404])
    expect(await linkOf(id, other)).toBeNull()
    expect((await download(`${server.url}/payments/${id}/receipt`)).status).toBe(401)
    expect((await download(`${server.url}/payments/inv_1/receipt`)).status).toBe(400)
  })

  test('for an organisation is for owners, admins, and the former admin who bought', async () => {
    const [owner, buyer, admin, member] = [user, user + 1000, user + 2000, user + 3000]
    await createOrganisation(server, user, { [owner]: 'OWNER', [buyer]: 'ADMIN', [admin]: 'ADMIN', [member]: 'MEMBER' })
    const invoice = await invoiceOf(1500, { userId: String(buyer), organisationId: String(user) })
    const id = await pay({ invoiceId: invoice.id, amount: 1500 })
    const readable = async () => {
      const people = [owner, buyer, admin, member]
      const links = await Promise.all(people.map(async (who) => (await linkOf(id, who)) !== null))
      const statuses = await Promise.all(people.map((who) => statusFor(id, who)))
      expect(links).toEqual(statuses.map((status) => status === 200))
      return statuses
    }
    expect(await readable()).toEqual([200, 200, 200, 404])
    for (const who of [buyer, admin]) {
      const removed = `organisationId: "${user}", userId: "${who}"`
      await dataOf(server.ask('admin', `mutation { setMembership(input: { ${removed} }) { organisation { id } } }`))
    }
    expect(await readable()).toEqual([200, 200, 404, 404])
  })
})

describe('after a plan change', () => {
  const changePlan = async (who: number, input: object = {}) => {
    server.clock.set('2026-05-16T10:00:00.000Z')
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id amount { minorUnits } } } }'
    return (await dataOf(server.ask(who, change, { input: { planId: plans.pro, ...input } }))).changePlan.order
  }

  test('the receipt of the former plan still states what was first paid', async () => {
    const orderId = await order(server, user, plans.starter)
    const id = await pay({ orderId, amount: 500, reference: 'first' })
    const link = await linkOf(id, user, 2_592_000)
    const statements = () => countStatements(() => download(link))
    const [before, statementsBefore] = [await receiptOf(id), await statements()]
    expect(statementsBefore).toEqual([
      'SELECT invoices',
      'SELECT invoices',
      'SELECT payment_allocations',
      'SELECT payments',
      'SELECT refund_parts',
    ])
    const changed = await changePlan(user)
    await pay({ orderId: changed.id, amount: changed.amount.minorUnits })
    // The unused part of the payment pays the invoice of the next plan.
    expect(await server.services.db.paymentAllocation.count({ where: { paymentId: BigInt(rowId(id)) } })).toBe(3)
    expect(await receiptOf(id)).toBe(before)
    expect(await statements()).toEqual(statementsBefore)
  })

  test('a former admin reads nothing of what others have bought since', async () => {
    const [owner, buyer] = [user, user + 1000]
    await createOrganisation(server, user, { [owner]: 'OWNER', [buyer]: 'ADMIN' })
    const organisationId = String(user)
    const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    const bought = (await dataOf(server.ask(buyer, place, { input: { organisationId, planId: plans.starter } }))).placeOrder.order.id
    const id = await pay({ orderId: bought, amount: 500 })
    const changed = await changePlan(owner, { organisationId })
    await pay({ orderId: changed.id, amount: changed.amount.minorUnits })
    const issued = await server.services.db.invoice.findMany({ where: { organisationId }, orderBy: { id: 'asc' } })
    const [first, ...later] = issued.map(({ number }) => number)
    expect(later.length).toBeGreaterThan(0)
    const text = await receiptOf(id)
    expect(text).toContain(`Invoice ${first} `)
    for (const number of later) expect(text).not.toContain(number)
  })

  test('balance that was held for a cancelled one was returned, and the receipt does not state that anything was paid', async () => {
    const orderId = await order(server, user, plans.starter)
    await pay({ orderId, amount: 600 })
    const changed = await changePlan(user)
    const [held = ''] = await balancePayments()
    expect(await receiptOf(held)).toContain(`Held for order ${rowId(changed.id)} $1.00`)
    await dataOf(cancelOrder(server, user, changed.id))
    const text = await receiptOf(held)
    expect(text).toContain('Returned to the balance $1.00')
    expect(text).not.toContain('Paid on')
  })
})

test('a payment of the sandbox has a receipt that states that no money was paid', async () => {
  const urls = { successUrl: `${server.url}/done`, cancelUrl: `${server.url}/left` }
  const input = { amount: { minorUnits: 500, currency: 'USD' }, ...urls }
  await submit((await dataOf(topUpBalance(server, user, input))).topUpBalance.checkoutUrl, 'pay')
  await server.settle()
  const { id } = await server.services.db.payment.findFirstOrThrow({ where: { userId: String(user) } })
  const text = await receiptOf(`pay_${id}`)
  for (const words of ['Test sale', 'Payment provider Sandbox', 'Paid on']) expect(text).toContain(words)
})

describe('a payment whose provider is the seller', () => {
  let started: Awaited<ReturnType<typeof startWithLemonSqueezy>>
  beforeEach(async () => {
    started = await startWithLemonSqueezy(START)
  })
  afterEach(async () => {
    await started.server.close()
    await started.api.close()
  })

  test('has no receipt, also when the provider is no longer configured', async () => {
    const { server: selling } = started
    await deliver(selling.url, event('subscription_created', subscription(1, START), { user_id: '10' }))
    await deliver(selling.url, event('subscription_payment_success', wirePayment(1, 1, START, { billing_reason: 'initial' })))
    await selling.settle()
    const query = '{ invoices { nodes { kind payments { id kind receiptUrl } } } }'
    const { nodes } = (await dataOf(selling.ask(10, query))).invoices
    expect(nodes).toEqual([{ kind: 'STATEMENT', payments: [{ id: expect.any(String), kind: 'PROVIDER', receiptUrl: null }] }])
    const headers = { authorization: `Bearer ${await selling.token(10)}` }
    const { status, bytes } = await download(`${selling.url}/payments/${nodes[0].payments[0].id}/receipt`, headers)
    expect([status, Buffer.from(bytes).toString()]).toEqual([404, expect.stringContaining('has no receipt: its provider is the seller')])
    const without = await startServer({ now: START, database: selling.database, environment: { PAYMENT_PROVIDER: 'none' } })
    expect((await dataOf(without.ask(10, query))).invoices).toEqual({ nodes })
    await without.close()
  })
})

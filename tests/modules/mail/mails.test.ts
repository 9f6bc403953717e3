import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { buy, cancelSubscription, dataOf, grantCredit, order, recordPayment } from '../../support/payments.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { type ReceivedMail, stableText, TestSmtpServer } from '../../support/smtp-server.js'

// Every kind of mail with its cause, as an SMTP server receives it. The texts are in tests/golden/mail.

const BOUGHT = '2026-12-05T10:00:00.000Z'
const smtp = new TestSmtpServer()
let server: TestServer
let plans: Catalog
let user = 300

beforeAll(async () => {
  await smtp.start()
  server = await startServer({
    now: BOUGHT,
    environment: {
      GRACE_DAYS: '3',
      MAIL_URL: smtp.url,
      MAIL_FROM: 'billing@example.com',
      COMPANY_NAME: 'Example Hosting',
      INVOICE_ISSUED_FROM_EMAIL: 'accounts@example.com',
    },
  })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await server.close()
  await smtp.stop()
})
beforeEach(async () => {
  user += 1
  server.clock.set(BOUGHT)
  await server.ask(user, '{ me { id } }')
})

/** The mails to the customer that have arrived since the last call. Customers of earlier tests receive mails as well. */
async function receive(): Promise<ReceivedMail[]> {
  await server.settle()
  return smtp.received.splice(0).filter(({ envelopeTo }) => envelopeTo[0] === `user${user}@example.com`)
}

async function advanceTo(...times: string[]): Promise<void> {
  for (const time of times) {
    server.clock.set(time)
    await server.tick()
  }
}

async function refund(who: number | 'admin', input: object): Promise<any> {
  const query = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { parts { id } } } }'
  const { id } = await server.services.db.order.findFirstOrThrow({ where: { userId: String(user) } })
  server.clock.set('2026-12-06T22:47:00.000Z')
  return (await dataOf(server.ask(who, query, { input: { orderId: String(id), ...input } }))).requestRefund.refund
}

const kindsOf = async () =>
  (await server.services.db.mail.findMany({ where: { userId: String(user) }, orderBy: { id: 'asc' } })).map(({ kind }) => kind)
const filesOf = ({ attachments }: ReceivedMail) => attachments.map(({ filename, mimeType }) => [filename, mimeType])

async function expectGolden(mail: ReceivedMail | undefined, name: string): Promise<void> {
  const { subject, text } = mail as ReceivedMail
  const stable = `Subject: ${subject}\n\n${stableText(text)}`
    .replaceAll(/\b(order|Order:?|orders\/)( ?)\d+/g, '$1$2NNN')
    .replaceAll(/\bsub_\d+/g, 'sub_NNN')
    .replaceAll(/(INV|CN)-2\d{3}-\d+/g, '$1-YYYY-NNNNNN')
    .replaceAll(/invoices\/\d+/g, 'invoices/NNN')
    .replaceAll(/User \d+/g, 'Ada Lovelace')
  await expect(stable).toMatchFileSnapshot(`../../golden/mail/${name}.txt`)
}

describe('a purchase', () => {
  test('is confirmed, and its paid invoice is attached to the next mail', async () => {
    const orderId = await order(server, user, plans.pro)
    const [placed, ...rest] = await receive()
    expect(rest).toEqual([])
    await expectGolden(placed, 'order-placed')
    await dataOf(recordPayment(server, { orderId, amount: 1500, reference: 'first transfer' }))
    const [invoice, ...others] = await receive()
    expect(others).toEqual([])
    await expectGolden(invoice, 'invoice-paid')
    expect(filesOf(invoice as ReceivedMail)).toEqual([[expect.stringMatching(/^INV-2026-\d+\.pdf$/), 'application/pdf']])
    const [file] = invoice?.attachments ?? []
    expect(
      Buffer.from(file?.content as ArrayBuffer)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    expect(await kindsOf()).toEqual(['ORDER_PLACED', 'INVOICE'])
  })

  test('goes to the customer, from the configured address, with the headers of an automatic mail', async () => {
    await order(server, user, plans.pro)
    const [mail] = await receive()
    expect(mail).toMatchObject({
      envelopeFrom: 'billing@example.com',
      envelopeTo: [`user${user}@example.com`],
      from: { name: 'Example Hosting', address: 'billing@example.com' },
      to: [{ name: `User ${user}`, address: `user${user}@example.com` }],
      replyTo: [{ address: 'accounts@example.com' }],
      messageId: expect.stringMatching(/^<quittance\.[0-9a-f-]{36}@example\.com>$/),
    })
    expect(mail?.source).toContain('Auto-Submitted: auto-generated')
  })

  test('links to documents that open without signing in', async () => {
    await buy(server, user, plans.pro)
    const invoice = (await receive()).at(-1)
    const [url = ''] = /http:\S+\/invoices\/\S+/.exec(invoice?.text ?? '') ?? []
    const response = await fetch(url)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    expect(invoice?.html).toContain(url.replaceAll('&', '&#38;'))
  })

  test('that is a gift sends nothing', async () => {
    const query = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'
    await dataOf(server.ask('admin', query, { input: { userId: String(user), planId: plans.pro, amount: 0 } }))
    expect(await receive()).toEqual([])
  })
})

describe('a subscription', () => {
  beforeEach(async () => {
    await buy(server, user, plans.pro)
    await receive()
  })

  test('is renewed: one mail with the invoice, reminders, and the payment', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [renewal, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(renewal, 'renewal-upcoming')
    expect(filesOf(renewal as ReceivedMail)).toEqual([[expect.stringMatching(/^INV-2026-/), 'application/pdf']])
    await advanceTo('2027-01-02T10:00:00.000Z')
    const [due] = await receive()
    await expectGolden(due, 'invoice-due')
    expect(filesOf(due as ReceivedMail)).toHaveLength(1)
    await advanceTo('2027-01-06T10:00:00.000Z')
    await expectGolden((await receive())[0], 'invoice-overdue')
    await advanceTo('2027-01-08T10:00:00.000Z')
    await expectGolden((await receive())[0], 'suspended')
    await advanceTo('2027-01-12T10:00:00.000Z')
    expect((await receive()).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Reminder: Invoice INV-2026-\d+ is overdue$/)])
    const { id } = await server.services.db.invoice.findFirstOrThrow({ where: { userId: String(user), status: 'OPEN' } })
    await dataOf(recordPayment(server, { invoiceId: String(id), amount: 1500, reference: `renewal ${id}` }))
    const [paid, resumed, ...others] = (await receive()).sort((a, b) => (a.subject ?? '').localeCompare(b.subject ?? ''))
    expect(others).toEqual([])
    await expectGolden(paid, 'payment-received')
    await expectGolden(resumed, 'resumed')
    expect(await kindsOf()).toEqual([
      'ORDER_PLACED',
      'INVOICE',
      'RENEWAL_UPCOMING',
      'INVOICE_DUE',
      'INVOICE_OVERDUE',
      'SUSPENDED',
      'INVOICE_OVERDUE',
      'RESUMED',
      'PAYMENT_RECEIVED',
    ])
  })

  test('that the balance renews needs no payment', async () => {
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 1500, currency: 'USD' } }))
    await advanceTo('2026-12-29T10:00:00.000Z')
    const [renewal, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(renewal, 'renewal-paid')
  })

  test('that is never paid is terminated, with the credit note attached', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-08T10:00:00.000Z')
    await receive()
    await advanceTo('2027-02-04T10:00:00.000Z')
    const mails = await receive()
    const terminated = mails.find(({ subject }) => subject?.includes('has ended'))
    await expectGolden(terminated, 'terminated')
    expect(filesOf(terminated as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2027-/), 'application/pdf']])
  })

  test('is suspended and resumed by an administrator', async () => {
    const { subscription } = await dataOf(server.ask(user, '{ subscription { id } }'))
    const change = (name: string, input: object) =>
      server.ask(
        'admin',
        `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`,
        { input },
      )
    await dataOf(change('suspendSubscription', { subscriptionId: subscription.id, reason: 'ABUSE' }))
    await expectGolden((await receive())[0], 'suspended-by-an-administrator')
    await dataOf(change('unsuspendSubscription', { subscriptionId: subscription.id }))
    expect((await receive()).map(({ subject }) => subject)).toEqual(['Your plan Pro is active again'])
  })

  test('changes its plan: one mail with both documents', async () => {
    const query = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { __typename } }'
    server.clock.set('2026-12-16T10:00:00.000Z')
    await dataOf(server.ask(user, query, { input: { planId: plans.starter, when: 'NOW' } }))
    const [changed, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(changed, 'plan-changed')
    expect(
      filesOf(changed as ReceivedMail)
        .map(([name]) => name?.slice(0, 3))
        .sort(),
    ).toEqual(['CN-', 'INV'])
  })

  test('is cancelled: what was declared, when, and when the plan ends', async () => {
    server.clock.set('2026-12-16T22:47:00.000Z')
    await dataOf(cancelSubscription(server, user))
    const [cancelled, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(cancelled, 'cancelled')
    await dataOf(server.ask(user, 'mutation { resumeSubscription { subscription { id } } }'))
    expect(await receive()).toEqual([])
    server.clock.set('2026-12-17T08:00:00.000Z')
    await dataOf(cancelSubscription(server, user))
    const [again, ...others] = await receive()
    expect(others).toEqual([])
    expect(again?.text).toContain('Received on: December 17, 2026 at 8:00 AM UTC')
    // Its end was confirmed already.
    await advanceTo('2027-01-05T10:00:00.000Z')
    expect(await receive()).toEqual([])
    expect(await kindsOf()).toEqual(['ORDER_PLACED', 'INVOICE', 'CANCELLED', 'CANCELLED'])
  })

  test('is cancelled: the confirmation does not wait behind other mails', async () => {
    for (const other of [1, 2]) {
      await server.ask(user * 10 + other, '{ me { id } }')
      await order(server, user * 10 + other, plans.pro)
    }
    await dataOf(cancelSubscription(server, user))
    await server.settle()
    const subjects = smtp.received.splice(0).map(({ subject }) => subject?.split(' ', 2).join(' '))
    expect(subjects).toEqual(['Your cancellation', 'Your order', 'Your order'])
  })

  test('is cancelled although its invoice is not paid: it ends at once, with the credit note attached', async () => {
    await advanceTo('2026-12-29T10:00:00.000Z', '2027-01-05T10:00:00.000Z')
    await receive()
    server.clock.set('2027-01-06T22:47:00.000Z')
    await dataOf(cancelSubscription(server, user))
    const [cancelled, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(cancelled, 'cancelled-at-once')
    expect(filesOf(cancelled as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2027-/), 'application/pdf']])
    expect((await kindsOf()).at(-1)).toBe('CANCELLED')
  })

  test('is cancelled for a reason: the confirmation repeats the reason', async () => {
    server.clock.set('2026-12-06T10:00:00.000Z')
    const cancel = 'mutation ($input: CancelSubscriptionInput) { cancelSubscription(input: $input) { receivedAt } }'
    await dataOf(server.ask(user, cancel, { input: { reason: 'The server was down <often>\nand for long.' } }))
    const [cancelled, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(cancelled, 'cancelled-for-a-reason')
    expect(filesOf(cancelled as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2026-/), 'application/pdf']])
  })

  test('is withdrawn from: the mail about the refund confirms the declaration', async () => {
    server.clock.set('2026-12-06T10:00:00.000Z')
    await dataOf(server.ask(user, 'mutation { withdrawFromSubscription { receivedAt } }'))
    const [confirmed, ...none] = await receive()
    expect(none).toEqual([])
    expect(confirmed?.text?.replaceAll(/\s+/g, ' ')).toMatch(
      /Your declaration: Withdrawal from the contract Received on: December 6, 2026 at 10:00/,
    )
  })

  test('is withdrawn from although nothing is paid, in the language of the customer', async () => {
    user += 1
    await server.ask(user, '{ me { id } }')
    await dataOf(
      server.ask(user, 'mutation { setBillingDetails(input: { name: "Emmy Noether", locale: "de" }) { billingDetails { locale } } }'),
    )
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, amount: 0 }))
    await receive()
    server.clock.set('2026-12-06T10:00:00.000Z')
    await dataOf(server.ask(user, 'mutation { withdrawFromSubscription { receivedAt } }'))
    const [withdrawn, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(withdrawn, 'withdrawn')
  })

  test('ends at once by cancelOrder of its buyer, and without a mail by cancelPlan of an administrator', async () => {
    const { id } = await server.services.db.order.findFirstOrThrow({ where: { userId: String(user) } })
    server.clock.set('2026-12-06T10:00:00.000Z')
    await dataOf(server.ask(user, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }', { id: String(id) }))
    const [cancelled, ...none] = await receive()
    expect(none).toEqual([])
    expect(cancelled?.subject).toBe('Your cancellation of Pro')
    expect(cancelled?.text?.replaceAll(/\s+/g, ' ')).toContain('Your plan ended on December 6, 2026 at 10:00 AM UTC.')
    user += 1
    await server.ask(user, '{ me { id } }')
    await buy(server, user, plans.pro)
    await receive()
    await dataOf(server.ask('admin', 'mutation ($id: ID!) { cancelPlan(input: { userId: $id }) { success } }', { id: String(user) }))
    expect((await receive()).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Credit note/)])
  })

  test('gets another price', async () => {
    const { subscription } = await dataOf(server.ask(user, '{ subscription { id } }'))
    await server.services.db.subscription.update({
      where: { id: BigInt(subscription.id.replace('sub_', '')) },
      data: { nextPrice: 1900n, nextPriceAt: new Date('2027-02-05T10:00:00.000Z'), priceNoticeAt: new Date('2026-12-20T10:00:00.000Z') },
    })
    await advanceTo('2026-12-20T10:00:00.000Z')
    await expectGolden((await receive())[0], 'price-changing')
  })

  test('is refunded: the request is acknowledged at once, with the credit note, and again when the money is returned', async () => {
    const { parts } = await refund(user, { reason: 'Withdrawal' })
    const [requested, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(requested, 'refund-requested')
    expect(filesOf(requested as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2026-/), 'application/pdf']])
    server.clock.set('2026-12-08T10:00:00.000Z')
    const confirm = 'mutation ($input: ConfirmRefundInput!) { confirmRefund(input: $input) { __typename } }'
    const [{ id }] = parts
    await dataOf(server.ask('admin', confirm, { input: { partId: id, reference: 'transfer back' } }))
    const [paidOut, ...others] = await receive()
    expect(others).toEqual([])
    await expectGolden(paidOut, 'refund')
    expect((await kindsOf()).slice(-2)).toEqual(['REFUND_REQUESTED', 'REFUND'])
  })

  test('is refunded to the balance: one mail acknowledges and reports it', async () => {
    await refund(user, { reason: 'Withdrawal', to: 'BALANCE' })
    const [refunded, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(refunded, 'refund-to-balance')
    expect(filesOf(refunded as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2026-/), 'application/pdf']])
  })

  test('is refunded by an administrator: the customer has declared nothing', async () => {
    await refund('admin', { reason: 'Goodwill' })
    const [requested, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(requested, 'refund-of-an-administrator')
  })

  test('has its invoice credited', async () => {
    const { id } = await server.services.db.invoice.findFirstOrThrow({ where: { userId: String(user) } })
    const query = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { __typename } }'
    await dataOf(server.ask('admin', query, { input: { invoiceId: String(id), amount: 1500, reason: 'Goodwill' } }))
    const [creditNote, ...none] = await receive()
    expect(none).toEqual([])
    await expectGolden(creditNote, 'credit-note')
    expect(filesOf(creditNote as ReceivedMail)).toEqual([[expect.stringMatching(/^CN-2026-/), 'application/pdf']])
  })
})

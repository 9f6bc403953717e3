import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { askWith, openLink, pageHeaders } from '../../support/page-session.js'
import { buy, dataOf, order } from '../../support/payments.js'
import { startServer, type TestServer } from '../../support/server.js'
import { portalLinkOf, type ReceivedMail, TestSmtpServer } from '../../support/smtp-server.js'

// The link to the portal in mails, as it arrives at an SMTP server and is opened over HTTP.

const NOW = '2026-12-05T10:00:00.000Z'
const smtp = new TestSmtpServer()
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  await smtp.start()
  server = await startServer({ now: NOW, environment: { MAIL_URL: smtp.url, MAIL_FROM: 'billing@example.com', GRACE_DAYS: '3' } })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await server.close()
  await smtp.stop()
})
beforeEach(async () => {
  user += 1
  server.clock.set(NOW)
  await server.ask(user, '{ me { id } }')
})
afterEach(() => {
  smtp.received.length = 0
  smtp.responses.length = 0
})

const linksOf = (mails: readonly ReceivedMail[]) => mails.map((mail) => portalLinkOf(mail) ?? '')

/** The mails to the customer since the last call. */
async function receive(): Promise<ReceivedMail[]> {
  await server.settle()
  return smtp.received.splice(0).filter(({ envelopeTo }) => envelopeTo[0] === `user${user}@example.com`)
}

/** The random part of the link in a mail. */
const secretOf = (mail: ReceivedMail | undefined) => /session\/([\w-]+)\./.exec(portalLinkOf(mail as ReceivedMail) ?? '')?.[1] ?? ''

async function runRetries(): Promise<void> {
  await server.connections.pool.query(`UPDATE _private_jobs SET run_at = now() WHERE key LIKE 'sendMail:%'`)
  await server.settle()
}

/** Where a link leads. */
const open = async (link = '') => (await openLink(server, link)).body.returnPath
const idOf = async (subscriptionOfUser: number) =>
  (await server.services.db.invoice.findFirstOrThrow({ where: { userId: String(subscriptionOfUser) }, orderBy: { id: 'desc' } })).id

describe('a mail', () => {
  test('contains a link that signs its reader in once, after a press of a button', async () => {
    await order(server, user, plans.pro)
    const [mail] = await receive()
    const link = portalLinkOf(mail as ReceivedMail) ?? ''
    expect(link).toMatch(new RegExp(`^${server.url}/portal/session/[\\w-]{43}\\.[\\w-]{43}$`))
    expect(mail?.html).toContain(`href="${link}"`)
    // A scanner that opens the link and runs its scripts does not use it up.
    const page = await fetch(link)
    expect([page.status, (await page.text()).includes('&#34;needsButton&#34;:true')]).toEqual([200, true])
    const { status, cookie } = await openLink(server, link)
    expect(status).toBe(200)
    const { data } = await askWith(server, pageHeaders(server, 'portal', cookie), '{ me { id } }')
    expect(data.me.id).toBe(`user_${user}`)
    expect((await openLink(server, link)).status).toBe(401)
    expect(mail?.text).toContain('signs you in once, within 7 days.')
    expect(mail?.html).toContain('Do not forward it to anybody.')
  })

  test('has a link that expires after seven days', async () => {
    await order(server, user, plans.pro)
    await order(server, user, plans.pro)
    const [first, second] = linksOf(await receive())
    server.clock.set('2026-12-12T09:59:59.999Z')
    expect((await openLink(server, first ?? '')).status).toBe(200)
    server.clock.set('2026-12-12T10:00:00.000Z')
    expect((await openLink(server, second ?? '')).status).toBe(401)
  })

  test('has a link that endPortalSessions invalidates', async () => {
    await order(server, user, plans.pro)
    const [link = ''] = linksOf(await receive())
    const query = 'mutation ($input: EndPortalSessionsInput!) { endPortalSessions(input: $input) { count } }'
    await dataOf(server.ask('admin', query, { input: { userId: String(user) } }))
    expect((await openLink(server, link)).status).toBe(401)
  })

  test('that is sent again has a link of its own, and the earlier one still works', async () => {
    await order(server, user, plans.pro)
    const [earlier = ''] = linksOf(await receive())
    const { id } = await server.services.db.mail.findFirstOrThrow({ where: { userId: String(user) } })
    await dataOf(server.ask('admin', 'mutation ($id: ID!) { resendMail(input: { mailId: $id }) { mail { id } } }', { id: String(id) }))
    const [later = ''] = linksOf(await receive())
    expect(later).not.toBe(earlier)
    expect([(await openLink(server, earlier)).status, (await openLink(server, later)).status]).toEqual([200, 200])
  })

  test('that was deferred has a link that works', async () => {
    smtp.responses.push('451 4.3.0 Try again later')
    await order(server, user, plans.pro)
    await server.settle()
    expect(smtp.received).toEqual([])
    await runRetries()
    const [link = ''] = linksOf(await receive())
    expect((await openLink(server, link)).status).toBe(200)
  })

  test('leaves neither the secret of its link in the database nor in the log, also if the mail server repeats it', async () => {
    smtp.onContent = (mail) => `554 5.6.0 Refused because of ${portalLinkOf(mail)}`
    await order(server, user, plans.pro)
    await server.settle()
    smtp.onContent = () => undefined
    const [refused] = smtp.received.splice(0)
    await runRetries()
    const secret = secretOf(refused)
    expect(secret).toHaveLength(43)
    const [sent] = await receive()
    const other = secretOf(sent)
    expect(server.logged.join('\n')).toContain('554 5.6.0 Refused because of')
    for (const table of ['mails', 'page_sessions', 'audit_entries', 'outbox_events', '_private_jobs']) {
      const { rows } = await server.owner.query(`SELECT to_jsonb(${table})::text AS row FROM ${table}`)
      for (const text of [secret, other]) expect(rows.map(({ row }) => row).join('\n')).not.toContain(text)
    }
    for (const text of [secret, other]) expect(server.logged.join('\n')).not.toContain(text)
  })

  test('has no link without the portal', async () => {
    const environment = { MAIL_URL: smtp.url, MAIL_FROM: 'billing@example.com', PAGES: 'admin' }
    const other = await startServer({ now: NOW, environment })
    const catalog = await createCatalog(other)
    await other.ask(user, '{ me { id } }')
    await order(other, user, catalog.pro)
    await other.settle()
    const [mail] = smtp.received
    expect([mail?.subject, portalLinkOf(mail as ReceivedMail)]).toEqual([expect.stringMatching(/^Your order/), undefined])
    expect(mail?.text).not.toMatch(/portal|signs you in/)
    expect(await other.services.db.pageSession.count()).toBe(0)
    await other.close()
  })
})

describe('a link', () => {
  test('leads to where an order can be paid, which is its most important button', async () => {
    const orderId = await order(server, user, plans.pro)
    const [mail] = await receive()
    expect(mail?.html).toMatch(/class="main" href="[^"]+\/portal\/session\/[^"]+"[^>]+>Pay now</)
    expect(await open(portalLinkOf(mail as ReceivedMail))).toBe(`/portal/orders/${orderId}`)
  })

  test('leads to the invoice of a renewal and of its reminders, and to all open ones after a suspension', async () => {
    await buy(server, user, plans.pro)
    await receive()
    for (const [time, subject] of [
      ['2026-12-29T10:00:00.000Z', /renews on/],
      ['2027-01-02T10:00:00.000Z', /is due on/],
      ['2027-01-06T10:00:00.000Z', /is overdue/],
    ] as const) {
      server.clock.set(time)
      await server.tick()
      const [mail] = await receive()
      expect(mail?.subject).toMatch(subject)
      expect(await open(portalLinkOf(mail as ReceivedMail))).toBe(`/portal/invoices/inv_${await idOf(user)}`)
    }
    server.clock.set('2027-01-08T10:00:00.000Z')
    await server.tick()
    const [suspended] = await receive()
    expect(suspended?.subject).toMatch(/is suspended/)
    expect(await open(portalLinkOf(suspended as ReceivedMail))).toBe('/portal/invoices')
  })

  test('leads to the plan if nothing is to be paid, after the documents', async () => {
    await buy(server, user, plans.pro)
    const invoice = (await receive()).at(-1)
    expect(invoice?.html).toMatch(
      /class="main" href="[^"]+\/invoices\/.*class="quiet" href="[^"]+\/portal\/session\/[^"]+"[^>]+>Manage your plan</s,
    )
    expect(await open(portalLinkOf(invoice as ReceivedMail))).toBe('/portal')
  })

  test('of an organisation signs in the manager who receives the mail, not the buyer who has left', async () => {
    await createOrganisation(server, 950, { 951: 'OWNER', 952: 'ADMIN' })
    const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    const { placeOrder } = await dataOf(server.ask(952, query, { input: { planId: plans.pro, organisationId: '950' } }))
    await server.services.db.membership.delete({ where: { organisationId_userId: { organisationId: '950', userId: '952' } } })
    await server.settle()
    const [mail] = smtp.received
    expect(mail?.envelopeTo).toEqual(['user951@example.com'])
    const { cookie, body } = await openLink(server, portalLinkOf(mail as ReceivedMail) ?? '')
    expect(body.returnPath).toBe(`/portal/orders/${placeOrder.order.id}?organisation=org_950`)
    expect((await askWith(server, pageHeaders(server, 'portal', cookie), '{ me { id } }')).data.me.id).toBe('user_951')
  })

  test('is not created for an organisation that nobody manages', async () => {
    await createOrganisation(server, 960, { 961: 'OWNER' })
    const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    await dataOf(server.ask(961, query, { input: { planId: plans.pro, organisationId: '960' } }))
    await server.services.db.membership.delete({ where: { organisationId_userId: { organisationId: '960', userId: '961' } } })
    const before = await server.services.db.pageSession.count()
    await server.settle()
    expect(smtp.received).toEqual([])
    expect(await server.services.db.pageSession.count()).toBe(before)
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Customer } from '../../../src/modules/identity/index.js'
import { isMailExhausted, mailRetryDelay } from '../../../src/modules/mail/mail.rules.js'
import { publishEvent } from '../../../src/modules/webhooks/index.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { openLink } from '../../support/page-session.js'
import { buy, dataOf, order } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { portalLinkOf, type ReceivedMail, stableText, TestSmtpServer } from '../../support/smtp-server.js'

// What happens to a mail between its cause and the server that receives it.

const NOW = '2026-12-05T10:00:00.000Z'
const PASSWORD = 'p@ss: very/secret'
const smtp = new TestSmtpServer({ credentials: { user: 'quittance', password: PASSWORD } })
let server: TestServer
let plans: Catalog
let user = 400

beforeAll(async () => {
  await smtp.start()
  server = await startServer({ now: NOW, environment: { MAIL_URL: smtp.url, MAIL_FROM: 'Example Hosting <billing@example.com>' } })
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
  smtp.onArrival = async () => undefined
})

const FIELDS =
  'id kind status recipient locale attempts error createdAt nextAttemptAt sentAt customer { ... on User { id } ... on Organisation { id } }'

async function readMails(customer = `user_${user}`, filter: object = {}): Promise<any[]> {
  const query = `query ($filter: MailFilter) { mails(first: 20, filter: $filter, orderBy: OLDEST_FIRST) { nodes { ${FIELDS} } } }`
  return (await dataOf(server.ask('admin', query, { filter: { customerId: customer, ...filter } }))).mails.nodes
}

const readMail = async () => (await readMails()).at(-1)

/** Makes the next attempts due, as time would. */
async function runRetries(): Promise<void> {
  await server.connections.pool.query(`UPDATE _private_jobs SET run_at = now() WHERE key LIKE 'sendMail:%'`)
  await server.settle()
}

const resend = (mailId: string) =>
  server.ask('admin', `mutation ($input: ResendMailInput!) { resendMail(input: $input) { mail { ${FIELDS} } } }`, { input: { mailId } })

describe('an attempt', () => {
  test('that succeeds is recorded', async () => {
    await order(server, user, plans.pro)
    expect(await readMail()).toMatchObject({
      kind: 'ORDER_PLACED',
      status: 'QUEUED',
      recipient: null,
      attempts: 0,
      nextAttemptAt: NOW,
      sentAt: null,
    })
    await server.settle()
    expect(await readMail()).toMatchObject({
      status: 'SENT',
      recipient: `user${user}@example.com`,
      locale: 'en-US',
      attempts: 1,
      error: null,
      nextAttemptAt: null,
      sentAt: NOW,
      customer: { id: `user_${user}` },
    })
    expect(smtp.received).toHaveLength(1)
  })

  test('that the server defers is repeated later, with the same Message-ID', async () => {
    smtp.responses.push('451 4.3.0 Try again later', '451 4.3.0 Try again later')
    await order(server, user, plans.pro)
    await server.settle()
    expect(await readMail()).toMatchObject({
      status: 'QUEUED',
      attempts: 1,
      error: '451 4.3.0 Try again later',
      nextAttemptAt: '2026-12-05T10:01:00.000Z',
    })
    // Nothing is due before that.
    await server.settle()
    expect((await readMail()).attempts).toBe(1)
    await runRetries()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', attempts: 2, nextAttemptAt: '2026-12-05T10:02:00.000Z' })
    await runRetries()
    expect(await readMail()).toMatchObject({ status: 'SENT', attempts: 3, error: null })
    expect(smtp.received).toHaveLength(1)
  })

  test('that is to be repeated is counted by the metrics, with the age of the mail', async () => {
    await runRetries()
    const gauges = async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return ['mails_waiting', 'mail_lag_seconds'].map((name) => new RegExp(`^quittance_${name} (\\S+)$`, 'm').exec(text)?.[1])
    }
    expect(await gauges()).toEqual(['0', '0'])
    smtp.responses.push('451 4.3.0 Try again later')
    await order(server, user, plans.pro)
    await server.settle()
    server.clock.set('2026-12-05T10:01:30.000Z')
    expect(await gauges()).toEqual(['1', '90'])
    await runRetries()
    expect(await gauges()).toEqual(['0', '0'])
  })

  test('whose success could not be recorded is repeated with the same Message-ID and content', async () => {
    // The server confirms a mail, and the row is locked until its recording has failed.
    await order(server, user, plans.pro)
    const lock = await server.owner.connect()
    smtp.onArrival = async () => {
      smtp.onArrival = async () => undefined
      await lock.query('BEGIN')
      await lock.query('ALTER TABLE mails ADD CONSTRAINT mails_broken CHECK (sent_at IS NULL) NOT VALID')
      await lock.query('COMMIT')
    }
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', sentAt: null })
    await lock.query('ALTER TABLE mails DROP CONSTRAINT mails_broken')
    lock.release()
    await runRetries()
    expect(await readMail()).toMatchObject({ status: 'SENT' })
    const [first, second, ...others] = smtp.received
    expect(others).toEqual([])
    expect(second?.messageId).toBe(first?.messageId)
    expect([second?.subject, stableText(second?.text)]).toEqual([first?.subject, stableText(first?.text)])
    for (const mail of [first, second]) expect((await openLink(server, portalLinkOf(mail as ReceivedMail) ?? '')).status).toBe(200)
  })

  test('is not repeated for ever', async () => {
    await order(server, user, plans.pro)
    smtp.responses.push(...Array(26).fill('451 4.3.0 Try again later'))
    for (let attempts = 1; attempts < 26; attempts += 1) await runRetries()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', attempts: 25 })
    await runRetries()
    expect(await readMail()).toMatchObject({ status: 'FAILED', attempts: 26, error: '451 4.3.0 Try again later', nextAttemptAt: null })
    await runRetries()
    expect(smtp.received).toEqual([])
  })

  test('takes three days until it fails for good', () => {
    const delays = Array.from({ length: 30 }, (_, index) => index + 1).filter((failures) => !isMailExhausted(failures))
    const hours = delays.reduce((sum, failures) => sum + mailRetryDelay(failures), 0) / 3_600_000
    expect(hours).toBeGreaterThan(72)
    expect(hours).toBeLessThan(73)
  })

  test('that cannot be prepared is recorded and repeated', async () => {
    await order(server, user, plans.pro)
    const content = (value: string) =>
      server.owner.query(`UPDATE mails SET content = $2, locale = 'en-US' WHERE user_id = $1`, [String(user), value])
    await content('{}')
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', attempts: 1, error: expect.stringContaining('could not be prepared') })
    await server.owner.query('UPDATE mails SET content = NULL, locale = NULL WHERE user_id = $1', [String(user)])
    await runRetries()
    expect(await readMail()).toMatchObject({ status: 'SENT', attempts: 2 })
  })

  test('whose job was lost is made within the hour', async () => {
    await order(server, user, plans.pro)
    await server.owner.query('DELETE FROM graphile_worker._private_jobs')
    await server.runTask('sweep')
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', attempts: 0 })
    server.clock.set('2026-12-05T11:00:00.001Z')
    await server.runTask('sweep')
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'SENT', attempts: 1 })
  })

  test('of a server that cannot be reached is repeated, and no transaction waits for it', async () => {
    const other = await startServer({ now: NOW, environment: { MAIL_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'billing@example.com' } })
    const catalog = await createCatalog(other)
    await other.ask(77, '{ me { id } }')
    await order(other, 77, catalog.pro)
    await other.settle()
    const [mail] = await other.services.db.mail.findMany()
    expect(mail).toMatchObject({ status: 'QUEUED', attempts: 1, error: expect.stringContaining('ECONNREFUSED') })
    await other.close()
  })

  test('with a wrong password is repeated, and neither the log nor the API contain the password', async () => {
    const wrong = smtp.url.replace(encodeURIComponent(PASSWORD), 'another%20secret')
    const other = await startServer({ now: NOW, environment: { MAIL_URL: wrong, MAIL_FROM: 'billing@example.com' } })
    const catalog = await createCatalog(other)
    await other.ask(77, '{ me { id } }')
    await order(other, 77, catalog.pro)
    await other.settle()
    const [mail] = await other.services.db.mail.findMany()
    expect(mail).toMatchObject({ status: 'QUEUED', attempts: 1, error: '535 5.7.8 Wrong: ***' })
    expect(other.logged.join('')).toContain('535 5.7.8 Wrong: ***')
    const encoded = Buffer.from('another secret').toString('base64')
    for (const secret of ['another secret', 'another%20secret', encoded]) expect(other.logged.join('')).not.toContain(secret)
    await other.close()
  })
})

describe('an address', () => {
  test('that the server refuses has bounced: later mails are skipped until the panel syncs another one', async () => {
    smtp.responses.push('550 5.1.1 No such user')
    await buy(server, user, plans.pro)
    await server.settle()
    const [bounced, skipped] = await readMails()
    expect(bounced).toMatchObject({ kind: 'ORDER_PLACED', status: 'BOUNCED', attempts: 1, error: '550 5.1.1 No such user', sentAt: null })
    expect(skipped).toMatchObject({ kind: 'INVOICE', status: 'SKIPPED', attempts: 0, error: expect.stringContaining('has bounced') })
    expect(smtp.received).toEqual([])
    expect((await dataOf(server.ask(user, '{ me { emailBouncedAt } }'))).me).toEqual({ emailBouncedAt: NOW })
    expect((await readMails(`user_${user}`, { status: ['BOUNCED'] })).map(({ id }) => id)).toEqual([bounced.id])
    await server.services.db.user.update({ where: { id: String(user) }, data: { email: `new${user}@example.com` } })
    expect((await dataOf(server.ask('admin', `{ node(id: "user_${user}") { ... on User { emailBouncedAt } } }`))).node).toEqual({
      emailBouncedAt: null,
    })
    await dataOf(resend(skipped.id))
    await server.settle()
    expect(smtp.received.map(({ envelopeTo }) => envelopeTo)).toEqual([[`new${user}@example.com`]])
  })

  test('works again when the server has accepted a mail that was sent again', async () => {
    smtp.responses.push('550 5.1.1 No such user')
    await order(server, user, plans.pro)
    await server.settle()
    const bounced = await readMail()
    await dataOf(resend(bounced.id))
    await server.settle()
    const [first, second] = await readMails()
    expect([first.status, second.status]).toEqual(['BOUNCED', 'SENT'])
    expect((await dataOf(server.ask(user, '{ me { emailBouncedAt } }'))).me).toEqual({ emailBouncedAt: null })
  })

  test('of somebody else is greeted with the name of its owner', async () => {
    smtp.responses.push('550 5.1.1 No such user')
    await order(server, user, plans.pro)
    await server.settle()
    const bounced = await readMail()
    await server.services.db.user.update({ where: { id: String(user) }, data: { name: 'Grace', email: `grace${user}@example.com` } })
    await dataOf(resend(bounced.id))
    await server.settle()
    expect(smtp.received[0]?.to).toEqual([{ name: 'Grace', address: `grace${user}@example.com` }])
    expect(smtp.received[0]?.text).toContain('Hello Grace,')
  })

  test.each(['550 5.7.1 Relaying denied', '530 5.7.0 Must issue a STARTTLS command first'])('has not bounced by "%s"', async (response) => {
    smtp.responses.push(response)
    await order(server, user, plans.pro)
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'QUEUED', attempts: 1, error: response })
    expect((await dataOf(server.ask(user, '{ me { emailBouncedAt } }'))).me).toEqual({ emailBouncedAt: null })
    await runRetries()
  })

  test('that has bounced is hidden from other users', async () => {
    await createOrganisation(server, 920, { [user]: 'OWNER', 921: 'ADMIN' })
    const members = await server.ask(
      user,
      '{ me { organisations { organisation { members { nodes { user { id email emailBouncedAt } } } } } } }',
    )
    expect(codeOf(members)).toBe('FORBIDDEN')
    const { nodes } = members.data.me.organisations[0].organisation.members
    const own = nodes.find((node: any) => node.user.id === `user_${user}`)
    const other = nodes.find((node: any) => node.user.id === 'user_921')
    expect([own.user.emailBouncedAt, other.user.emailBouncedAt, other.user.email]).toEqual([null, null, 'user921@example.com'])
    expect(codeOf(await server.ask(user, '{ mails { nodes { id } } }'))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(user, 'mutation { resendMail(input: { mailId: "mail_1" }) { mail { id } } }'))).toBe('FORBIDDEN')
  })

  test.each([
    ['is missing', null, 'the customer has no e-mail address'],
    ['is empty', '', 'the customer has no e-mail address'],
    ['is not an address', 'ada', 'the e-mail address of the customer is not valid'],
    ['has a line break', 'ada@example.com\r\nBcc: eve@example.com', 'the e-mail address of the customer is not valid'],
    ['names two', 'ada@example.com, eve@example.com', 'the e-mail address of the customer is not valid'],
    ['has a name', 'Ada <ada@example.com>', 'the e-mail address of the customer is not valid'],
  ])('that %s: the mail is skipped, and nothing fails', async (_name, email, error) => {
    await order(server, user, plans.pro)
    await server.services.db.user.update({ where: { id: String(user) }, data: { email } })
    await server.settle()
    expect(await readMail()).toMatchObject({ status: 'SKIPPED', attempts: 0, error })
    expect(smtp.received).toEqual([])
  })
})

describe('a name', () => {
  test.each([
    ['line breaks', 'Ada\r\nBcc: eve@example.com\r\n\r\nBody', 'Ada Bcc: eve@example.com Body'],
    ['a text of 10,000 characters', 'A'.repeat(10_000), `${'A'.repeat(79)}…`],
    ['an address and quotes', '"Eve" <eve@example.com>', '"Eve" <eve@example.com>'],
    ['a reversed direction', 'Ada\u202eLovelace', 'Ada Lovelace'],
    ['Hebrew', 'עדה לאבלייס', 'עדה לאבלייס'],
  ])('with %s cannot change the headers or the text', async (_name, name, shown) => {
    await order(server, user, plans.pro)
    await server.services.db.user.update({ where: { id: String(user) }, data: { name } })
    await server.settle()
    const [mail, ...others] = smtp.received
    expect(others).toEqual([])
    expect(mail?.envelopeTo).toEqual([`user${user}@example.com`])
    expect(mail?.to).toEqual([{ name: shown, address: `user${user}@example.com` }])
    expect([mail?.cc, mail?.bcc]).toEqual([undefined, undefined])
    expect(mail?.text).toContain(`Hello ${shown},`)
  })

  test('of a plan or a person is text in the HTML', async () => {
    const markup = `<img src=x onerror=alert(1)>"'&</td><script>alert(2)</script>`
    await server.services.db.user.update({ where: { id: String(user) }, data: { name: `Ada ${markup.slice(0, 50)}` } })
    const orderId = await order(server, user, plans.pro)
    const items = { kind: 'TEXT', description: markup, parameters: {} } as const
    await server.owner.query('ALTER TABLE order_items DISABLE TRIGGER USER')
    await server.owner.query('UPDATE order_items SET kind = $2, description = $3, parameters = $4 WHERE order_id = $1', [
      orderId.replace('ord_', ''),
      items.kind,
      items.description,
      items.parameters,
    ])
    await server.owner.query('ALTER TABLE order_items ENABLE TRIGGER USER')
    await server.settle()
    const html = smtp.received[0]?.html ?? ''
    expect(html).not.toMatch(/<img|<script/)
    expect(html).toContain('&#60;script&#62;alert(2)&#60;/script&#62;')
    expect(smtp.received[0]?.text).toContain('<script>alert(2)</script>')
  })
})

describe('a cause', () => {
  const suspended = (customer: Customer, subscriptionId: bigint) =>
    ({ type: 'subscription.terminated', customer, payload: { subscriptionId, planId: 1n }, at: new Date(NOW) }) as const

  test('has one mail of a kind, however often its event is published', async () => {
    await buy(server, user, plans.pro)
    const { id, userId, organisationId } = await server.services.db.subscription.findFirstOrThrow({ where: { userId: String(user) } })
    const event = suspended({ userId, organisationId }, id)
    const publish = () =>
      runTransaction(server.services.db, async (tx) => {
        await publishEvent(tx, event)
        await publishEvent(tx, event)
      })
    await Promise.all([publish(), publish(), publish()])
    await server.settle()
    expect((await readMails()).map(({ kind }) => kind)).toEqual(['ORDER_PLACED', 'INVOICE', 'TERMINATED'])
    expect(smtp.received.filter(({ subject }) => subject?.includes('has ended'))).toHaveLength(1)
  })

  test('that is one of many orders within an hour queues nothing', async () => {
    for (let count = 0; count < 12; count += 1) await order(server, user, plans.pro)
    expect(await readMails()).toHaveLength(10)
    server.clock.set('2026-12-05T11:00:00.001Z')
    await order(server, user, plans.pro)
    expect(await readMails()).toHaveLength(11)
    await server.settle()
  })

  test('that is rolled back queues nothing', async () => {
    const customer = { userId: String(user), organisationId: null }
    const failing = runTransaction(server.services.db, async (tx) => {
      await publishEvent(tx, suspended(customer, 1n))
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await server.settle()
    expect(await readMails()).toEqual([])
    expect(smtp.received).toEqual([])
  })

  test('without a configured sender queues nothing', async () => {
    const other = await startServer({ now: NOW, environment: { NODE_ENV: 'production' } })
    const catalog = await createCatalog(other)
    await other.ask(77, '{ me { id } }')
    await buy(other, 77, catalog.pro)
    await other.settle()
    expect(await other.services.db.mail.count()).toBe(0)
    const { errors } = await other.ask('admin', 'mutation { resendMail(input: { mailId: "mail_1" }) { mail { id } } }')
    expect(errors?.[0]?.message).toBe('input.mailId: this server sends no mails; set MAIL_URL and MAIL_FROM')
    expect((await fetch(`${other.url}/demo/mail`)).status).toBe(404)
    await other.close()
  })

  test('whose sender is not configured any more is skipped', async () => {
    await order(server, user, plans.pro)
    const other = await startServer({ now: NOW, environment: { NODE_ENV: 'production' }, database: server.database })
    await other.settle()
    await other.close()
    expect(await readMail()).toMatchObject({ status: 'SKIPPED', error: 'MAIL_URL and MAIL_FROM are not set' })
  })
})

describe('an organisation', () => {
  const organisation = (id: number) => `org_${id}`
  const orderFor = (who: number, id: number) =>
    dataOf(
      server.ask(who, 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }', {
        input: { planId: plans.pro, organisationId: String(id) },
      }),
    )

  test('is written to by its buyer', async () => {
    await createOrganisation(server, 900, { 901: 'OWNER', 902: 'ADMIN', 903: 'MEMBER' })
    await orderFor(902, 900)
    await server.settle()
    expect(smtp.received.map(({ envelopeTo }) => envelopeTo)).toEqual([['user902@example.com']])
    expect(await readMails(organisation(900))).toMatchObject([{ status: 'SENT', customer: { id: 'org_900' } }])
  })

  test('is written to by an owner when the buyer does not manage it any more', async () => {
    await createOrganisation(server, 910, { 911: 'ADMIN', 912: 'OWNER', 913: 'ADMIN' })
    await orderFor(913, 910)
    await server.services.db.membership.update({
      where: { organisationId_userId: { organisationId: '910', userId: '913' } },
      data: { role: 'MEMBER' },
    })
    await server.settle()
    expect(smtp.received.map(({ envelopeTo }) => envelopeTo)).toEqual([['user912@example.com']])
  })
})

describe('resendMail', () => {
  test('sends a mail of its own with the same content', async () => {
    await order(server, user, plans.pro)
    await server.settle()
    const first = await readMail()
    const { resendMail } = await dataOf(resend(first.id))
    expect(resendMail.mail).toMatchObject({ kind: 'ORDER_PLACED', status: 'QUEUED' })
    await server.settle()
    const [earlier, later] = smtp.received
    expect(later?.messageId).not.toBe(earlier?.messageId)
    expect(later?.subject).toBe(earlier?.subject)
    const { rows } = await server.owner.query(
      `SELECT actor, subject, details FROM audit_entries WHERE action = 'resendMail' ORDER BY id DESC LIMIT 1`,
    )
    expect(rows[0]).toMatchObject({ actor: 'user:1', subject: `user:${user}`, details: { kind: 'ORDER_PLACED' } })
  })

  test('refuses a mail that is queued or does not exist', async () => {
    await order(server, user, plans.pro)
    const queued = await readMail()
    expect((await resend(queued.id)).errors?.[0]?.message).toMatch(/^input\.mailId: mail \d+ is still queued/)
    expect((await resend('mail_999999')).errors?.[0]?.message).toBe('input.mailId: mail 999999 does not exist')
    expect((await resend('ord_1')).errors?.[0]?.message).toContain('must be the id of the type Mail')
  })
})

test('mails that are not queued are never changed, and removed after 400 days', async () => {
  await order(server, user, plans.pro)
  await server.settle()
  const { db } = server.services
  await expect(
    server.owner.query(`UPDATE mails SET status = 'QUEUED', sent_at = NULL, next_attempt_at = now() WHERE user_id = $1`, [String(user)]),
  ).rejects.toThrow(/is sent already/)
  const before = await db.mail.count()
  server.clock.set('2028-01-09T10:00:00.000Z')
  await server.runTask('sweep')
  expect(await db.mail.count({ where: { userId: String(user) } })).toBe(1)
  server.clock.set('2028-01-09T10:00:00.001Z')
  await server.runTask('sweep')
  expect(await db.mail.count({ where: { userId: String(user) } })).toBe(0)
  expect(await db.mail.count()).toBeLessThan(before)
  expect(await db.mail.count({ where: { status: 'BOUNCED' } })).toBeGreaterThan(0)
})

test('an address that works again does not count as bounced when its later mails are removed', async () => {
  smtp.responses.push('550 5.1.1 No such user')
  await order(server, user, plans.pro)
  await server.settle()
  const bounced = await readMail()
  await resend(bounced.id)
  await server.settle()
  const emailBouncedAt = async () => (await server.ask('admin', `{ user(id: "${user}") { emailBouncedAt } }`)).data.user.emailBouncedAt
  expect([bounced.status, await emailBouncedAt()]).toEqual(['BOUNCED', null])
  server.clock.set('2028-01-10T10:00:00.000Z')
  await server.runTask('sweep')
  expect(await emailBouncedAt()).toBeNull()
})

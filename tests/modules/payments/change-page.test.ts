import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signChangePage } from '../../../src/modules/payments/change-page/change-page-token.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { buy, buyUnpaid, dataOf, grantCredit, recordPayment } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const PANEL = 'https://panel.example.com'
const SUCCESS = `${PANEL}/billing?changed=true`
const CANCEL = `${PANEL}/billing?left=true`
/** The customer of all tests. */
const ADA = 10

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T00:00:00.000Z', environment: { CHECKOUT_ORIGINS: PANEL } })
  plans = await createCatalog(server)
  await server.ask(ADA, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const create = (input: object = {}, who = ADA) =>
  server.ask(who, 'mutation ($input: CreateChangePageInput!) { createChangePage(input: $input) { url } }', {
    input: { plan: 'pro', successUrl: SUCCESS, cancelUrl: CANCEL, ...input },
  })
const pageFor = async (plan: string, input: object = {}): Promise<string> => (await create({ plan, ...input })).data.createChangePage.url

async function open(url: string, requestHeaders: Record<string, string> = {}): Promise<{ status: number; html: string; headers: Headers }> {
  const response = await fetch(url, { headers: requestHeaders })
  return { status: response.status, html: await response.text(), headers: response.headers }
}

/** Submits the form of a page as a browser does. */
async function submit(url: string, fields: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) })
  return { status: response.status, location: response.headers.get('location'), html: await response.text() }
}

/** The hidden fields of the form. */
const fieldsOf = (html: string) =>
  Object.fromEntries([...html.matchAll(/<input type="hidden" name="(\w+)" value="(\w+)">/g)].map(([, name, value]) => [name, value]))
/** The labels and values of the page. */
const rowsOf = (html: string) =>
  [...html.matchAll(/<dt[^>]*>([^<]*)<\/dt><dd[^>]*>([^<]*)<\/dd>/g)].map(([, label, value]) => [label, value])

/** Buys a plan in the sandbox. */
async function buyInSandbox(plan: string): Promise<void> {
  const { data } = await server.ask(ADA, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input: { plan, successUrl: SUCCESS, cancelUrl: CANCEL },
  })
  expect((await submit(`${data.createCheckout.checkoutUrl}/pay`)).status).toBe(303)
  await server.settle()
}
const readSubscription = () =>
  server.services.db.subscription.findFirstOrThrow({
    where: { userId: String(ADA), status: { not: 'EXPIRED' } },
    include: { plan: true, pendingPlan: true },
  })
const listCharges = async () =>
  (await server.services.db.invoice.findMany({ where: { kind: 'INVOICE' }, orderBy: { id: 'asc' } })).map(({ total }) => Number(total))
const changeOrders = () => server.services.db.order.findMany({ where: { reason: 'PLAN_CHANGE' }, orderBy: { id: 'asc' } })

describe('of a subscription in the sandbox, the page', () => {
  test('shows the effect, and the button charges the change once', async () => {
    await buyInSandbox('starter')
    server.clock.set('2026-05-16T00:00:00.000Z')
    const url = await pageFor('pro')
    expect(url).toMatch(new RegExp(`^${server.config.publicUrl}/change-plan/[\\w-]+\\.[\\w-]{43}$`))
    const { status, html } = await open(url)
    expect([status, rowsOf(html)]).toEqual([
      200,
      [
        ['Current plan', 'Starter'],
        ['New plan', 'Pro'],
        ['Takes effect', 'Now'],
        ['Unused part of Starter', '-$2.58'],
        ['Pro until June 1, 2026', '$7.74'],
        ['Due now', '$5.16'],
        ['Renewal on June 1, 2026', '$15.00'],
      ],
    ])
    expect(html).toContain('>Change with obligation to pay</button>')
    expect(html).toContain('>Cancel</a>')
    expect(html).not.toContain('<script')
    expect(html).not.toContain('estimate')
    expect(html).toContain('charged to your payment method')
    const answers = await Promise.all([1, 2, 3].map(() => submit(url, fieldsOf(html))))
    expect(answers.map(({ status, location }) => [status, location])).toEqual([1, 2, 3].map(() => [303, SUCCESS]))
    await server.settle()
    const again = await submit(url, fieldsOf(html))
    expect([again.status, again.location]).toEqual([303, SUCCESS])
    expect((await readSubscription()).plan.slug).toBe('pro')
    expect(await listCharges()).toEqual([500, 774])
    const paid = await server.services.db.payment.findMany({ orderBy: { id: 'asc' }, select: { kind: true, amount: true } })
    expect(paid).toEqual([
      { kind: 'PROVIDER', amount: 500n },
      { kind: 'PROVIDER', amount: 516n },
    ])
  })

  test('schedules a downgrade for the end of the period', async () => {
    await buyInSandbox('pro')
    const url = await pageFor('starter')
    const { html } = await open(url)
    expect(rowsOf(html)).toEqual([
      ['Current plan', 'Pro'],
      ['New plan', 'Starter'],
      ['Takes effect', 'June 1, 2026'],
      ['Due now', '$0.00'],
      ['Renewal on June 1, 2026', '$5.00'],
    ])
    expect(await submit(url, fieldsOf(html))).toMatchObject({ status: 303, location: SUCCESS })
    expect(await readSubscription()).toMatchObject({ plan: { slug: 'pro' }, pendingPlan: { slug: 'starter' } })
    expect(await listCharges()).toEqual([1500])
  })

  test('changes nothing before the button is pressed', async () => {
    await buyInSandbox('starter')
    const url = await pageFor('pro')
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) await fetch(url, { method })
    expect(await changeOrders()).toEqual([])
    expect((await readSubscription()).plan.slug).toBe('starter')
  })

  test('changes again through another page, with the same content at the same moment', async () => {
    await buyInSandbox('starter')
    const [first, second] = [await pageFor('pro'), await pageFor('pro')]
    await submit(first)
    await server.settle()
    await server.ask(ADA, 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: NOW }) { change { when } } }', {
      id: plans.starter,
    })
    await server.settle()
    expect(await submit(second)).toMatchObject({ status: 303, location: SUCCESS })
    expect((await readSubscription()).plan.slug).toBe('pro')
    expect(await submit(first)).toMatchObject({ status: 303 })
  })
})

describe('of a subscription that we collect, the page', () => {
  test('states how to pay, and takes effect with the payment', async () => {
    await buy(server, ADA, plans.starter)
    server.clock.set('2026-05-16T00:00:00.000Z')
    const url = await pageFor('pro')
    const { html } = await open(url)
    expect(html).toContain('The next page shows how to pay')
    const [first, second] = await Promise.all([submit(url, fieldsOf(html)), submit(url, fieldsOf(html))])
    expect([first.status, second.status]).toEqual([200, 200])
    expect(first.html).toContain('One step left: pay $5.16')
    expect(first.html).toContain('changes to Pro when the amount is paid')
    expect(first.html).toContain('May 23, 2026')
    const [order, ...others] = await changeOrders()
    expect([order?.status, others]).toEqual(['PENDING', []])
    const [, link = ''] = /href="([^"]*)">Open the pro forma/.exec(first.html) ?? []
    const pdf = await fetch(link.replaceAll('&#38;', '&'))
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    expect(first.html).toContain(`href="${SUCCESS}">Continue`)
    expect((await readSubscription()).plan.slug).toBe('starter')
    expect(codeOf(await recordPayment(server, { orderId: String(order?.id), amount: 516, reference: 'bank 1' }))).toBe('none')
    expect((await readSubscription()).plan.slug).toBe('pro')
    expect(await submit(url, fieldsOf(html))).toMatchObject({ status: 303, location: SUCCESS })
    expect(await listCharges()).toEqual([500, 774])
  })

  test('shows what the balance pays, and changes at once if nothing is left', async () => {
    await buy(server, ADA, plans.starter)
    await dataOf(grantCredit(server, { userId: String(ADA), amount: { minorUnits: 2000, currency: 'USD' } }))
    server.clock.set('2026-05-16T00:00:00.000Z')
    const url = await pageFor('pro')
    const { html } = await open(url)
    expect(rowsOf(html)).toContainEqual(['From your balance', '-$5.16'])
    expect(rowsOf(html)).toContainEqual(['Due now', '$0.00'])
    expect(await submit(url, fieldsOf(html))).toMatchObject({ status: 303, location: SUCCESS })
    expect((await readSubscription()).plan.slug).toBe('pro')
  })

  test("uses the language and the formats of the customer's locale, whatever the browser accepts", async () => {
    const input = { name: 'Ada', country: 'DE', locale: 'de-DE' }
    await server.ask(ADA, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { name } } }', {
      input,
    })
    await buy(server, ADA, plans.starter)
    server.clock.set('2026-05-16T00:00:00.000Z')
    const url = await pageFor('pro')
    const { html } = await open(url, { 'accept-language': 'fr' })
    expect(html).toContain('<html lang="de-DE">')
    expect(html).toContain('<h1>Tarif wechseln</h1>')
    expect(rowsOf(html)).toContainEqual(['Pro bis 1. Juni 2026', '7,74\u00a0$'])
    expect((await submit(url, fieldsOf(html))).html).toContain('Noch ein Schritt: 5,16\u00a0$ bezahlen')
  })

  test.each([
    ['fr-CA,fr;q=0.9,en;q=0.8', 'fr-CA', 'Prise d’effet', 'Vous avez déjà cette formule'],
    ['it,es;q=0.5', 'es', 'Fecha de efecto', 'Ya tiene este plan'],
    ['it', 'en-US', 'Takes effect', 'You are already on this plan'],
    ['x'.repeat(50), 'en-US', 'Takes effect', 'You are already on this plan'],
  ])('accepts %s, if the customer has chosen no language', async (accepted, language, label, problem) => {
    await buy(server, ADA, plans.starter)
    const { html } = await open(await pageFor('pro'), { 'accept-language': accepted })
    expect(html).toContain(`<html lang="${language}">`)
    expect(html).toContain(label)
    expect((await open(await pageFor('starter'), { 'accept-language': accepted })).html).toContain(problem)
    expect((await open(`${server.url}/change-plan/x`, { 'accept-language': accepted })).html).toContain(`<html lang="${language}">`)
  })

  test('calculates again, and charges nothing more than it has shown', async () => {
    await buy(server, ADA, plans.starter)
    server.clock.set('2026-05-16T00:00:00.000Z')
    const url = await pageFor('pro')
    const fields = fieldsOf((await open(url)).html)
    await server.ask('admin', 'mutation ($id: ID!) { updatePlan(input: { id: $id, price: 2500 }) { plan { id } } }', { id: plans.pro })
    const refused = await submit(url, fields)
    expect(refused.status).toBe(409)
    expect(refused.html).toContain('The amounts have changed since you opened this page')
    expect(rowsOf(refused.html)).toContainEqual(['Due now', '$10.32'])
    expect(await changeOrders()).toEqual([])
    expect((await submit(url, fieldsOf(refused.html))).html).toContain('pay $10.32')
    // A repeated request shows the order that it has placed.
    expect((await submit(url, fields)).html).toContain('pay $10.32')
    expect(await changeOrders()).toHaveLength(1)
  })

  test('states that a change was replaced later', async () => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    await submit(url)
    const [order] = await changeOrders()
    await server.ask(ADA, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }', { id: String(order?.id) })
    const answer = await submit(url)
    expect(answer.status).toBe(409)
    expect(answer.html).toContain('This change was replaced or revoked')
    expect(await changeOrders()).toHaveLength(1)
  })
})

describe('the page shows as a sentence, with a link back,', () => {
  const expectSentence = ({ status, html }: { status: number; html: string }, expected: number, sentence: string) => {
    expect(html).toContain(sentence)
    expect(status).toBe(expected)
    expect(html).toContain(`<a class="button" href="${CANCEL}">Back</a>`)
    expect(html).not.toContain('<button')
  }

  test('that the customer is on the plan already', async () => {
    await buy(server, ADA, plans.pro)
    const url = await pageFor('pro')
    expectSentence(await open(url), 400, 'You are already on this plan.')
    expectSentence(await submit(url), 400, 'You are already on this plan.')
  })

  test('that the currencies differ', async () => {
    await buy(server, ADA, plans.starter)
    await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
      input: { slug: 'euro', name: 'Euro', type: 'PAID', price: { minorUnits: 2000, currency: 'EUR' }, rank: 5 },
    })
    const url = await pageFor('euro')
    expectSentence(await open(url), 409, 'The current period was paid in USD, and plan euro is sold in EUR; choose a plan in USD.')
    expectSentence(await submit(url), 409, 'The current period was paid in USD, and plan euro is sold in EUR; choose a plan in USD.')
  })

  test('that an invoice is unpaid, and continues when it is paid', async () => {
    const { invoiceId } = await buyUnpaid(server, ADA, plans.starter)
    const url = await pageFor('pro')
    await server.services.db.subscription.updateMany({ data: { status: 'ACTIVE' } })
    expectSentence(await open(url), 409, 'is unpaid; pay it first')
    expectSentence(await submit(url), 409, 'is unpaid; pay it first')
    await recordPayment(server, { invoiceId, amount: 500, reference: 'bank 2' })
    expect((await submit(url)).html).toContain('One step left')
  })

  test('that the subscription has ended', async () => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    await server.ask('admin', `mutation { cancelPlan(input: { userId: "${ADA}" }) { success } }`)
    expectSentence(await submit(url), 409, 'The customer has no subscription.')
  })

  test('that the plan is not sold any more', async () => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    await server.ask('admin', 'mutation ($id: ID!) { archivePlan(input: { planId: $id }) { plan { id } } }', { id: plans.pro })
    expectSentence(await open(url), 404, 'does not exist or cannot be ordered.')
  })

  test('that the link has expired', async () => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    server.clock.set('2026-05-01T00:59:59.999Z')
    expect((await open(url)).status).toBe(200)
    server.clock.set('2026-05-01T01:00:00.000Z')
    expectSentence(await open(url), 410, 'This link has expired.')
    expectSentence(await submit(url), 410, 'This link has expired.')
    expect(await changeOrders()).toEqual([])
  })

  test('that the user left the organisation', async () => {
    await createOrganisation(server, 7, { [ADA]: 'OWNER', 11: 'OWNER' })
    const placed = await server.ask(
      ADA,
      'mutation ($id: ID!) { placeOrder(input: { planId: $id, organisationId: "7" }) { order { id } } }',
      {
        id: plans.starter,
      },
    )
    const orderId = placed.data.placeOrder.order.id
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: String(ADA), organisationId: '7', planId: plans.starter, orderId },
    })
    const url = await pageFor('pro', { organisationId: '7' })
    expect((await open(url)).status).toBe(200)
    await server.services.db.membership.deleteMany({ where: { userId: String(ADA) } })
    expectSentence(await submit(url), 404, 'Organisation 7')
    expect(await changeOrders()).toEqual([])
  })
})

describe('a token', () => {
  const PLAIN_PAGE = expect.stringContaining('This link is not valid.')

  test.each<[string, (token: string) => string]>([
    ['that is empty', () => ''],
    ['without a signature', (token) => token.split('.')[0] ?? ''],
    ['with an empty signature', (token) => `${token.split('.')[0]}.`],
    ['with a changed signature', (token) => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
    ['with another character', (token) => `${token}x`],
    ['with another part', (token) => `${token}.x`],
    ['with padding', (token) => token.replace('.', '=.')],
    ['with changed content', (token) => `A${token.slice(1)}`],
    ['with slashes and dots', () => 'x/../y'],
    ['for another user', (token) => changed(token, { userId: '11' })],
    ['for another plan', (token) => changed(token, { planId: plans.enterprise })],
    ['with another return URL', (token) => changed(token, { successUrl: 'https://evil.example/' })],
    ['with a later expiry', (token) => changed(token, { expiresAt: 4_000_000_000 })],
    [
      'with the signature of another secret',
      (token) => signChangePage(withSecrets('another secret that is long enough'), contentOf(token)),
    ],
  ])('%s is 404 with a plain page', async (_what, change) => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    const token = url.split('/change-plan/')[1] ?? ''
    const wrong = `${server.url}/change-plan/${change(token)}`
    const { status, html, headers } = await open(wrong)
    expect([status, html, headers.get('content-type')]).toEqual([404, PLAIN_PAGE, 'text/html; charset=utf-8'])
    expect(html).not.toMatch(/<a |<form/)
    expect(await submit(wrong)).toMatchObject({ status: 404, html: PLAIN_PAGE })
    expect(await changeOrders()).toEqual([])
  })

  test('by a previous secret stays valid', async () => {
    await buy(server, ADA, plans.starter)
    const token = (await pageFor('pro')).split('/change-plan/')[1] ?? ''
    const rotated = await startServer({
      now: '2026-05-01T00:10:00.000Z',
      database: server.database,
      environment: { AUTH_JWT_SECRET: 'a new secret that is long enough', AUTH_JWT_PREVIOUS_SECRET: String(server.config.auth.secret) },
    })
    expect((await open(`${rotated.url}/change-plan/${token}`)).status).toBe(200)
    await rotated.close()
  })

  const contentOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const changed = (token: string, changes: object) =>
    [Buffer.from(JSON.stringify({ ...contentOf(token), ...changes })).toString('base64url'), token.split('.')[1]].join('.')
  const withSecrets = (secret: string) => ({ ...server.config, auth: { ...server.config.auth, secret, previousSecrets: [] } })
})

describe('createChangePage', () => {
  test('refuses return URLs as createCheckout does, and unknown plans and organisations', async () => {
    const refusal = async (input: object) => (await create(input)).errors?.[0]?.extensions
    expect(await refusal({ successUrl: 'https://evil.example/' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.successUrl' })
    expect(await refusal({ cancelUrl: 'javascript:alert(1)' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.cancelUrl' })
    expect(await refusal({ successUrl: `${PANEL}/${'x'.repeat(2000)}` })).toMatchObject({ field: 'input.successUrl' })
    expect(await refusal({ plan: 'gold' })).toMatchObject({ code: 'PLAN_NOT_FOUND' })
    expect(await refusal({ plan: 'enterprise' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.plan' })
    expect(await refusal({ organisationId: '7' })).toMatchObject({ code: 'ORGANISATION_NOT_FOUND' })
    expect(
      codeOf(
        await server.ask(
          undefined,
          'mutation { createChangePage(input: { plan: "pro", successUrl: "https://panel.example.com", cancelUrl: "https://panel.example.com" }) { url } }',
        ),
      ),
    ).toBe('UNAUTHENTICATED')
  })

  test('returns the same page for the same idempotency key', async () => {
    const [first, second] = await Promise.all([create({ idempotencyKey: 'a' }), create({ idempotencyKey: 'a' })])
    expect(second.data).toEqual(first.data)
    expect(codeOf(await create({ idempotencyKey: 'a', plan: 'starter' }))).toBe('IDEMPOTENCY_CONFLICT')
    expect((await create({ idempotencyKey: 'b' })).data).not.toEqual(first.data)
  })

  test('accepts long return URLs', async () => {
    await buy(server, ADA, plans.starter)
    const long = `${PANEL}/?${'x'.repeat(1900)}`
    expect((await open(await pageFor('pro', { successUrl: long, cancelUrl: long }))).status).toBe(200)
  })
})

describe('the responses', () => {
  test('have strict headers', async () => {
    await buy(server, ADA, plans.starter)
    const { headers } = await open(await pageFor('pro'))
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': `default-src 'none';style-src 'unsafe-inline';base-uri 'none';frame-ancestors 'none';form-action 'self' ${PANEL}`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    })
    const missing = await open(`${server.url}/change-plan/x`)
    expect(missing.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(missing.headers.get('cache-control')).toBe('no-store')
  })

  test('escape names and URLs', async () => {
    await buy(server, ADA, plans.starter)
    await server.services.db.plan.update({ where: { slug: 'pro' }, data: { name: '<b>"Pro"</b>' } })
    const { html } = await open(await pageFor('pro', { cancelUrl: `${PANEL}/?a=1&b="'<x>` }))
    expect(html).not.toContain('<b>')
    expect(html).not.toContain('<x>')
  })

  test('are 503 while billing is disabled', async () => {
    await buy(server, ADA, plans.starter)
    const url = await pageFor('pro')
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
    for (const answer of [await open(url), await submit(url)])
      expect([answer.status, answer.html]).toEqual([503, '{"error":"feature_disabled"}'])
    expect(await changeOrders()).toEqual([])
  })
})

test('consumes points of the address', async () => {
  const limited = await startServer({ environment: { RATE_LIMIT_POINTS: '25', RATE_LIMIT_RESTORE_RATE: '1' } })
  const statuses: number[] = []
  for (let count = 0; count < 4; count += 1) statuses.push((await open(`${limited.url}/change-plan/x`)).status)
  expect(statuses).toEqual([404, 404, 429, 429])
  await limited.close()
})

describe('of a subscription at Lemon Squeezy, the page', () => {
  const START = '2026-05-01T10:00:00.000Z'
  let api: FakeLemonSqueezy
  let lemonSqueezy: TestServer

  beforeEach(async () => {
    ;({ api, server: lemonSqueezy } = await startWithLemonSqueezy(START, { CHECKOUT_ORIGINS: PANEL }))
    api.subscriptions.set('1', subscription(1, START, { variant_id: 1002 }))
    api.payments.set('1', payment(1, 1, START, { billing_reason: 'initial', total: 500, subtotal: 500 }))
    await deliver(lemonSqueezy.url, event('subscription_created', subscription(1, START, { variant_id: 1002 }), { user_id: '10' }))
    await lemonSqueezy.settle()
  })
  afterEach(async () => {
    await lemonSqueezy.close()
    await api.close()
  })

  const createAtLemonSqueezy = async () => {
    const query = 'mutation ($input: CreateChangePageInput!) { createChangePage(input: $input) { url } }'
    const input = { plan: 'pro', successUrl: SUCCESS, cancelUrl: CANCEL }
    return (await dataOf(lemonSqueezy.ask(ADA, query, { input }))).createChangePage.url
  }

  test('states that the amounts are an estimate, and requests the change once', async () => {
    const url = await createAtLemonSqueezy()
    const { html } = await open(url)
    expect(html).toContain('The amounts are an estimate')
    const answers = await Promise.all([submit(url, fieldsOf(html)), submit(url, fieldsOf(html))])
    expect(answers.map(({ status, location }) => [status, location])).toEqual([
      [303, SUCCESS],
      [303, SUCCESS],
    ])
    expect(api.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1)
  })

  test('states that the provider is unavailable', async () => {
    const url = await createAtLemonSqueezy()
    await api.close()
    const { status, html } = await submit(url)
    expect(status).toBe(503)
    expect(html).toContain('<p role="alert">The payment provider did not respond; try again later.</p>')
    expect(html).toContain(`<a class="button" href="${CANCEL}">Back</a>`)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-01-31T10:00:00.000Z' })
  plans = await createCatalog(server)
})
afterEach(() => server.close())

const execute = async (userId: number | 'admin', query: string, variables?: object) => {
  const response = await server.ask(userId, query, variables)
  if (response.errors) throw new Error(JSON.stringify(response.errors))
  return response.data
}
const returnUrl = (path: string) => `${server.config.publicUrl}${path}`

async function checkout(userId: number, plan = 'pro', organisationId?: string): Promise<string> {
  await execute(userId, '{ me { id } }')
  const input = { plan, successUrl: returnUrl('/done'), cancelUrl: returnUrl('/left'), organisationId }
  const data = await execute(userId, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', { input })
  return data.createCheckout.checkoutUrl
}
const submit = (url: string, button: string) =>
  fetch(`${url}/${button}`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
async function buy(userId: number, plan = 'pro', organisationId?: string): Promise<void> {
  expect((await submit(await checkout(userId, plan, organisationId), 'pay')).status).toBe(303)
  await server.settle()
}
const SUBSCRIPTION = 'status plan { slug } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd features'
const readAccount = async (userId: number) =>
  execute(
    userId,
    `{ me { portalTier currentPlan { slug } limits { memory } } subscription { ${SUBSCRIPTION} }
    orders { nodes { id status description amount { minorUnits } refunds { amount { minorUnits } } } }
    invoices { nodes { number status amount { minorUnits } lines { description amount { minorUnits } } createdAt creditNotes { number amount { minorUnits } } } } }`,
  )
const advanceClock = async (to: string) => {
  await execute('admin', 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
  await server.settle()
}

test('shows plan and price on the page; a payment activates the plan and creates an order and an invoice', async () => {
  const url = await checkout(10)
  const page = await (await fetch(url)).text()
  for (const word of ['Pro', '$15.00', 'per month', 'Pay', 'Decline', 'Cancel', 'sandbox']) expect(page).toContain(word)
  const paid = await submit(url, 'pay')
  expect([paid.status, paid.headers.get('location')]).toEqual([303, returnUrl('/done')])
  await server.settle()
  expect(await readAccount(10)).toMatchObject({
    me: { portalTier: 'PAID', currentPlan: { slug: 'pro' }, limits: { memory: 32768 } },
    subscription: {
      status: 'ACTIVE',
      plan: { slug: 'pro' },
      currentPeriodStart: '2026-01-31T10:00:00.000Z',
      currentPeriodEnd: '2026-02-28T10:00:00.000Z',
      features: { modpacks: true },
    },
    orders: { nodes: [{ status: 'ACTIVE', description: 'Pro, 1 month', amount: { minorUnits: 1500 } }] },
    invoices: { nodes: [{ number: 'TEST-2026-000001', status: 'PAID', amount: { minorUnits: 1500 } }] },
  })
})

test("the pages are in the customer's language", async () => {
  const read = async (url: string, language: string) => (await fetch(url, { headers: { 'accept-language': language } })).text()
  const url = await checkout(10)
  expect(await read(url, 'de')).toMatch(/<html lang="de">.*15,00\u00a0\$ bezahlen.*Karte ablehnen/s)
  const SET = 'mutation { setBillingDetails(input: { name: "Ada", country: "FR", locale: "fr-FR" }) { billingDetails { name } } }'
  await execute(10, SET)
  const page = await read(url, 'de')
  expect(page).toMatch(/<html lang="fr-FR">.*par mois.*Payer 15,00\u00a0\$/s)
  expect(page).not.toMatch(/Pay |Decline|Cancel|sandbox:/)
  expect(await (await submit(url, 'decline')).text()).toContain('La carte a été refusée.')
  await submit(url, 'pay')
  await server.settle()
  expect(await read(url, 'de')).toContain('Le paiement a déjà été effectué.')
  const { customerPortalUrl } = await execute(10, '{ customerPortalUrl }')
  expect(await read(customerPortalUrl, 'de')).toMatch(/Renouvellement le 28 févr. 2026.*Solde.*Aucun montant n’est dû/s)
  const { topUpBalance } = await execute(10, 'mutation ($input: TopUpBalanceInput!) { topUpBalance(input: $input) { checkoutUrl } }', {
    input: { amount: { minorUnits: 2500, currency: 'USD' }, successUrl: returnUrl('/done'), cancelUrl: returnUrl('/left') },
  })
  expect(await read(topUpBalance.checkoutUrl, 'de')).toMatch(/Recharger votre solde.*paiement unique/s)
})

test('numbers sandbox invoices and credit notes in test series, without gaps in the real ones', async () => {
  await buy(10)
  await execute(11, '{ me { id } }')
  await execute('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
    input: { userId: '11', planId: plans.pro },
  })
  await buy(12)
  const credit = async (userId: number) => {
    const { id } = (await execute(userId, '{ invoices { nodes { id } } }')).invoices.nodes[0]
    await execute('admin', 'mutation ($id: ID!) { creditInvoice(input: { invoiceId: $id, amount: 500 }) { creditNote { id } } }', { id })
  }
  for (const userId of [10, 11, 12]) await credit(userId)
  const documents = await server.services.db.invoice.findMany({ orderBy: { id: 'asc' }, select: { number: true, kind: true } })
  expect(documents).toEqual([
    { number: 'TEST-2026-000001', kind: 'INVOICE' },
    { number: 'INV-2026-000001', kind: 'INVOICE' },
    { number: 'TEST-2026-000002', kind: 'INVOICE' },
    { number: 'TESTCN-2026-000001', kind: 'CREDIT_NOTE' },
    { number: 'CN-2026-000001', kind: 'CREDIT_NOTE' },
    { number: 'TESTCN-2026-000002', kind: 'CREDIT_NOTE' },
  ])
})

test('charges once for repeated payments, and nothing when the payment is declined or cancelled', async () => {
  const url = await checkout(10)
  expect((await submit(url, 'decline')).status).toBe(402)
  const left = await submit(url, 'cancel')
  expect([left.status, left.headers.get('location')]).toEqual([303, returnUrl('/left')])
  await server.settle()
  expect((await readAccount(10)).orders.nodes).toEqual([])
  const paid = await Promise.all([submit(url, 'pay'), submit(url, 'pay'), submit(url, 'pay')])
  expect(paid.map(({ status }) => status)).toEqual([303, 303, 303])
  await server.settle()
  expect([(await submit(url, 'pay')).status, (await fetch(url)).status]).toEqual([303, 200])
  expect((await readAccount(10)).orders.nodes).toHaveLength(1)
  expect((await fetch(`${server.url}/sandbox/checkout/00000000-0000-4000-8000-000000000000`)).status).toBe(404)
})

test('renews a subscription bought on 31 January twelve times in a year, with correct periods and invoices', async () => {
  await buy(10)
  const ends = ['02-28', '03-31', '04-30', '05-31', '06-30', '07-31', '08-31', '09-30', '10-31', '11-30', '12-31']
  for (const end of ends) {
    await advanceClock(`2026-${end}T10:00:00.000Z`)
    expect((await readAccount(10)).subscription.currentPeriodStart).toBe(`2026-${end}T10:00:00.000Z`)
  }
  const { invoices, orders, subscription } = await readAccount(10)
  expect(subscription).toMatchObject({ status: 'ACTIVE', currentPeriodEnd: '2027-01-31T10:00:00.000Z' })
  expect(invoices.nodes.map((invoice: { number: string }) => invoice.number).toReversed()).toEqual(
    Array.from({ length: 12 }, (_, index) => `TEST-2026-${String(index + 1).padStart(6, '0')}`),
  )
  expect(invoices.nodes.every((invoice: { amount: object }) => JSON.stringify(invoice.amount) === '{"minorUnits":1500}')).toBe(true)
  expect(orders.nodes.map((order: { status: string }) => order.status)).toEqual(['ACTIVE', ...Array.from({ length: 11 }, () => 'EXPIRED')])
  const periods = await server.services.db.order.findMany({ orderBy: { placedAt: 'asc' }, select: { periodStart: true, periodEnd: true } })
  for (const [index, { periodStart }] of periods.entries()) {
    if (index > 0) expect(periodStart).toEqual(periods[index - 1]?.periodEnd)
  }
})

test('renews once per period when the clock jumps three months and the job runs concurrently', async () => {
  await buy(10)
  server.clock.set('2026-05-01T00:00:00.000Z')
  await Promise.all([server.tick(), server.tick(), server.tick()])
  await server.settle()
  const { invoices, subscription } = await readAccount(10)
  expect(invoices.nodes.map(({ createdAt }: { createdAt: string }) => createdAt)).toHaveLength(4)
  expect(subscription).toMatchObject({ currentPeriodStart: '2026-04-30T10:00:00.000Z', currentPeriodEnd: '2026-05-31T10:00:00.000Z' })
})

test('keeps a cancelled subscription until the end of its period, and renews it when it is resumed before', async () => {
  await buy(10)
  const cancel = 'mutation { cancelSubscription { subscription { status cancelAtPeriodEnd } } }'
  expect((await execute(10, cancel)).cancelSubscription.subscription).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true })
  expect((await readAccount(10)).me.currentPlan.slug).toBe('pro')
  expect(
    (await execute(10, 'mutation { resumeSubscription { subscription { status cancelAtPeriodEnd } } }')).resumeSubscription.subscription,
  ).toEqual({
    status: 'ACTIVE',
    cancelAtPeriodEnd: false,
  })
  await server.settle()
  await advanceClock('2026-03-01T00:00:00.000Z')
  expect((await readAccount(10)).invoices.nodes).toHaveLength(2)
  await execute(10, cancel)
  await server.settle()
  await advanceClock('2026-03-31T09:59:59.000Z')
  expect((await readAccount(10)).me).toMatchObject({ portalTier: 'PAID', currentPlan: { slug: 'pro' } })
  await advanceClock('2026-03-31T10:00:00.000Z')
  expect(await readAccount(10)).toMatchObject({ me: { portalTier: 'FREE', currentPlan: { slug: 'free' } }, subscription: null })
  expect((await readAccount(10)).orders.nodes.map(({ status }: { status: string }) => status)).toEqual(['EXPIRED', 'EXPIRED'])
  expect(codeOf(await server.ask(10, 'mutation { resumeSubscription { subscription { status } } }'))).toBe('INVALID_TRANSITION')
})

test('falls back to the free plan after the grace period of a failed renewal, and recovers after the payment', async () => {
  expect((await submit(await checkout(10), 'pay-once')).status).toBe(303)
  await server.settle()
  await advanceClock('2026-02-28T10:00:00.000Z')
  expect(await readAccount(10)).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'PAST_DUE' } })
  const { customerPortalUrl } = await execute(10, '{ customerPortalUrl }')
  expect(await (await fetch(customerPortalUrl)).text()).toContain('The last payment failed')
  await advanceClock('2026-03-07T10:00:00.000Z')
  expect(await readAccount(10)).toMatchObject({ me: { currentPlan: { slug: 'free' } }, subscription: { status: 'UNPAID' } })
  expect((await submit(customerPortalUrl, 'pay')).status).toBe(303)
  await server.settle()
  expect(await readAccount(10)).toMatchObject({
    me: { portalTier: 'PAID', currentPlan: { slug: 'pro' } },
    subscription: { status: 'ACTIVE', currentPeriodStart: '2026-02-28T10:00:00.000Z', currentPeriodEnd: '2026-03-31T10:00:00.000Z' },
    orders: { nodes: [{ status: 'ACTIVE' }, { status: 'EXPIRED' }] },
  })
  expect(await (await fetch(customerPortalUrl)).text()).toContain('Nothing is due')
  await advanceClock('2026-03-31T10:00:00.000Z')
  expect((await readAccount(10)).invoices.nodes).toHaveLength(3)
})

test('the portal shows the next renewal with the balance that pays it, and a scheduled plan', async () => {
  await buy(10)
  const { subscription, customerPortalUrl } = await execute(10, '{ subscription { currentPeriodEnd } customerPortalUrl }')
  const portal = async () => (await (await fetch(customerPortalUrl)).text()).replaceAll(/<[^>]*>/g, '|')
  const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(subscription.currentPeriodEnd))
  expect(await portal()).toContain(`Renewal on ${day}||$15.00`)
  expect(await portal()).toContain('Balance||$0.00')
  const credit = { userId: '10', reason: 'An apology', amount: { minorUnits: 300, currency: 'USD' } }
  await execute('admin', 'mutation ($input: GrantCreditInput!) { grantCredit(input: $input) { grant { id } } }', { input: credit })
  expect(await portal()).toContain('From your balance||-$3.00')
  const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: PERIOD_END }) { subscription { id } } }'
  await execute(10, change, { id: plans.starter })
  expect(await portal()).toContain(`From ${day}||Starter`)
})

test('gives the plan to the organisation of the checkout', async () => {
  await createOrganisation(server, 70, { 71: 'OWNER', 72: 'MEMBER' })
  await buy(71, 'pro', '70')
  expect((await readAccount(71)).me.currentPlan.slug).toBe('free')
  const { subscription } = await execute(71, `{ subscription(organisationId: "70") { ${SUBSCRIPTION} } }`)
  expect(subscription).toMatchObject({ status: 'ACTIVE', plan: { slug: 'pro' } })
  const input = { plan: 'pro', successUrl: returnUrl('/'), cancelUrl: returnUrl('/'), organisationId: '70' }
  expect(
    codeOf(await server.ask(72, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', { input })),
  ).toBe('ORGANISATION_NOT_FOUND')
})

test('two open checkouts that are both paid, 1500 each, leave one active plan and 1500 on the balance', async () => {
  const [first, second] = [await checkout(10), await checkout(10)]
  await submit(first, 'pay')
  await server.settle()
  server.clock.set('2026-01-31T10:00:05.000Z')
  await submit(second, 'pay')
  await server.settle()
  const { orders, invoices } = await readAccount(10)
  expect(orders.nodes.map(({ status }: { status: string }) => status)).toEqual(['ACTIVE', 'CANCELLED'])
  expect(invoices.nodes).toMatchObject([{ status: 'PAID' }, { status: 'REFUNDED', creditNotes: [{ amount: { minorUnits: 1500 } }] }])
  expect(await server.services.db.ledgerAccount.findMany()).toMatchObject([{ balance: -1500n, cash: 3000n }])
  const notes = await server.services.db.auditEntry.findMany({ where: { action: 'planReplaced' } })
  expect(notes).toMatchObject([{ subject: 'user:10', details: { credited: '1500', currency: 'USD' } }])
  expect(await checkLedger(server)).toEqual([])
})

test('two checkouts that are paid at the same moment leave one active plan and 1500 on the balance', async () => {
  const urls = [await checkout(10), await checkout(10)]
  await Promise.all(urls.map((url) => submit(url, 'pay')))
  await server.settle()
  expect(await server.services.db.subscription.count({ where: { status: 'ACTIVE' } })).toBe(1)
  expect(await server.services.db.ledgerAccount.findMany()).toMatchObject([{ balance: -1500n, cash: 3000n }])
  expect(await checkLedger(server)).toEqual([])
})

test('ends the previous subscription here and at the provider when another plan is bought', async () => {
  const other = await checkout(10, 'pro')
  await buy(10, 'starter')
  server.clock.set('2026-02-02T10:00:00.000Z')
  await submit(other, 'pay')
  await server.settle()
  expect(await readAccount(10)).toMatchObject({
    subscription: { plan: { slug: 'pro' } },
    orders: { nodes: [{ status: 'ACTIVE' }, { status: 'CANCELLED' }] },
  })
  await advanceClock('2026-04-15T00:00:00.000Z')
  const slugs = await server.services.db.order.findMany({ where: { status: { not: 'CANCELLED' } }, select: { planName: true } })
  expect(new Set(slugs.map(({ planName }) => planName))).toEqual(new Set(['Pro']))
})

describe('createCheckout', () => {
  const rejection = async (changes: object) => {
    await execute(10, '{ me { id } }')
    const input = { plan: 'pro', successUrl: returnUrl('/'), cancelUrl: returnUrl('/'), ...changes }
    const { errors } = await server.ask(10, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
      input,
    })
    return [errors?.[0]?.extensions.code, errors?.[0]?.extensions.field]
  }
  test('rejects plans that cannot be ordered and return URLs of other origins', async () => {
    expect(await rejection({ plan: 'enterprise' })).toEqual(['BAD_USER_INPUT', 'input.plan'])
    expect(await rejection({ plan: 'nothing' })).toEqual(['PLAN_NOT_FOUND', undefined])
    await server.services.db.plan.update({ where: { slug: 'starter' }, data: { archivedAt: new Date() } })
    expect(await rejection({ plan: 'starter' })).toEqual(['PLAN_NOT_FOUND', undefined])
    for (const url of [
      'https://evil.example/',
      `${returnUrl('')}.evil.example/`,
      'javascript:alert(1)',
      `http://user@evil.example/${returnUrl('/')}`,
    ]) {
      expect(await rejection({ successUrl: url }), url).toEqual(['BAD_USER_INPUT', 'input.successUrl'])
      expect(await rejection({ cancelUrl: url }), url).toEqual(['BAD_USER_INPUT', 'input.cancelUrl'])
    }
  })
  test('creates a hundred concurrent checkouts with ten connections', async () => {
    await execute(10, '{ me { id } }')
    const urls = await Promise.all(Array.from({ length: 100 }, () => checkout(10)))
    expect(new Set(urls).size).toBe(100)
  })
  test('returns the same page for the same idempotency key', async () => {
    await execute(10, '{ me { id } }')
    const input = { plan: 'pro', successUrl: returnUrl('/'), cancelUrl: returnUrl('/'), idempotencyKey: 'k' }
    const query = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
    const [a, b] = await Promise.all([execute(10, query, { input }), execute(10, query, { input })])
    expect(a).toEqual(b)
  })
})

describe('changePlan', () => {
  const PREVIEW =
    'when effectiveAt credit { minorUnits } charge { minorUnits } dueNow { minorUnits } creditLeft { minorUnits } nextRenewal { minorUnits }'
  const preview = (planId: string, when?: string) =>
    execute(10, `query ($planId: ID!, $when: ChangeTime) { changePlanPreview(planId: $planId, when: $when) { ${PREVIEW} } }`, {
      planId,
      when,
    })
  const change = (planId: string, when?: string) =>
    execute(
      10,
      `mutation ($planId: ID!, $when: ChangeTime) { changePlan(input: { planId: $planId, when: $when }) { change { ${PREVIEW} } subscription { plan { slug } } } }`,
      { planId, when },
    )

  test('charges an upgrade immediately, to the second, as previewed, with an invoice for the charge and a credit note for the credit', async () => {
    server.clock.set('2026-05-01T00:00:00.000Z')
    await buy(10, 'starter')
    server.clock.set('2026-05-16T00:00:00.000Z')
    const { changePlanPreview } = await preview(plans.pro)
    expect(changePlanPreview).toEqual({
      when: 'NOW',
      effectiveAt: '2026-05-16T00:00:00.000Z',
      credit: { minorUnits: -258 },
      charge: { minorUnits: 774 },
      dueNow: { minorUnits: 516 },
      creditLeft: { minorUnits: 0 },
      nextRenewal: { minorUnits: 1500 },
    })
    expect((await change(plans.pro)).changePlan).toEqual({ change: changePlanPreview, subscription: { plan: { slug: 'pro' } } })
    await server.settle()
    const { me, invoices, orders } = await readAccount(10)
    expect(me).toMatchObject({ currentPlan: { slug: 'pro' }, limits: { memory: 32768 } })
    expect(invoices.nodes).toMatchObject([
      { status: 'PAID', amount: { minorUnits: 774 }, lines: [{ amount: { minorUnits: 774 } }], creditNotes: [] },
      { status: 'PARTIALLY_REFUNDED', amount: { minorUnits: 500 }, creditNotes: [{ amount: { minorUnits: 258 } }] },
    ])
    expect(orders.nodes[0].amount.minorUnits).toBe(516)
    expect(orders.nodes.map(({ status }: { status: string }) => status)).toEqual(['ACTIVE', 'CANCELLED'])
    await advanceClock('2026-06-01T00:00:00.000Z')
    expect((await readAccount(10)).invoices.nodes[0].amount.minorUnits).toBe(1500)
  })

  test('applies a downgrade with the next period, at the new price', async () => {
    await buy(10, 'pro')
    expect((await preview(plans.starter)).changePlanPreview).toMatchObject({
      when: 'PERIOD_END',
      dueNow: { minorUnits: 0 },
      nextRenewal: { minorUnits: 500 },
    })
    await change(plans.starter)
    await server.settle()
    expect((await readAccount(10)).me.currentPlan.slug).toBe('pro')
    await advanceClock('2026-02-28T10:00:00.000Z')
    expect(await readAccount(10)).toMatchObject({ me: { currentPlan: { slug: 'starter' } }, subscription: { plan: { slug: 'starter' } } })
    expect((await readAccount(10)).invoices.nodes[0].amount.minorUnits).toBe(500)
  })

  test('puts the credit of an immediate downgrade on the balance, which pays the next renewals', async () => {
    server.clock.set('2026-05-01T00:00:00.000Z')
    await buy(10, 'pro')
    server.clock.set('2026-05-16T00:00:00.000Z')
    const { change: applied } = (await change(plans.starter, 'NOW')).changePlan
    expect(applied).toMatchObject({
      credit: { minorUnits: -774 },
      charge: { minorUnits: 258 },
      dueNow: { minorUnits: 0 },
      creditLeft: { minorUnits: 516 },
    })
    await server.settle()
    await advanceClock('2026-07-01T00:00:00.000Z')
    expect((await readAccount(10)).invoices.nodes.map((invoice: { amount: { minorUnits: number } }) => invoice.amount.minorUnits)).toEqual([
      500, 500, 258, 1500,
    ])
    const paid = await server.services.db.payment.findMany({
      orderBy: [{ kind: 'asc' }, { id: 'asc' }],
      select: { kind: true, amount: true },
    })
    expect(paid).toEqual([
      { kind: 'BALANCE', amount: 500n },
      { kind: 'BALANCE', amount: 16n },
      { kind: 'PROVIDER', amount: 1500n },
      { kind: 'PROVIDER', amount: 0n },
      { kind: 'PROVIDER', amount: 484n },
    ])
  })

  test('credits a second change at the price of the first one, even if the price has changed since', async () => {
    server.clock.set('2026-05-01T00:00:00.000Z')
    await buy(10, 'starter')
    server.clock.set('2026-05-16T00:00:00.000Z')
    await change(plans.pro)
    await server.settle()
    await execute('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
      input: { id: plans.pro, price: 90000 },
    })
    server.clock.set('2026-05-18T00:00:00.000Z')
    expect((await preview(plans.starter, 'NOW')).changePlanPreview).toMatchObject({
      credit: { minorUnits: -677 },
      charge: { minorUnits: 226 },
    })
  })

  test('charges concurrent requests once', async () => {
    server.clock.set('2026-05-01T00:00:00.000Z')
    await buy(10, 'starter')
    server.clock.set('2026-05-16T00:00:00.000Z')
    const query = 'mutation ($planId: ID!) { changePlan(input: { planId: $planId }) { subscription { id } } }'
    const responses = await Promise.all(Array.from({ length: 4 }, () => server.ask(10, query, { planId: plans.pro })))
    // A request that finds the change in progress returns it; a later one is already on the plan.
    for (const response of responses) expect(['none', 'BAD_USER_INPUT']).toContain(codeOf(response))
    expect(responses.map(codeOf)).toContain('none')
    expect(await server.services.db.planChange.count()).toBe(1)
    await server.settle()
    expect((await readAccount(10)).invoices.nodes).toHaveLength(2)
  })

  test('returns the original change for a repeated idempotency key, also after a later change', async () => {
    server.clock.set('2026-05-01T00:00:00.000Z')
    await buy(10, 'starter')
    server.clock.set('2026-05-16T00:00:00.000Z')
    const query = `mutation ($input: ChangePlanInput!) { changePlan(input: $input) { change { ${PREVIEW} nextRenewalAt } order { id } } }`
    const send = (planId: string, idempotencyKey: string) => server.ask(10, query, { input: { planId, when: 'NOW', idempotencyKey } })
    const first = await send(plans.pro, 'upgrade')
    expect(first.data.changePlan).toMatchObject({ change: { dueNow: { minorUnits: 516 } }, order: null })
    await server.settle()
    server.clock.set('2026-05-20T00:00:00.000Z')
    expect((await send(plans.pro, 'upgrade')).data).toEqual(first.data)
    expect(codeOf(await send(plans.starter, 'downgrade'))).toBe('none')
    await server.settle()
    expect((await send(plans.pro, 'upgrade')).data).toEqual(first.data)
    expect(codeOf(await send(plans.starter, 'upgrade'))).toBe('IDEMPOTENCY_CONFLICT')
    expect(await server.services.db.planChange.count()).toBe(2)
    expect((await readAccount(10)).me.currentPlan.slug).toBe('starter')
  })

  test('names the fields of the input in its errors', async () => {
    await buy(10, 'pro')
    const query = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { change { when } } }'
    const fieldOf = async (input: object) => (await server.ask(10, query, { input })).errors?.[0]?.extensions.field
    expect([
      await fieldOf({ planId: 'pro' }),
      await fieldOf({ planId: plans.pro }),
      await fieldOf({ planId: plans.starter, organisationId: '?' }),
    ]).toEqual(['input.planId', 'input.planId', 'input.organisationId'])
  })

  test('rejects a change without a paid subscription, to the same plan and to a plan that cannot be bought', async () => {
    await execute(10, '{ me { id } }')
    const code = async (planId: string) =>
      codeOf(await server.ask(10, 'query ($planId: ID!) { changePlanPreview(planId: $planId) { when } }', { planId }))
    expect(await code(plans.pro)).toBe('INVALID_TRANSITION')
    await buy(10, 'pro')
    expect([await code(plans.pro), await code(plans.enterprise), await code('999')]).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'PLAN_NOT_FOUND',
    ])
  })
})

describe('refunds', () => {
  const ELIGIBILITY = 'type daysSincePurchase refundable { minorUnits }'
  const eligibility = async (userId: number, orderId: string) =>
    (await execute(userId, `query ($id: ID!) { refundEligibility(orderId: $id) { ${ELIGIBILITY} } }`, { id: orderId })).refundEligibility
  const refund = (userId: number, input: object) =>
    server.ask(
      userId,
      `mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id status reason amount { minorUnits } eligibility { ${ELIGIBILITY} } creditNotePdfUrl } } }`,
      { input },
    )
  const orderOf = async (userId: number) => (await readAccount(userId)).orders.nodes[0].id as string

  beforeEach(() => server.clock.set('2026-05-01T10:00:00.000Z'))

  test('refunds everything within seven days, issues a credit note and ends the plan', async () => {
    await buy(10)
    const orderId = await orderOf(10)
    server.clock.set('2026-05-09T09:59:59.999Z')
    expect(await eligibility(10, orderId)).toEqual({ type: 'FULL', daysSincePurchase: 7, refundable: { minorUnits: 1500 } })
    const { data } = await refund(10, { orderId, reason: 'Not for me' })
    expect(data.requestRefund.refund).toMatchObject({
      status: 'DONE',
      reason: 'Not for me',
      amount: { minorUnits: 1500 },
      eligibility: { type: 'FULL' },
    })
    expect((await fetch(data.requestRefund.refund.creditNotePdfUrl)).status).toBe(200)
    await server.settle()
    expect(await readAccount(10)).toMatchObject({
      me: { portalTier: 'FREE', currentPlan: { slug: 'free' } },
      subscription: null,
      orders: { nodes: [{ status: 'EXPIRED', refunds: [{ amount: { minorUnits: 1500 } }] }] },
      invoices: { nodes: [{ status: 'REFUNDED', creditNotes: [{ number: 'TESTCN-2026-000001', amount: { minorUnits: 1500 } }] }] },
    })
    await advanceClock('2026-07-05T10:00:00.000Z')
    expect((await readAccount(10)).invoices.nodes).toHaveLength(1)
  })

  test('calculates type, days and amount to the millisecond, and refunds accordingly', async () => {
    await buy(10)
    const orderId = await orderOf(10)
    for (const [at, daysSincePurchase, type, minorUnits] of [
      ['2026-05-01T10:00:00.000Z', 0, 'FULL', 1500],
      ['2026-05-09T09:59:59.999Z', 7, 'FULL', 1500],
      ['2026-05-09T10:00:00.000Z', 8, 'PRORATED', 1113],
      ['2026-05-31T10:00:00.000Z', 30, 'PRORATED', 48],
      ['2026-06-01T09:59:59.999Z', 30, 'PRORATED', 0],
      ['2026-06-01T10:00:00.000Z', 31, 'NONE', 0],
    ] as const) {
      server.clock.set(at)
      expect(await eligibility(10, orderId), at).toEqual({ type, daysSincePurchase, refundable: { minorUnits } })
    }
    for (const [at, daysSincePurchase] of [
      ['2026-06-01T09:59:59.999Z', 30],
      ['2026-06-01T10:00:00.000Z', 31],
    ] as const) {
      server.clock.set(at)
      const { errors } = await refund(10, { orderId })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'REFUND_NOT_ELIGIBLE', daysSincePurchase })
    }
  })

  test('counts the days from the purchase of the subscription even when nothing is refundable', async () => {
    await buy(10)
    const first = await orderOf(10)
    await advanceClock('2026-06-01T10:00:00.000Z')
    const renewal = await orderOf(10)
    expect(renewal).not.toBe(first)
    const nothing = { type: 'NONE', daysSincePurchase: 31, refundable: { minorUnits: 0 } }
    expect([await eligibility(10, first), await eligibility(10, renewal)]).toEqual([nothing, nothing])
    const pending = await execute(11, 'mutation ($id: ID!) { placeOrder(input: { planId: $id }) { order { id } } }', { id: plans.pro })
    const { id } = pending.placeOrder.order
    await execute('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '11', planId: plans.pro, orderId: id },
    })
    await execute('admin', 'mutation { cancelPlan(input: { userId: "11" }) { success } }')
    server.clock.set('2026-06-06T09:59:59.999Z')
    expect(await eligibility(11, id)).toEqual({ type: 'NONE', daysSincePurchase: 4, refundable: { minorUnits: 0 } })
  })

  test('refunds once for concurrent requests, returns the same refund for the same key, hides the orders of others', async () => {
    await buy(10)
    const orderId = await orderOf(10)
    const responses = await Promise.all([refund(10, { orderId }), refund(10, { orderId })])
    expect(responses.map(codeOf).sort()).toEqual(['REFUND_NOT_ELIGIBLE', 'none'])
    expect(await server.services.db.refund.count()).toBe(1)
    await buy(11)
    const input = { orderId: await orderOf(11), idempotencyKey: 'refund-1' }
    const [first, second] = await Promise.all([refund(11, input), refund(11, input)])
    expect(first.data).toEqual(second.data)
    expect([codeOf(await refund(12, { orderId })), codeOf(await refund(12, { orderId: '999' }))]).toEqual([
      'ORDER_NOT_FOUND',
      'ORDER_NOT_FOUND',
    ])
  })

  test('reaches the same state when the refund is made in the dashboard of the provider', async () => {
    await buy(10)
    const { providerPaymentId } = await server.services.db.payment.findFirstOrThrow()
    await server.services.providers.getActive().refund(providerPaymentId ?? '', 600n)
    await server.settle()
    expect(await readAccount(10)).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      invoices: { nodes: [{ status: 'PARTIALLY_REFUNDED', creditNotes: [{ amount: { minorUnits: 600 } }] }] },
    })
    await server.services.providers.getActive().refund(providerPaymentId ?? '', 900n)
    await server.settle()
    expect(await readAccount(10)).toMatchObject({
      me: { currentPlan: { slug: 'free' } },
      invoices: { nodes: [{ status: 'REFUNDED', creditNotes: [{ amount: { minorUnits: 600 } }, { amount: { minorUnits: 900 } }] }] },
    })
  })

  test('refunds what is left when an administrator has credited a part to the balance before', async () => {
    await buy(10)
    const { id } = (await execute(10, '{ invoices { nodes { id } } }')).invoices.nodes[0]
    await execute('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }', {
      input: { invoiceId: id, amount: 1000 },
    })
    expect((await refund(10, { orderId: await orderOf(10) })).data.requestRefund.refund).toMatchObject({
      status: 'DONE',
      amount: { minorUnits: 500 },
    })
    expect(await server.services.db.ledgerAccount.findFirst()).toMatchObject({ balance: -1000n, held: 0n })
    expect((await readAccount(10)).invoices.nodes[0]).toMatchObject({
      status: 'REFUNDED',
      creditNotes: [{ amount: { minorUnits: 1000 } }, { amount: { minorUnits: 500 } }],
    })
  })

  test('ends a plan granted by an administrator at once, whose refund waits for an administrator', async () => {
    await execute(10, '{ me { id } }')
    const { applyPlan } = await execute('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id } } }', {
      input: { userId: '10', planId: plans.pro },
    })
    const { data } = await refund(10, { orderId: applyPlan.order.id })
    expect(data.requestRefund.refund).toMatchObject({ status: 'REQUESTED', amount: { minorUnits: 1500 } })
    expect((await readAccount(10)).me.currentPlan.slug).toBe('free')
  })
})

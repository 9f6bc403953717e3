import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import {
  buy,
  buyUnpaid,
  dataOf,
  grantCredit,
  readBalances,
  readEntries,
  readInvoice,
  readPostings,
  recordPayment,
} from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const JUNE = '2026-06-01T00:00:00.000Z'
const JULY = '2026-07-01T00:00:00.000Z'

let server: TestServer
let plans: Catalog
let user = 400

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})

const usd = (minorUnits: number) => ({ minorUnits, currency: 'USD' })
const grant = async (amount: number, input: object = {}) =>
  (await dataOf(grantCredit(server, { userId: String(user), amount: usd(amount), ...input }))).grantCredit

const creditInvoice = (invoiceId: string, amount: number) =>
  dataOf(
    server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { invoice { status } } }', {
      input: { invoiceId, amount },
    }),
  )

/** What is left of each grant of the user, oldest first. */
const remaining = async () => {
  const grants = await server.services.db.creditGrant.findMany({ where: { userId: String(user) }, orderBy: { id: 'asc' } })
  return grants.map((each) => Number(each.remaining))
}

describe('granted credit', () => {
  test('is on the balance at once, with its reason and expiry', async () => {
    expect(await grant(300, { reason: 'Sorry for the outage', expiresAt: JUNE })).toEqual({
      grant: {
        id: expect.stringMatching(/^grant_\d+$/),
        amount: { minorUnits: 300 },
        remaining: { minorUnits: 300 },
        reason: 'Sorry for the outage',
        createdAt: START,
        expiresAt: JUNE,
      },
      balance: { amount: { minorUnits: 300 }, available: { minorUnits: 300 }, held: { minorUnits: 0 }, granted: { minorUnits: 300 } },
    })
    expect(await readEntries(server, user)).toEqual([
      { id: expect.stringMatching(/^bal_\d+$/), amount: 300, description: 'Credit: Sorry for the outage', at: START, expiresAt: JUNE },
    ])
    const audit = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'grantCredit' }, orderBy: { id: 'desc' } })
    expect(audit).toMatchObject({ actor: 'user:1', subject: `user:${user}`, details: { amount: '300', currency: 'USD' } })
  })

  test('settles open invoices, and is spent before other balance, the soonest expiry first', async () => {
    await grant(100)
    await grant(200, { expiresAt: JULY })
    await grant(250, { expiresAt: JUNE })
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 500 } })
    expect(await remaining()).toEqual([50, 0, 0])
  })

  test('pays a part of an open invoice if it does not cover it', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    const { grant: granted, balance } = await grant(200)
    expect([granted.remaining, balance.amount]).toEqual([{ minorUnits: 0 }, { minorUnits: 0 }])
    const invoice = { status: 'OPEN', amountPaid: { minorUnits: 200 }, amountDue: { minorUnits: 300 }, paidAt: null }
    expect(await readInvoice(server, invoiceId)).toMatchObject(invoice)
    expect((await grant(400)).grant.remaining).toEqual({ minorUnits: 100 })
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', amountDue: { minorUnits: 0 }, paidAt: START })
  })

  test('in another currency leaves an open invoice open', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    await grant(0, { amount: { minorUnits: 900, currency: 'JPY' } })
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'OPEN' })
    const nothing = { amount: 0, available: 0, held: 0, granted: 0 }
    expect(await readBalances(server, user)).toEqual([
      { ...nothing, currency: 'JPY', amount: 900, available: 900, granted: 900 },
      { ...nothing, currency: 'USD' },
    ])
  })

  test('returns as granted credit, with its expiry', async () => {
    await grant(300, { expiresAt: JUNE })
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    await grant(200)
    expect(await remaining()).toEqual([0, 0])
    // The newest payment returns first: all of the second grant, and 50 of the first.
    await creditInvoice(invoiceId, 250)
    expect(await remaining()).toEqual([50, 200])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 250, available: 250, granted: 250 }])
  })

  test('for an organisation is on its balance', async () => {
    const organisationId = String(9000 + user)
    await createOrganisation(server, Number(organisationId), { [user]: 'OWNER' })
    await dataOf(grantCredit(server, { organisationId, amount: usd(700) }))
    const query = 'query ($organisationId: ID!) { balances(organisationId: $organisationId) { amount { minorUnits } } }'
    expect((await dataOf(server.ask(user, query, { organisationId }))).balances).toEqual([{ amount: { minorUnits: 700 } }])
    expect(await readBalances(server, user)).toEqual([])
  })

  test('is granted once for an idempotency key', async () => {
    const twice = () => grant(300, { idempotencyKey: `grant ${user}` })
    const [first, second] = await Promise.all([twice(), twice()])
    expect(first.grant.id).toBe(second.grant.id)
    expect(await readBalances(server, user)).toMatchObject([{ amount: 300 }])
  })

  test('is granted once for an idempotency key, also when the credit has expired since', async () => {
    const input = { expiresAt: JUNE, idempotencyKey: `expiring ${user}` }
    const first = await grant(300, input)
    server.clock.set(JULY)
    expect((await grant(300, input)).grant.id).toBe(first.grant.id)
  })

  test('is refused if all that a customer was granted and has paid would exceed 2^53-1', async () => {
    await grant(Number.MAX_SAFE_INTEGER - 1000)
    const { orderId } = await buy(server, user, plans.starter)
    const tooMuch = await grantCredit(server, { userId: String(user), amount: usd(501) })
    expect(tooMuch.errors).toMatchObject([
      {
        message:
          'input.amount.minorUnits: what the customer has paid and was granted would exceed 9007199254740991 minor units; at most 500 more are possible',
        extensions: { code: 'BAD_USER_INPUT', field: 'input.amount.minorUnits' },
      },
    ])
    expect(codeOf(await recordPayment(server, { orderId, amount: 501 }))).toBe('BAD_USER_INPUT')
    await grant(500)
    expect(codeOf(await recordPayment(server, { orderId, amount: 1 }))).toBe('BAD_USER_INPUT')
    expect(await readBalances(server, user)).toMatchObject([{ amount: Number.MAX_SAFE_INTEGER - 500 }])
  })

  test.each([
    ['no amount', { amount: { minorUnits: 0, currency: 'USD' } }, 'input.amount.minorUnits'],
    ['a blank reason', { reason: ' ' }, 'input.reason'],
    ['an expiry that has passed', { expiresAt: START }, 'input.expiresAt'],
    ['two customers', { organisationId: '1' }, 'input.organisationId'],
    ['no customer', { userId: null }, 'input.userId'],
  ])('is refused with %s', async (_case, input, field) => {
    const answer = await grantCredit(server, { userId: String(user), amount: usd(1), ...input })
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
  })

  test('is refused for an unknown customer, and can only be granted by administrators', async () => {
    expect(codeOf(await grantCredit(server, { userId: '404404', amount: usd(1) }))).toBe('USER_NOT_FOUND')
    expect(codeOf(await grantCredit(server, { organisationId: '404404', amount: usd(1) }))).toBe('ORGANISATION_NOT_FOUND')
    expect(codeOf(await grantCredit(server, { userId: String(user), amount: usd(1) }, user))).toBe('FORBIDDEN')
  })
})

describe('when credit expires', () => {
  test('what is left of it cannot be spent, and the next minute takes it from the balance', async () => {
    await grant(300, { expiresAt: JUNE })
    server.clock.set(JUNE)
    expect(await readBalances(server, user)).toMatchObject([{ amount: 300, available: 0, granted: 300 }])
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'OPEN', amountPaid: { minorUnits: 0 } })
    await server.tick()
    await server.tick()
    expect(await readBalances(server, user)).toMatchObject([{ amount: 0, available: 0, granted: 0 }])
    const entries = (await readEntries(server, user)).map(({ amount, description, expiresAt }) => [amount, description, expiresAt])
    expect(entries).toEqual([
      [-300, 'Expired credit: An apology', null],
      [300, 'Credit: An apology', JUNE],
    ])
    expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'GRANT_EXPIRY', balance: 300, revenue: -300 })
  })

  test('what was spent stays spent, and what returns later expires at the next minute', async () => {
    await grant(300, { expiresAt: JUNE })
    await grant(1000)
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    expect(await remaining()).toEqual([0, 800])
    server.clock.set(JUNE)
    await server.tick()
    // The renewal of June has spent 500 as well.
    await creditInvoice(invoiceId, 400)
    expect(await remaining()).toEqual([200, 500])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 700, available: 500 }])
    await server.tick()
    expect(await remaining()).toEqual([0, 500])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 500, available: 500, granted: 500 }])
  })

  test('two simultaneous jobs take it once', async () => {
    await grant(300, { expiresAt: JUNE })
    server.clock.set(JUNE)
    await Promise.all([server.tick(), server.tick(), server.tick()])
    expect((await readPostings(server, user)).filter(({ kind }) => kind === 'GRANT_EXPIRY')).toHaveLength(1)
  })
})

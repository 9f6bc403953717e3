import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { checkLedger } from '../../../support/ledger.js'
import { grantCredit, recordPayment, reversePayment } from '../../../support/payments.js'
import {
  amountsOf,
  buyPlan,
  changePlanNow,
  confirmRefund,
  must,
  readEligibility,
  readUserBalance,
  requestRefund,
} from '../../../support/refunds.js'
import { applyPlan, codeOf } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

// DOMAIN: "Refunds", for purchases that an administrator has approved.

let server: TestServer
let plans: Catalog
const USER = 10

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T10:00:00.000Z' })
  plans = await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const buy = (planId: string) => buyPlan(server, USER, planId)
const change = (planId: string) => changePlanNow(server, USER, planId)
const eligibility = (orderId: string) => readEligibility(server, USER, orderId)
const refund = (input: object, who: number | 'admin' = USER) => requestRefund(server, who, input)
const refunded = async (input: object, who: number | 'admin' = USER) => must(await refund(input, who)).requestRefund.refund
const confirm = (input: object, who: number | 'admin' = 'admin') => confirmRefund(server, who, input)
const balance = () => readUserBalance(server, USER)
const currentPlan = async () => must(await server.ask(USER, '{ me { currentPlan { slug } } }')).me.currentPlan.slug
const fieldOf = ({ errors }: Awaited<ReturnType<typeof refund>>) => errors?.[0]?.extensions.field

describe('a purchase of 2026-05-01T10:00 for 1500', () => {
  test.each([
    ['2026-05-01T10:00:00.000Z', 'FULL', 0, 1500],
    ['2026-05-09T09:59:59.999Z', 'FULL', 7, 1500],
    ['2026-05-09T10:00:00.000Z', 'PRORATED', 8, 1113],
    ['2026-05-31T10:00:00.000Z', 'PRORATED', 30, 48],
  ])('at %s is refunded as %s after %d days: %d', async (at, type, days, amount) => {
    const orderId = await buy(plans.pro)
    server.clock.set(at)
    expect(await eligibility(orderId)).toEqual([type, days, amount])
    expect(await refunded({ orderId })).toMatchObject({
      type,
      amount: { minorUnits: amount },
      creditNotes: [{ amount: { minorUnits: amount } }],
    })
    expect([await currentPlan(), await balance()]).toEqual(['free', { amount, held: amount, granted: 0 }])
  })

  test.each([
    ['2026-06-01T09:59:59.999Z', 'PRORATED', 30],
    ['2026-06-01T10:00:00.000Z', 'NONE', 31],
  ])('at %s is not eligible: %s after %d days', async (at, type, days) => {
    const orderId = await buy(plans.pro)
    server.clock.set(at)
    expect(await eligibility(orderId)).toEqual([type, days, 0])
    const { errors } = await refund({ orderId })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'REFUND_NOT_ELIGIBLE', daysSincePurchase: days })
  })
})

describe('what was paid for the period', () => {
  test('Starter, then Pro two days later: 1435 on day 3 from both orders, with a credit note for each invoice', async () => {
    const starter = await buy(plans.starter)
    server.clock.set('2026-05-03T10:00:00.000Z')
    const pro = await change(plans.pro)
    server.clock.set('2026-05-04T10:00:00.000Z')
    expect([await eligibility(starter), await eligibility(pro)]).toEqual([
      ['FULL', 3, 1435],
      ['FULL', 3, 1435],
    ])
    const { parts, creditNotes, amount } = await refunded({ orderId: starter })
    expect([amount.minorUnits, amountsOf(parts), amountsOf(creditNotes)]).toEqual([1435, [935, 500], [1403, 32]])
  })

  test('Starter on 08-01, Pro on 08-16: 677 on 08-18, from 516 and 161', async () => {
    server.clock.set('2026-08-01T00:00:00.000Z')
    await buy(plans.starter)
    server.clock.set('2026-08-16T00:00:00.000Z')
    const orderId = await change(plans.pro)
    server.clock.set('2026-08-18T00:00:00.000Z')
    expect(await eligibility(orderId)).toEqual(['PRORATED', 17, 677])
    const { parts, creditNotes } = await refunded({ orderId })
    expect([amountsOf(parts), amountsOf(creditNotes)]).toEqual([[516, 161], [677]])
  })

  test('Pro on 08-01, Starter on 08-02 with 968 on the balance: 532 on 08-03', async () => {
    server.clock.set('2026-08-01T00:00:00.000Z')
    const orderId = await buy(plans.pro)
    server.clock.set('2026-08-02T00:00:00.000Z')
    await change(plans.starter)
    server.clock.set('2026-08-03T00:00:00.000Z')
    expect(await eligibility(orderId)).toEqual(['FULL', 2, 532])
    expect((await refunded({ orderId })).amount.minorUnits).toBe(532)
    expect(await balance()).toEqual({ amount: 968 + 532, held: 532, granted: 0 })
  })

  test('Starter on 05-01, yearly 5000 on 05-03 with 4532 paid: 5000 on 05-04', async () => {
    const input = { slug: 'yearly', name: 'Yearly', type: 'PAID', interval: 'YEAR', price: { minorUnits: 5000, currency: 'USD' }, rank: 4 }
    const { createPlan } = must(
      await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input }),
    )
    await buy(plans.starter)
    server.clock.set('2026-05-03T10:00:00.000Z')
    const orderId = await change(createPlan.plan.id)
    server.clock.set('2026-05-04T10:00:00.000Z')
    expect(await eligibility(orderId)).toEqual(['FULL', 3, 5000])
    const { parts, creditNotes } = await refunded({ orderId })
    expect([amountsOf(parts), amountsOf(creditNotes)]).toEqual([[4532, 468], [5000]])
  })

  test('250 paid instead of the price of 500, on day 8: 185', async () => {
    const { data } = await applyPlan(server, { userId: String(USER), planId: plans.starter, amount: 250 })
    server.clock.set('2026-05-09T10:00:00.000Z')
    expect(await eligibility(data.applyPlan.order.id)).toEqual(['PRORATED', 8, 185])
  })

  test('a later period is not refunded by the orders of an earlier one, and nothing without a payment', async () => {
    const { data } = await applyPlan(server, { userId: String(USER), planId: plans.pro, amount: 0 })
    expect(await eligibility(data.applyPlan.order.id)).toEqual(['NONE', 0, 0])
    const first = await buy(plans.starter)
    server.clock.set('2026-05-02T10:00:00.000Z')
    await must(await server.ask('admin', 'mutation { cancelPlan(input: { userId: "10" }) { success } }'))
    expect(await eligibility(first)).toEqual(['NONE', 1, 0])
    expect(codeOf(await refund({ orderId: first }))).toBe('REFUND_NOT_ELIGIBLE')
  })

  test('what refunds have returned is excluded, and the unused share is less by it', async () => {
    const orderId = await buy(plans.pro)
    await refunded({ orderId, amount: 300, reason: 'Goodwill' }, 'admin')
    expect(await eligibility(orderId)).toEqual(['FULL', 0, 1200])
    server.clock.set('2026-05-09T10:00:00.000Z')
    expect(await eligibility(orderId)).toEqual(['PRORATED', 8, 890])
  })
})

test('the windows are settings', async () => {
  const other = await startServer({ now: '2026-05-01T10:00:00.000Z', environment: { REFUND_FULL_DAYS: '1', REFUND_PRORATED_DAYS: '2' } })
  const catalog = await createCatalog(other)
  await other.ask(USER, '{ me { id } }')
  const orderId = await buyPlan(other, USER, catalog.pro)
  const types: string[] = []
  for (const day of ['02', '03', '04']) {
    other.clock.set(`2026-05-${day}T10:00:00.000Z`)
    types.push((await readEligibility(other, USER, orderId))[0])
  }
  await other.close()
  expect(types).toEqual(['FULL', 'PRORATED', 'NONE'])
})

describe('the parts of a refund', () => {
  test('wait for an administrator, who confirms them with a reference', async () => {
    const orderId = await buy(plans.starter)
    server.clock.set('2026-05-03T10:00:00.000Z')
    await change(plans.pro)
    const { id, status, parts } = await refunded({ orderId, reason: 'Too slow' })
    expect([status, parts.map((part: { status: string }) => part.status)]).toEqual(['REQUESTED', ['REQUESTED', 'REQUESTED']])
    const [first, second] = parts
    expect(must(await confirm({ partId: first.id, reference: 'SEPA 1' })).confirmRefund.refund).toMatchObject({
      id,
      status: 'REQUESTED',
      parts: [
        { status: 'DONE', reference: 'SEPA 1' },
        { status: 'REQUESTED', reference: null },
      ],
    })
    expect(await balance()).toEqual({ amount: 500, held: 500, granted: 0 })
    const events = () => server.services.db.outboxEvent.count({ where: { type: 'refund.issued' } })
    expect(await events()).toBe(0)
    expect(must(await confirm({ partId: second.id, reference: 'SEPA 2' })).confirmRefund.refund.status).toBe('DONE')
    expect([await balance(), await events()]).toEqual([{ amount: 0, held: 0, granted: 0 }, 1])
  })

  test('are confirmed once, by administrators, with a reference', async () => {
    const orderId = await buy(plans.pro)
    const [{ id: partId }] = (await refunded({ orderId })).parts
    expect(codeOf(await confirm({ partId, reference: 'SEPA' }, USER))).toBe('FORBIDDEN')
    expect(fieldOf(await confirm({ partId, reference: ' ' }))).toBe('input.reference')
    expect(fieldOf(await confirm({ partId: 'rfp_999', reference: 'SEPA' }))).toBe('input.partId')
    const input = { partId, reference: 'SEPA', idempotencyKey: 'confirm-1' }
    const answers = await Promise.all([confirm(input), confirm({ partId, reference: 'SEPA' })])
    expect(answers.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'none'])
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
  })

  test('go to the balance on request, and settle what is open', async () => {
    const orderId = await buy(plans.pro)
    expect(await refunded({ orderId, to: 'BALANCE' })).toMatchObject({
      status: 'DONE',
      type: 'FULL',
      parts: [{ destination: 'BALANCE', status: 'DONE', amount: { minorUnits: 1500 } }],
    })
    expect(await balance()).toEqual({ amount: 1500, held: 0, granted: 0 })
    expect(await server.services.db.outboxEvent.count({ where: { type: 'refund.issued' } })).toBe(1)
  })

  test('that were paid from the balance return to it, the others to their payment method', async () => {
    server.clock.set('2026-08-01T00:00:00.000Z')
    await buy(plans.pro)
    server.clock.set('2026-08-02T00:00:00.000Z')
    await change(plans.starter)
    server.clock.set('2026-08-03T00:00:00.000Z')
    // The change back to Pro costs -468 + 1403 = 935, which the balance of 968 pays.
    const orderId = await change(plans.pro)
    const { parts, status } = await refunded({ orderId })
    expect(status).toBe('REQUESTED')
    expect(parts).toMatchObject([
      { destination: 'BALANCE', status: 'DONE' },
      { destination: 'ORIGINAL', status: 'REQUESTED' },
    ])
    const [back, out] = amountsOf(parts)
    expect([back, (back ?? 0) + (out ?? 0)]).toEqual([935, 1467])
  })

  test('return granted credit as granted credit', async () => {
    await grantCredit(server, { userId: String(USER), amount: { minorUnits: 1000, currency: 'USD' }, reason: 'Test' })
    await buy(plans.starter)
    server.clock.set('2026-05-03T10:00:00.000Z')
    const orderId = await change(plans.pro)
    expect(await balance()).toEqual({ amount: 65, held: 0, granted: 65 })
    const { parts } = await refunded({ orderId })
    expect(amountsOf(parts)).toEqual([935, 500])
    expect(await balance()).toEqual({ amount: 1500, held: 500, granted: 1000 })
  })
})

test('tax is refunded cumulatively: 999 with 173 tax in three of 333 gives 58, 57, 58', async () => {
  const taxed = await startServer({
    now: '2026-05-01T10:00:00.000Z',
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' },
  })
  await createCatalog(taxed)
  await taxed.ask(USER, '{ me { id } }')
  const rate = { country: 'DE', customerType: 'USER', basisPoints: 2100 }
  must(
    await taxed.ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }', { input: rate }),
  )
  const plan = { slug: 'taxed', name: 'Taxed', type: 'PAID', price: { minorUnits: 999, currency: 'USD' } }
  const { createPlan } = must(
    await taxed.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input: plan }),
  )
  const orderId = await buyPlan(taxed, USER, createPlan.plan.id)
  const taxes: number[] = []
  for (let step = 0; step < 3; step += 1) {
    const { refund: part } = must(await requestRefund(taxed, 'admin', { orderId, amount: 333, reason: 'Step' })).requestRefund
    taxes.push(part.tax.minorUnits)
    expect(part.creditNotes[0].tax.minorUnits).toBe(part.tax.minorUnits)
  }
  const problems = await checkLedger(taxed)
  await taxed.close()
  expect([taxes, problems]).toEqual([[58, 57, 58], []])
})

describe('an invoice that is partly unpaid', () => {
  /** Reverses the payment of the invoice, which is paid in part afterwards, as a bounced transfer is. */
  async function payPartly(amount: bigint): Promise<void> {
    const { id, invoiceId } = await server.services.db.payment.findFirstOrThrow()
    expect(codeOf(await reversePayment(server, { paymentId: String(id), reason: 'Bounced' }))).toBe('none')
    const payment = { invoiceId: String(invoiceId), amount: Number(amount), kind: 'BANK_TRANSFER' }
    expect(codeOf(await recordPayment(server, payment))).toBe('none')
  }
  const invoice = () => server.services.db.invoice.findFirstOrThrow({ where: { kind: 'INVOICE' } })

  test('is credited completely when the plan ends, and what was paid is refunded', async () => {
    const orderId = await buy(plans.pro)
    await payPartly(600n)
    expect(await eligibility(orderId)).toEqual(['FULL', 0, 600])
    const { amount, creditNotes, parts } = await refunded({ orderId })
    expect([amount.minorUnits, amountsOf(creditNotes), amountsOf(parts)]).toEqual([600, [600], [600]])
    expect(await invoice()).toMatchObject({ status: 'REFUNDED', creditedTotal: 1500n, paidTotal: 0n })
    expect(await balance()).toEqual({ amount: 600, held: 600, granted: 0 })
  })

  test('stays due when an administrator refunds a part without ending the plan', async () => {
    const orderId = await buy(plans.pro)
    await payPartly(600n)
    await refunded({ orderId, amount: 200, reason: 'Outage' }, 'admin')
    expect(await invoice()).toMatchObject({ status: 'OPEN', creditedTotal: 200n, paidTotal: 400n })
    expect(await balance()).toEqual({ amount: 200, held: 200, granted: 0 })
  })

  test('is paid by what a refund puts on the balance', async () => {
    const orderId = await buy(plans.pro)
    await payPartly(600n)
    await refunded({ orderId, amount: 200, reason: 'Outage', to: 'BALANCE' }, 'admin')
    expect(await invoice()).toMatchObject({ status: 'OPEN', creditedTotal: 200n, paidTotal: 600n })
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
  })
})

test('of two simultaneous full refunds one succeeds', async () => {
  const orderId = await buy(plans.pro)
  const answers = await Promise.all([refund({ orderId }), refund({ orderId }), refund({ orderId, to: 'BALANCE' })])
  expect(answers.map(codeOf).sort()).toEqual(['REFUND_NOT_ELIGIBLE', 'REFUND_NOT_ELIGIBLE', 'none'])
  expect((await balance()).amount).toBe(1500)
})

test('a refund waits for a plan change that waits for the provider', async () => {
  const orderId = await buy(plans.pro)
  const { db, clock } = server.services
  const { id } = await db.subscription.findFirstOrThrow({ where: { status: 'ACTIVE' } })
  const terms = {
    fromPlanId: rowId(plans.pro),
    toPlanId: rowId(plans.starter),
    credit: 0,
    charge: 0,
    due: 0,
    variantId: '1',
    nextRenewal: 500,
  }
  await db.planChange.create({ data: { subscriptionId: id, ...terms, changedAt: clock.now(), status: 'REQUESTED' } })
  expect(codeOf(await refund({ orderId }))).toBe('PAYMENT_IN_PROGRESS')
})

describe('administrators', () => {
  test('refund an amount with a reason, and keep the plan by default', async () => {
    const orderId = await buy(plans.pro)
    expect(await refunded({ orderId, amount: 700, reason: 'Outage' }, 'admin')).toMatchObject({ type: null, amount: { minorUnits: 700 } })
    expect(await currentPlan()).toBe('pro')
    expect(fieldOf(await refund({ orderId, amount: 100 }, 'admin'))).toBe('input.reason')
    const { errors } = await refund({ orderId, amount: 801, reason: 'Too much' }, 'admin')
    expect(errors?.[0]?.message).toBe('input.amount: must be at most 800 minor units, which is what was paid for the period')
    await refunded({ orderId, amount: 800, reason: 'Rest' }, 'admin')
    expect(codeOf(await refund({ orderId, amount: 1, reason: 'More' }, 'admin'))).toBe('REFUND_NOT_ELIGIBLE')
  })

  test('end the plan for less than the unused share, whose rest goes to the balance', async () => {
    const orderId = await buy(plans.pro)
    server.clock.set('2026-05-09T10:00:00.000Z')
    const { creditNotes } = await refunded({ orderId, amount: 100, reason: 'Settlement', endPlan: true }, 'admin')
    expect([await currentPlan(), amountsOf(creditNotes)]).toEqual(['free', [100]])
    expect(await balance()).toEqual({ amount: 1113, held: 100, granted: 0 })
    const rest = await server.services.db.invoice.findFirstOrThrow({ where: { kind: 'CREDIT_NOTE', refundId: null } })
    expect(rest.total).toBe(1013n)
  })

  test('refund the eligible amount and keep the plan', async () => {
    const orderId = await buy(plans.pro)
    expect((await refunded({ orderId, endPlan: false }, 'admin')).amount.minorUnits).toBe(1500)
    expect(await currentPlan()).toBe('pro')
  })

  test('refund another period than the current one, without ending the plan', async () => {
    const first = await buy(plans.starter)
    server.clock.set('2026-05-02T10:00:00.000Z')
    must(await applyPlan(server, { userId: String(USER), planId: plans.pro }))
    expect(fieldOf(await refund({ orderId: first, amount: 10, reason: 'Late', endPlan: true }, 'admin'))).toBe('input.endPlan')
    expect((await refunded({ orderId: first, amount: 10, reason: 'Late' }, 'admin')).amount.minorUnits).toBe(10)
    expect(await currentPlan()).toBe('pro')
  })

  test('alone may set the amount and whether the plan ends', async () => {
    const orderId = await buy(plans.pro)
    expect(fieldOf(await refund({ orderId, amount: 10, reason: 'Mine' }))).toBe('input.amount')
    expect(fieldOf(await refund({ orderId, endPlan: false }))).toBe('input.endPlan')
    expect(codeOf(await refund({ orderId }, 11))).toBe('ORDER_NOT_FOUND')
  })
})

test('a repeated idempotency key returns the same refund, another input is a conflict', async () => {
  const orderId = await buy(plans.pro)
  const input = { orderId, idempotencyKey: 'refund-1' }
  const [first, second] = await Promise.all([refunded(input), refunded(input)])
  expect(second.id).toBe(first.id)
  expect(codeOf(await refund({ ...input, to: 'BALANCE' }))).toBe('IDEMPOTENCY_CONFLICT')
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { addMeasurementObserver } from '../../../src/core/instrumentation.js'
import { applyPendingChanges } from '../../../src/modules/payments/apply-pending-changes.js'
import { type Catalog, createOrganisation } from '../../support/catalog.js'
import { deliver, event, type FakeLemonSqueezy, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { codeOf } from '../../support/requests.js'
import { insertRows } from '../../support/rows.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const BEFORE_RENEWAL = '2026-06-01T09:30:00.000Z'
const USER = 1000
const CUSTOMERS = 8
/** The variants of the plans at the provider. */
const [PRO, STARTER] = [1001, 1002]
/** One per attempt. */
const NO_RESPONSE = [500, 500, 500]

let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START))
  await server.owner.query(`INSERT INTO users (id) SELECT n FROM generate_series(${USER}, ${USER + CUSTOMERS - 1}) AS n`)
  await createSubscriptions('SELECT id, NULL::text FROM users WHERE id >= $2')
  for (let id = USER; id < USER + CUSTOMERS; id += 1) api.subscriptions.set(String(id), subscription(id, START))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await server.close()
  await api.close()
})

/** Creates subscriptions to Pro. @param customers  selects the user and the organisation; $2 is the first user */
async function createSubscriptions(customers: string): Promise<void> {
  const columns = {
    user_id: 'customer.user_id',
    organisation_id: 'customer.organisation_id',
    plan_id: '$1',
    anchor: `'${START}'`,
    current_period_start: `'${START}'`,
    current_period_end: "'2026-06-01T10:00:00Z'",
    collection: "'PROVIDER'",
    provider: "'lemonsqueezy'",
    provider_subscription_id: 'customer.user_id',
  }
  const source = `(${customers}) AS customer (user_id, organisation_id)`
  await server.owner.query(insertRows('subscriptions', columns, source), [Number(plans.pro), String(USER)])
}

const STATE = 'subscription { status plan { slug } pendingPlan { slug } }'
const revoke = (who: number, input: object | null = null) =>
  server.ask(who, `mutation ($input: RevokePlanChangeInput) { revokePlanChange(input: $input) { ${STATE} } }`, { input })
const change = (who: number, planId: string, input: object = {}) =>
  server.ask(who, `mutation ($input: ChangePlanInput!) { changePlan(input: $input) { ${STATE} } }`, { input: { planId, ...input } })
const maxId = async () => (await server.services.planCache.read()).all.find(({ slug }) => slug === 'max')?.id.toString() ?? ''
const createMax = () => {
  const price = { minorUnits: 3000, currency: 'USD' }
  const input = { slug: 'max', name: 'Max', type: 'PAID', price, rank: 5, providerVariantId: '1003' }
  return server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input })
}
const stateOf = async (who: number) => (await server.ask(who, `{ ${STATE} }`)).data.subscription
const reads = () => api.requests.filter(({ method }) => method === 'GET').length
/** Calls the provider for the scheduled changes. All of them fail. */
const applyWithFailures = async (statuses: number[], failed = 1) => {
  server.clock.set(BEFORE_RENEWAL)
  api.failures.push(...statuses.map((status) => ({ status })))
  await expect(applyPendingChanges(server.services)).rejects.toThrow(`${failed} plan changes failed`)
  api.failures.splice(0)
}
/** Only those that exist: an expired claim means that the outcome is unknown. */
const expireClaims = () => {
  const expired = `SET pending_claimed_until = clock_timestamp() - interval '1 second'`
  return server.owner.query(`UPDATE subscriptions ${expired} WHERE pending_claimed_until IS NOT NULL`)
}
const claimed = async () => {
  const query = 'SELECT user_id::int AS id FROM subscriptions WHERE pending_claimed_until > clock_timestamp() ORDER BY 1'
  return (await server.owner.query(query)).rows.map(({ id }) => id)
}
const moveAtProvider = (variant: number) => {
  const moved = subscription(USER, START, { variant_id: variant, updated_at: '2026-06-01T09:29:00.000000Z' })
  api.subscriptions.set(String(USER), moved)
  return moved
}
const patches = () => api.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => Number(path.split('/').at(-1)))
const variantOf = (user: number) => api.subscriptions.get(String(user))?.attributes.variant_id
const pro = { status: 'ACTIVE', plan: { slug: 'pro' }, pendingPlan: null }
const starter = { status: 'ACTIVE', plan: { slug: 'starter' }, pendingPlan: null }
const scheduled = { status: 'ACTIVE', plan: { slug: 'pro' }, pendingPlan: { slug: 'starter' } }

describe('revokePlanChange', () => {
  test('revokes a scheduled downgrade, which is then not applied, and writes an audit entry', async () => {
    expect((await change(USER, plans.starter)).data.changePlan.subscription).toEqual(scheduled)
    expect((await revoke(USER)).data.revokePlanChange.subscription).toEqual(pro)
    server.clock.set(BEFORE_RENEWAL)
    await applyPendingChanges(server.services)
    expect(patches()).toEqual([])
    expect(await stateOf(USER)).toEqual(pro)
    const { data } = await server.ask('admin', `{ auditEntries(subject: "user:${USER}") { nodes { action actor details } } }`)
    expect(data.auditEntries.nodes[0]).toMatchObject({
      action: 'revokePlanChange',
      actor: `user:${USER}`,
      details: { planId: Number(plans.starter) },
    })
  })

  test('is INVALID_TRANSITION when nothing is scheduled, also the second time and without a subscription', async () => {
    expect(codeOf(await revoke(USER))).toBe('INVALID_TRANSITION')
    await change(USER, plans.starter)
    expect(codeOf(await revoke(USER))).toBe('none')
    expect(codeOf(await revoke(USER))).toBe('INVALID_TRANSITION')
    expect(codeOf(await revoke(10))).toBe('INVALID_TRANSITION')
  })

  test('may be used by owners and admins of the organisation, not by its members', async () => {
    await createOrganisation(server, 70, { 71: 'OWNER', 72: 'ADMIN', 73: 'MEMBER' })
    await createSubscriptions("SELECT '71', '70' WHERE $2 <> ''")
    const organisationId = '70'
    await change(71, plans.starter, { organisationId })
    expect(codeOf(await revoke(73, { organisationId }))).toBe('ORGANISATION_NOT_FOUND')
    expect(codeOf(await revoke(USER, { organisationId }))).toBe('ORGANISATION_NOT_FOUND')
    expect((await revoke(72, { organisationId })).data.revokePlanChange.subscription).toEqual(pro)
  })

  test('restores the current plan at the provider when that has the scheduled one already', async () => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    const call = api.hold('PATCH', '/subscriptions/')
    const applied = applyPendingChanges(server.services)
    await call.arrived
    const revoked = revoke(USER)
    call.release()
    await applied
    expect(codeOf(await revoked)).toBe('none')
    expect([await stateOf(USER), patches(), variantOf(USER)]).toEqual([pro, [USER, USER], PRO])
  })

  test('revokes once in a race of requests with the job, whether or not the provider has the scheduled plan', async () => {
    const users = Array.from({ length: CUSTOMERS }, (_, index) => USER + index)
    for (const user of users) await change(user, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    const jobs = [applyPendingChanges(server.services), applyPendingChanges(server.services)]
    const outcomes = await Promise.all(
      users.map(async (user) => (await Promise.all([revoke(user), revoke(user), revoke(user)])).map((answer) => codeOf(answer))),
    )
    await Promise.all(jobs)
    // A change that no process could apply because a request had claimed it would be due again.
    await applyPendingChanges(server.services)
    for (const [index, user] of users.entries()) {
      expect(outcomes[index]?.toSorted()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'none'])
      expect([await stateOf(user), variantOf(user)]).toEqual([pro, PRO])
      // Nothing was sent to the provider, or the scheduled plan and the current one again.
      expect([0, 2]).toContain(patches().filter((id) => id === user).length)
    }
  })

  test.each([
    ['has made the change, the current plan is restored there', STARTER, 1],
    ['has not made the change, nothing is sent', PRO, 0],
  ])('reads the state of the provider after a call without a response: if it %s', async (_outcome, variant, restored) => {
    await change(USER, plans.starter)
    await applyWithFailures(NO_RESPONSE)
    await expireClaims()
    moveAtProvider(variant)
    const sent = patches().length
    expect(codeOf(await revoke(USER))).toBe('none')
    expect([await stateOf(USER), variantOf(USER), patches().length - sent]).toEqual([pro, PRO, restored])
  })

  test('waits after a call without a response, because the provider may still make the change', async () => {
    await change(USER, plans.starter)
    await applyWithFailures(NO_RESPONSE)
    expect(codeOf(await change(USER, plans.starter, { when: 'NOW' }))).toBe('PAYMENT_IN_PROGRESS')
    const revoked = revoke(USER)
    moveAtProvider(STARTER)
    await expireClaims()
    expect(codeOf(await revoked)).toBe('none')
    expect([await stateOf(USER), variantOf(USER)]).toEqual([pro, PRO])
  })

  test('neither waits nor asks the provider when it has refused the change', async () => {
    await change(USER, plans.starter)
    await applyWithFailures([422])
    expect(codeOf(await revoke(USER))).toBe('none')
    expect([reads(), await stateOf(USER)]).toEqual([0, pro])
  })

  test.each([
    ['the first attempt of the same call', async () => applyWithFailures([500, 422])],
    [
      'an earlier call',
      async () => {
        await applyWithFailures(NO_RESPONSE)
        await expireClaims()
        await applyWithFailures([422])
      },
    ],
  ])('asks the provider when it has refused the change, but has not responded to %s', async (_call, fail) => {
    await change(USER, plans.starter)
    await fail()
    await expireClaims()
    moveAtProvider(STARTER)
    expect(codeOf(await revoke(USER))).toBe('none')
    expect([reads(), await stateOf(USER), variantOf(USER)]).toEqual([1, pro, PRO])
  })

  test('waits for the calls that were sent, not for the one that was not sent because the circuit is open', async () => {
    for (const user of [USER, USER + 1, USER + 2]) await change(user, plans.starter)
    // The fifth failure opens the circuit, before the last attempt of the second call.
    await applyWithFailures([500, 500, 500, 500, 500], 3)
    expect(await claimed()).toEqual([USER, USER + 1])
    expect(codeOf(await revoke(USER + 2))).toBe('none')
  })

  test('shows the plan that an earlier call has brought about, after another one was scheduled', async () => {
    await createMax()
    await change(USER, plans.starter)
    await applyWithFailures(NO_RESPONSE)
    await expireClaims()
    moveAtProvider(STARTER)
    await change(USER, await maxId(), { when: 'PERIOD_END' })
    expect((await revoke(USER)).data.revokePlanChange.subscription).toEqual(starter)
  })

  test('does not ask the provider about a change that its webhook has confirmed', async () => {
    await createMax()
    await change(USER, plans.starter)
    await applyWithFailures(NO_RESPONSE)
    await expireClaims()
    await deliver(server.url, event('subscription_updated', moveAtProvider(STARTER)))
    await server.settle()
    expect(await stateOf(USER)).toEqual(scheduled)
    await change(USER, await maxId(), { when: 'PERIOD_END' })
    expect((await revoke(USER)).data.revokePlanChange.subscription).toEqual(pro)
    expect([reads(), variantOf(USER)]).toEqual([0, PRO])
  })

  test('is PAYMENT_IN_PROGRESS at once while an immediate change waits for the provider', async () => {
    await createMax()
    await change(USER, plans.starter)
    const call = api.hold('PATCH', '/subscriptions/')
    const changed = change(USER, await maxId(), { when: 'NOW' })
    await call.arrived
    const { errors } = await revoke(USER)
    call.release()
    await changed
    expect(errors?.[0]).toMatchObject({
      message: 'Another plan change waits for the payment provider; try again in a few seconds',
      extensions: { code: 'PAYMENT_IN_PROGRESS' },
    })
  })

  test('does not try to claim a change that is being applied, but reads it again', async () => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    const call = api.hold('PATCH', '/subscriptions/')
    const applied = applyPendingChanges(server.services)
    await call.arrived
    const statements: unknown[] = []
    const stop = addMeasurementObserver((_kind, { statement }) => {
      statements.push(statement)
      return undefined
    })
    const revoked = revoke(USER)
    await expect.poll(() => statements.filter((statement) => statement === 'SELECT subscriptions').length).toBeGreaterThan(4)
    stop()
    call.release()
    await Promise.all([applied, revoked])
    expect(statements).not.toContain('UPDATE subscriptions')
  })
})

describe('applyPendingChanges', () => {
  test('does not call the provider when its claim is about to expire, and calls it the next time', async () => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    // The process is held up after its claim.
    let late = 0
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + late)
    const stop = addMeasurementObserver((_kind, { statement }) => {
      if (statement === 'UPDATE subscriptions') late = 31_000
      return undefined
    })
    await expect(applyPendingChanges(server.services)).rejects.toThrow('1 plan changes failed')
    stop()
    expect([patches(), await claimed()]).toEqual([[], []])
    await applyPendingChanges(server.services)
    expect([patches(), await stateOf(USER), variantOf(USER)]).toEqual([[USER], scheduled, STARTER])
  })
})

describe('changePlan PERIOD_END to the current plan', () => {
  const keep = () => change(USER, plans.pro, { when: 'PERIOD_END' })

  test('revokes the scheduled change', async () => {
    await change(USER, plans.starter)
    expect((await keep()).data.changePlan.subscription).toEqual(pro)
    expect(codeOf(await revoke(USER))).toBe('INVALID_TRANSITION')
    server.clock.set(BEFORE_RENEWAL)
    await applyPendingChanges(server.services)
    expect(patches()).toEqual([])
    const { data } = await server.ask('admin', `{ auditEntries(subject: "user:${USER}") { nodes { action details } } }`)
    expect(data.auditEntries.nodes[0]).toMatchObject({ action: 'revokePlanChange', details: { planId: Number(plans.starter) } })
  })

  test('is PAYMENT_IN_PROGRESS while the change is being applied, and INVALID_TRANSITION if it may have been made', async () => {
    await change(USER, plans.starter)
    await applyWithFailures(NO_RESPONSE)
    expect(codeOf(await keep())).toBe('PAYMENT_IN_PROGRESS')
    await expireClaims()
    expect(codeOf(await keep())).toBe('INVALID_TRANSITION')
    expect(await stateOf(USER)).toEqual(scheduled)
  })
})

describe('changePlan NOW', () => {
  beforeEach(createMax)

  test('discards the downgrade that was scheduled before', async () => {
    await change(USER, plans.starter)
    const { data } = await change(USER, await maxId(), { when: 'NOW' })
    expect(data.changePlan.subscription).toEqual({ status: 'ACTIVE', plan: { slug: 'max' }, pendingPlan: null })
    server.clock.set(BEFORE_RENEWAL)
    await applyPendingChanges(server.services)
    expect(patches()).toEqual([USER])
  })

  test('keeps the scheduled downgrade when the provider refuses the change', async () => {
    await change(USER, plans.starter)
    api.failures.push({ status: 200, pass: true }, { status: 422 })
    expect(codeOf(await change(USER, await maxId(), { when: 'NOW' }))).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(await stateOf(USER)).toEqual(scheduled)
  })

  test('is refused while the scheduled change is being applied', async () => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    const call = api.hold('PATCH', '/subscriptions/')
    const applied = applyPendingChanges(server.services)
    await call.arrived
    expect(codeOf(await change(USER, await maxId(), { when: 'NOW' }))).toBe('PAYMENT_IN_PROGRESS')
    call.release()
    await applied
    expect([await stateOf(USER), variantOf(USER)]).toEqual([scheduled, STARTER])
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyPendingChanges } from '../../../src/modules/payments/apply-pending-changes.js'
import { type Catalog, createOrganisation } from '../../support/catalog.js'
import { type FakeLemonSqueezy, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const BEFORE_RENEWAL = '2026-06-01T09:30:00.000Z'
const USER = 1000
const CUSTOMERS = 8
/** The variants of the plans at the provider. */
const [PRO, STARTER] = [1001, 1002]
const MAX_ATTEMPTS = 3

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
  await server.close()
  await api.close()
})

/** Creates subscriptions to Pro. @param customers  selects the user and the organisation; $2 is the first user */
async function createSubscriptions(customers: string): Promise<void> {
  await server.owner.query(
    `INSERT INTO subscriptions (user_id, organisation_id, plan_id, plan_limits, plan_features, status, anchor, period_number,
       current_period_start, current_period_end, provider, provider_subscription_id, created_at, updated_at)
     SELECT customer.user_id, customer.organisation_id, $1, '{}', '{}', 'ACTIVE', '2026-05-01T10:00:00Z', 1, '2026-05-01T10:00:00Z',
       '2026-06-01T10:00:00Z', 'lemonsqueezy', customer.user_id, now(), now()
     FROM (${customers}) AS customer (user_id, organisation_id)`,
    [Number(plans.pro), String(USER)],
  )
}

const STATE = 'subscription { status plan { slug } pendingPlan { slug } }'
const revoke = (who: number, input: object | null = null) =>
  server.ask(who, `mutation ($input: RevokePlanChangeInput) { revokePlanChange(input: $input) { ${STATE} } }`, { input })
const change = (who: number, planId: string, input: object = {}) =>
  server.ask(who, `mutation ($input: ChangePlanInput!) { changePlan(input: $input) { ${STATE} } }`, { input: { planId, ...input } })
const stateOf = async (who: number) => (await server.ask(who, `{ ${STATE} }`)).data.subscription
const patches = () => api.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => Number(path.split('/').at(-1)))
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

  test('reports that the change was applied when the provider has been called already', async () => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    const call = api.hold('PATCH', '/subscriptions/')
    const applied = applyPendingChanges(server.services)
    await call.arrived
    const revoked = revoke(USER)
    call.release()
    await applied
    expect(codeOf(await revoked)).toBe('INVALID_TRANSITION')
    expect(await stateOf(USER)).toEqual(starter)
  })

  test('either revokes or reports that the change was applied, in a race of requests with the job', async () => {
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
      const successes = outcomes[index]?.filter((code) => code === 'none').length
      expect(outcomes[index]?.filter((code) => code !== 'none')).toEqual(Array(3 - (successes ?? 0)).fill('INVALID_TRANSITION'))
      const variant = api.subscriptions.get(String(user))?.attributes.variant_id
      if (successes === 1) expect([await stateOf(user), variant, patches().includes(user)]).toEqual([pro, PRO, false])
      else expect([successes, await stateOf(user), variant, patches().filter((id) => id === user)]).toEqual([0, starter, STARTER, [user]])
    }
  })

  test.each([
    ['has made the change, it is applied', STARTER, 'INVALID_TRANSITION', starter],
    ['has not made the change, it is revoked', PRO, 'none', pro],
  ])('reads the state of the provider after a call without a response: if it %s', async (_outcome, variant, code, state) => {
    await change(USER, plans.starter)
    server.clock.set(BEFORE_RENEWAL)
    api.failures.push(...Array(MAX_ATTEMPTS).fill({ status: 500 }))
    await expect(applyPendingChanges(server.services)).rejects.toThrow('1 plan changes failed')
    api.failures.splice(0)
    api.subscriptions.set(String(USER), subscription(USER, START, { variant_id: variant, updated_at: '2026-06-01T09:29:00.000000Z' }))
    expect(codeOf(await revoke(USER))).toBe(code)
    expect(await stateOf(USER)).toEqual(state)
  })
})

describe('changePlan NOW', () => {
  beforeEach(async () => {
    const input = {
      slug: 'max',
      name: 'Max',
      type: 'PAID',
      price: { minorUnits: 3000, currency: 'USD' },
      rank: 5,
      providerVariantId: '1003',
    }
    await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input })
  })
  const maxId = async () => (await server.services.planCache.read()).all.find(({ slug }) => slug === 'max')?.id.toString() ?? ''

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
    expect(await stateOf(USER)).toEqual(starter)
  })
})

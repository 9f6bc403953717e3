import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withCurrentEntitlement } from '../../../src/modules/entitlements/with-current-entitlement.js'
import type { Customer } from '../../../src/modules/identity/index.js'
import { LIMIT_NAMES, type LimitName } from '../../../src/modules/limited-resources.rules.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

/** The limits that `claimServer` checks. */
const SERVER_LIMITS: readonly LimitName[] = ['serverLimit', 'memory', 'disk', 'cpu', 'databases', 'backups', 'portCount']
const NOW = '2026-05-01T10:00:00.000Z'
const USER: Customer = { userId: '1500', organisationId: null }
const ORGANISATION: Customer = { userId: '1500', organisationId: '1600' }

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await server.services.db.user.create({ data: { id: USER.userId } })
  await createOrganisation(server, 1600, { 1500: 'OWNER' })
  for (const { userId, organisationId } of [USER, ORGANISATION]) {
    await run('mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId, organisationId, planId: plans.pro },
    })
  }
})
afterAll(() => server.close())

async function run(query: string, variables: object): Promise<any> {
  const { data, errors } = await server.ask('admin', query, variables)
  expect(errors).toBeUndefined()
  return data
}

interface PlainLimits {
  plan: string | null
  rank: number | null
  limits: Record<string, number | null> | null
}

/** The limits that PostgreSQL reads during a claim; null if it leaves them to the rules. */
async function readByPlan({ userId, organisationId }: Customer): Promise<PlainLimits> {
  const { rows } = await server.owner.query('SELECT plan_name AS plan, plan_rank AS rank, limits FROM plain_plan_limits($1, $2, $3)', [
    userId,
    organisationId,
    server.clock.now(),
  ])
  return rows[0]
}

/** The same, calculated by the rules. */
async function calculate(customer: Customer): Promise<PlainLimits> {
  const { plan, limits } = await withCurrentEntitlement(server.services, customer, async (entitlement) => entitlement)
  return { plan: plan?.name ?? null, rank: plan?.rank ?? null, limits }
}

function serverLimits(limits: object | null): object {
  const values = new Map(Object.entries(limits ?? {}))
  return Object.fromEntries(SERVER_LIMITS.map((name) => [name, values.get(name)]))
}

interface State {
  status: string
  suspendedBy: string | null
  endsAt: string | null
  pastDueSince: string | null
  pauseKeepsAccess: boolean
  periodEnd: string
  /** Stored values, or undefined for those that are missing. */
  limits: Record<string, unknown>
  hasOverride: boolean
}

/** Runs statements in one transaction. */
async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await server.owner.connect()
  try {
    await client.query('BEGIN')
    return await work(client)
  } finally {
    await client.query('COMMIT')
    client.release()
  }
}

/** Stores any state, also one that another version may have left. */
function store({ userId, organisationId }: Customer, state: State): Promise<void> {
  const isOf = organisationId === null ? 'user_id = $1 AND organisation_id IS NULL' : 'organisation_id = $1'
  const owner = organisationId ?? userId
  return transaction(async (client) => {
    await client.query('SET LOCAL session_replication_role = replica')
    const { status, suspendedBy, endsAt, pastDueSince, pauseKeepsAccess, periodEnd, limits } = state
    await client.query(
      `UPDATE subscriptions SET status = $2, suspended_by = $3, ends_at = $4, past_due_since = $5, pause_keeps_access = $6,
         current_period_start = '2026-04-01', current_period_end = $7, ended_at = CASE $2 WHEN 'EXPIRED' THEN now() END,
         plan_limits = $8 WHERE ${isOf}`,
      [owner, status, suspendedBy, endsAt, pastDueSince, pauseKeepsAccess, periodEnd, JSON.stringify(limits)],
    )
    await client.query(`DELETE FROM limit_overrides WHERE ${isOf}`, [owner])
    if (!state.hasOverride) return
    await client.query(
      "INSERT INTO limit_overrides (user_id, organisation_id, percent, reason, created_at) VALUES ($1, $2, 50, 'Goodwill', now())",
      [organisationId === null ? userId : null, organisationId],
    )
  })
}

const PLAIN: State = {
  status: 'ACTIVE',
  suspendedBy: null,
  endsAt: null,
  pastDueSince: null,
  pauseKeepsAccess: false,
  periodEnd: '2026-06-01T10:00:00.000Z',
  limits: Object.fromEntries(LIMIT_NAMES.map((name) => [name, 7])),
  hasOverride: false,
}

const timeArbitrary = fc.constantFrom(
  '2026-04-20T10:00:00.000Z',
  '2026-04-30T10:00:00.000Z',
  NOW,
  '2026-05-01T10:00:00.001Z',
  '2026-07-01T10:00:00.000Z',
)
const mostly = <T>(usual: T, arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary })
const limitArbitrary = fc.oneof(
  { weight: 40, arbitrary: fc.nat(999_999_999) },
  { weight: 10, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(1_000_000_000, 2_147_483_647, '5', 5.5, -1, true, {}, [5], 2 ** 31, 1e20, undefined) },
)
const stateArbitrary: fc.Arbitrary<State> = fc.record({
  status: mostly('ACTIVE', fc.constantFrom('ACTIVE', 'TRIALING', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED')),
  suspendedBy: mostly<string | null>(null, fc.constantFrom('ADMIN', null)),
  endsAt: mostly<string | null>(null, timeArbitrary),
  pastDueSince: mostly<string | null>(null, timeArbitrary),
  pauseKeepsAccess: fc.boolean(),
  periodEnd: timeArbitrary,
  limits: fc.record(Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitArbitrary]))),
  hasOverride: mostly(false, fc.boolean()),
})

describe('the limits that PostgreSQL reads during a claim', () => {
  test.each([
    ['a user', USER],
    ['an organisation', ORGANISATION],
  ])('equal those that the rules calculate, or are left to them, for %s in any state', async (_, customer) => {
    let read = 0
    const runs = 150
    await fc.assert(
      fc.asyncProperty(stateArbitrary, async (state) => {
        await store(customer, state)
        const byPlan = await readByPlan(customer)
        if (byPlan.limits === null) return
        read += 1
        const calculated = await calculate(customer)
        expect({ ...byPlan, limits: serverLimits(byPlan.limits) }).toEqual({ ...calculated, limits: serverLimits(calculated.limits) })
      }),
      { numRuns: runs },
    )
    expect(read).toBeGreaterThan(runs / 10)
  })

  test.each([
    ['an active subscription', {}, 'Pro'],
    ['a trial', { status: 'TRIALING' }, 'Pro'],
    ['a subscription that ends later', { endsAt: '2026-05-01T10:00:00.001Z' }, 'Pro'],
    ['no live subscription', { status: 'EXPIRED' }, 'Free'],
  ])('need no calculation for %s', async (_, state, plan) => {
    for (const customer of [USER, ORGANISATION]) {
      await store(customer, { ...PLAIN, ...state })
      expect((await readByPlan(customer)).plan).toBe(plan)
    }
  })

  test.each([
    ['an override', { hasOverride: true }],
    ['a failed payment', { status: 'PAST_DUE', pastDueSince: NOW }],
    ['a suspended subscription', { suspendedBy: 'ADMIN' }],
    ['a subscription that has just ended', { endsAt: NOW }],
    ['stored limits without one of them', { limits: { memory: 5 } }],
  ])('are left to the rules for %s', async (_, state) => {
    for (const customer of [USER, ORGANISATION]) {
      await store(customer, { ...PLAIN, ...state })
      expect(await readByPlan(customer)).toEqual({ plan: null, rank: null, limits: null })
    }
  })
})

describe('a claim', () => {
  async function claim(externalId: string, userId = USER.userId) {
    const resources = JSON.stringify({ memory: 1, disk: 1, cpu: 1, databases: 0, backups: 0, ports: 0 })
    return transaction(async (client) => {
      const { rows } = await client.query('SELECT outcome FROM claim_server_by_plan($1, $2, NULL, $3, $4)', [
        externalId,
        userId,
        resources,
        server.clock.now(),
      ])
      const { rows: settings } = await client.query('SHOW synchronous_commit')
      return { outcome: rows[0].outcome, commit: settings[0].synchronous_commit }
    })
  }

  test('is on the disk before it is confirmed, and a refusal does not wait for the disk', async () => {
    await store(USER, { ...PLAIN, limits: { ...PLAIN.limits, serverLimit: 1 } })
    expect(await claim('kept')).toEqual({ outcome: 'claimed', commit: 'on' })
    expect(await claim('one-more')).toEqual({ outcome: 'refused', commit: 'off' })
    expect(await claim('kept')).toEqual({ outcome: 'claimed', commit: 'on' })
    expect(await claim('nobody', '1599')).toEqual({ outcome: 'undecided', commit: 'off' })
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseLimits, ZERO_LIMITS } from '../../../src/modules/catalog/plan.rules.js'
import { LIMIT_NAMES, type LimitValues } from '../../../src/modules/limited-resources.rules.js'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const NAMES = LIMIT_NAMES.join(' ')
/** Current limits of the plan, which apply to resources without a stored value. */
const PLAN = { memory: 8192, disk: 4096, cpu: 200, serverLimit: 5, nodeLimit: 4, tunnelPortCount: 3, emailsPerDay: null }

let server: TestServer
let planId: string
let nextUser = 700
let user: string

beforeAll(async () => {
  server = await startServer()
  await createCatalog(server)
  planId = (
    await run('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
      input: { name: 'Stored', type: 'PAID', price: { minorUnits: 100, currency: 'USD' }, rank: 9, ...PLAN },
    })
  ).createPlan.plan.id
})
afterAll(() => server.close())

beforeEach(async () => {
  user = String(nextUser++)
  await server.services.db.user.create({ data: { id: user } })
  await run('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input: { userId: user, planId } })
})

async function run(principal: number | 'admin', query: string, variables: object = {}): Promise<any> {
  const { data, errors } = await server.ask(principal, query, variables)
  expect(errors).toBeUndefined()
  return data
}

/**
 * Stores the limits as a version of Quittance without `nodeLimit` did, and with values that are not limits.
 * The trigger that protects the plan snapshot of an order is disabled meanwhile.
 */
async function damageStoredLimits(): Promise<void> {
  const damaged = `plan_limits - 'nodeLimit' || '{"memory": "8192", "disk": 10.5, "cpu": -1, "serverLimit": 2}'`
  await server.owner.query(`
    BEGIN;
    SET LOCAL session_replication_role = replica;
    UPDATE subscriptions SET plan_limits = ${damaged} WHERE user_id = '${user}';
    UPDATE orders SET plan_limits = ${damaged} WHERE user_id = '${user}';
    COMMIT`)
}

const EXPECTED = { memory: 8192, disk: 4096, cpu: 200, serverLimit: 2, nodeLimit: 4, tunnelPortCount: 3, emailsPerDay: null }

describe('stored limits that lack a resource', () => {
  test('use the current limit of the plan in limits, usage, entitlements and the order', async () => {
    await damageStoredLimits()
    const query = `{ me { limits { ${NAMES} } } usage { resource limit remaining } orders { nodes { purchasedPlan { limits { ${NAMES} } } } } }`
    const { me, usage, orders } = await run(Number(user), query)
    expect(me.limits).toMatchObject(EXPECTED)
    expect(orders.nodes[0].purchasedPlan.limits).toMatchObject(EXPECTED)
    expect(usage).toContainEqual({ resource: 'NODES', limit: 4, remaining: 4 })
    expect(usage).toContainEqual({ resource: 'CPU_PERCENT', limit: 200, remaining: 200 })
    const { entitlements } = await run(
      'admin',
      `{ entitlements(first: 100) { nodes { customer { ... on Node { id } } limits { ${NAMES} } } } }`,
    )
    expect(entitlements.nodes.find((state: any) => state.customer.id === `user_${user}`).limits).toMatchObject(EXPECTED)
    const { currentPlan } = await run('admin', `query ($id: ID!) { currentPlan(userId: $id) { limits { ${NAMES} } } }`, { id: user })
    expect(currentPlan.limits).toMatchObject(EXPECTED)
  })

  test('are enforced by claimServer and consume', async () => {
    await damageStoredLimits()
    const claim = (externalId: string, resources: object) =>
      server.ask('admin', 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { usage { resource limit } } }', {
        input: { userId: user, externalId, memory: 1, disk: 1, cpu: 1, ...resources },
      })
    expect((await claim(`${user}-1`, { disk: 4097 })).errors?.[0]?.extensions).toMatchObject({ resource: 'DISK_MB', limit: 4096 })
    expect((await claim(`${user}-1`, { disk: 4096 })).data.claimServer.usage).toContainEqual({ resource: 'NODES', limit: 4 })
    const recordUsage = (amount: number) =>
      server.ask('admin', 'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { success } }', {
        input: { userId: user, resource: 'NODES', amount, key: 'nodes' },
      })
    expect((await recordUsage(5)).errors?.[0]?.extensions).toMatchObject({ resource: 'NODES', limit: 4, requested: 5 })
    expect((await recordUsage(4)).errors).toBeUndefined()
  })

  test('stay whole numbers with a percentage override', async () => {
    await damageStoredLimits()
    await run('admin', 'mutation ($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { id } } }', {
      input: { userId: user, percent: 50, reason: 'Goodwill' },
    })
    expect((await run(Number(user), `{ me { limits { ${NAMES} } } }`)).me.limits).toMatchObject({
      memory: 12_288,
      disk: 6144,
      cpu: 300,
      serverLimit: 3,
      nodeLimit: 6,
      emailsPerDay: null,
    })
  })
})

describe('parseLimits', () => {
  test('returns stored limits as they are', () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(LIMIT_NAMES.map((name) => [name, fc.option(fc.nat())]))), (limits) => {
        expect(parseLimits(JSON.parse(JSON.stringify(limits)))).toEqual(limits)
      }),
    )
  })

  test('returns a limit for every resource, whatever was stored', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...LIMIT_NAMES), fc.jsonValue())), (stored) => {
        for (const limit of Object.values(parseLimits(stored))) {
          if (limit !== null) expect(Number.isSafeInteger(limit) && limit >= 0).toBe(true)
        }
      }),
    )
  })

  test.each([undefined, null, 'text', 5, [], {}])('grants nothing for %j without a plan', (stored) => {
    expect(parseLimits(stored)).toEqual(ZERO_LIMITS)
  })

  test.each(['5', 5.5, -1, true, {}, [5], 2 ** 31])('takes the limit of the plan for the stored value %j', (value) => {
    const plan: LimitValues = { ...ZERO_LIMITS, nodeLimit: 7 }
    expect(parseLimits({ nodeLimit: value, memory: 1 }, plan)).toEqual({ ...ZERO_LIMITS, nodeLimit: 7, memory: 1 })
  })
})

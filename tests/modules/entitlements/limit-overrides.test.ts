import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZERO_LIMITS } from '../../../src/modules/catalog/plan.rules.js'
import { type LimitOverrideRule, withOverrides } from '../../../src/modules/entitlements/entitlement.rules.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const PLAN = { ...ZERO_LIMITS, memory: 8192, serverLimit: 5, disk: null, emailsPerDay: 0 }

function override(part: Partial<LimitOverrideRule>): LimitOverrideRule {
  return { id: 1n, resource: null, percent: null, value: null, endsAt: null, removedAt: null, ...part }
}

describe('withOverrides applies', () => {
  test.each([
    ['without overrides', [], { memory: 8192, serverLimit: 5, disk: null, emailsPerDay: 0 }],
    ['an increase of everything by 50%', [override({ percent: 50 })], { memory: 12_288, serverLimit: 7, disk: null, emailsPerDay: 0 }],
    ['an increase of memory by 10%', [override({ resource: 'MEMORY_MB', percent: 10 })], { memory: 9011, serverLimit: 5 }],
    [
      'the sum of two increases',
      [override({ percent: 10 }), override({ resource: 'SERVERS', percent: 10 })],
      { serverLimit: 6, memory: 9011 },
    ],
    ['a fixed value', [override({ resource: 'SERVERS', value: 2 })], { serverLimit: 2, memory: 8192 }],
    [
      'a fixed value and an increase',
      [override({ resource: 'SERVERS', value: 2 }), override({ percent: 100 })],
      { serverLimit: 2, memory: 16_384 },
    ],
    [
      'the later of two fixed values',
      [override({ id: 2n, resource: 'SERVERS', value: 9 }), override({ id: 1n, resource: 'SERVERS', value: 2 })],
      { serverLimit: 9 },
    ],
    ['no limit', [override({ resource: 'SERVERS' })], { serverLimit: null }],
  ])('%s', (_case, overrides, expected) => {
    expect(withOverrides(PLAN, overrides)).toMatchObject(expected)
  })

  test('increases that never lower a limit or exceed a GraphQL Int', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_147_483_647 }),
        fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 5 }),
        (memory, increases) => {
          const increased = withOverrides(
            { ...PLAN, memory },
            increases.map((percent, id) => override({ id: BigInt(id), percent })),
          ).memory
          expect(increased).toBeGreaterThanOrEqual(memory)
          expect(increased).toBeLessThanOrEqual(2_147_483_647)
          expect(Number.isInteger(increased)).toBe(true)
        },
      ),
    )
  })
})

describe('overrides of administrators', () => {
  let server: TestServer
  let plans: Catalog

  beforeAll(async () => {
    server = await startServer()
    plans = await createCatalog(server)
    await server.services.db.user.createMany({ data: [{ id: '55' }, { id: '56' }, { id: '57' }, { id: '58' }] })
    for (const userId of ['55', '56']) {
      await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
        input: { userId, planId: plans.starter },
      })
    }
  })
  afterAll(() => server.close())

  const SET = `mutation ($input: SetLimitOverrideInput!) {
    setLimitOverride(input: $input) { override { id resource percent value reason endsAt removedAt } } }`

  const limits = async (user: number) => (await server.ask(user, '{ me { limits { memory serverLimit disk } } }')).data.me.limits
  const limitEvents = (customer: string) =>
    server.services.db.outboxEvent.findMany({ where: { holder: customer, type: 'limits.changed' }, orderBy: { id: 'asc' } })

  test('apply until they expire, and publish an event for both changes', async () => {
    const before = (await limitEvents('user:55')).length
    const { data, errors } = await server.ask('admin', SET, {
      input: { userId: '55', percent: 50, reason: 'Sorry for the outage', endsAt: '2026-05-08T00:00:00.000Z' },
    })
    expect(errors).toBeUndefined()
    expect(data.setLimitOverride.override).toMatchObject({ resource: null, percent: 50, value: null, reason: 'Sorry for the outage' })
    expect(await limits(55)).toEqual({ memory: 12_288, serverLimit: 7, disk: null })
    expect((await limitEvents('user:55')).at(-1)?.payload).toMatchObject({ plan: 'starter', limits: { serverLimit: 7, memory: 12_288 } })
    server.clock.set('2026-05-08T00:00:00.000Z')
    expect(await limits(55)).toEqual({ memory: 8192, serverLimit: 5, disk: null })
    await server.tick()
    await server.tick()
    const events = await limitEvents('user:55')
    expect(events).toHaveLength(before + 2)
    expect(events.at(-1)?.payload).toMatchObject({ limits: { serverLimit: 5 } })
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('are set once per idempotency key, also after their end', async () => {
    const input = { userId: '58', percent: 10, reason: 'Boost', endsAt: '2026-05-02T00:00:00.000Z', idempotencyKey: 'boost' }
    const set = async (changes = {}) => server.ask('admin', SET, { input: { ...input, ...changes } })
    const first = await set()
    server.clock.set('2026-05-03T00:00:00.000Z')
    expect((await set()).data).toEqual(first.data)
    server.clock.set('2026-05-01T10:00:00.000Z')
    expect((await set({ percent: 20 })).errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT')
    expect((await set({ userId: '55' })).errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT')
    expect(await server.services.db.limitOverride.count({ where: { userId: '58' } })).toBe(1)
  })

  test("replace the plan's limit until they are removed, effective with the next claim", async () => {
    const { data } = await server.ask('admin', SET, { input: { userId: '56', resource: 'SERVERS', value: 0, reason: 'Abuse' } })
    const claim = { userId: '56', externalId: 'refused', memory: 1, disk: 1, cpu: 1 }
    const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'
    expect((await server.ask('admin', CLAIM, { input: claim })).errors?.[0]?.extensions).toMatchObject({ limit: 0 })
    const REMOVE = 'mutation ($id: ID!) { removeLimitOverride(input: { overrideId: $id }) { override { removedAt } } }'
    const { id } = data.setLimitOverride.override
    expect((await server.ask('admin', REMOVE, { id })).data.removeLimitOverride.override.removedAt).toBe('2026-05-01T10:00:00.000Z')
    expect((await server.ask('admin', CLAIM, { input: claim })).errors).toBeUndefined()
    const audit = await server.services.db.auditEntry.findMany({ where: { subject: 'user:56', action: { contains: 'LimitOverride' } } })
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['setLimitOverride', 'user:1'],
      ['removeLimitOverride', 'user:1'],
    ])
  })

  test('exist for organisations, and are listed even when they have expired', async () => {
    await createOrganisation(server, 80, { 55: 'OWNER' })
    await server.ask('admin', SET, { input: { organisationId: '80', resource: 'SERVERS', unlimited: true, reason: 'Partner' } })
    const { data } = await server.ask(55, '{ me { organisations { organisation { limits { serverLimit memory } } } } }')
    expect(data.me.organisations[0].organisation.limits).toEqual({ serverLimit: null, memory: 512 })
    const LIST =
      'query ($user: ID, $organisation: ID) { limitOverrides(userId: $user, organisationId: $organisation) { totalCount nodes { percent resource } } }'
    expect((await server.ask('admin', LIST, { user: '55' })).data.limitOverrides).toEqual({
      totalCount: 1,
      nodes: [{ percent: 50, resource: null }],
    })
    expect((await server.ask('admin', LIST, { organisation: '80' })).data.limitOverrides.totalCount).toBe(1)
    expect((await server.ask(55, LIST, { user: '55' })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test.each([
    [{ reason: 'x', percent: 10 }, 'BAD_USER_INPUT', 'input.userId'],
    [{ userId: '55', organisationId: '80', reason: 'x', percent: 10 }, 'BAD_USER_INPUT', 'input.organisationId'],
    [{ userId: '55', reason: 'x' }, 'BAD_USER_INPUT', 'input.percent'],
    [{ userId: '55', reason: 'x', percent: 10, value: 1 }, 'BAD_USER_INPUT', 'input.percent'],
    [{ userId: '55', reason: 'x', percent: 0 }, 'BAD_USER_INPUT', 'input.percent'],
    [{ userId: '55', reason: 'x', value: 5 }, 'BAD_USER_INPUT', 'input.resource'],
    [{ userId: '55', reason: 'x', value: -5, resource: 'NODES' }, 'BAD_USER_INPUT', 'input.value'],
    [{ userId: '55', reason: '', percent: 5 }, 'BAD_USER_INPUT', 'input.reason'],
    [{ userId: '55', reason: 'x', percent: 5, endsAt: '2026-05-01T10:00:00.000Z' }, 'BAD_USER_INPUT', 'input.endsAt'],
    [{ userId: '9999', reason: 'x', percent: 5 }, 'USER_NOT_FOUND', undefined],
  ])('refuse %j', async (input, code, field) => {
    const { errors } = await server.ask('admin', SET, { input })
    expect(errors?.[0]?.extensions).toEqual({ code, ...(field && { field, fields: [{ field, message: expect.any(String) }] }) })
  })

  test('limits.changed is published only when the limits change', async () => {
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '57', planId: plans.pro },
    })
    const first = (await limitEvents('user:57')).length
    expect(first).toBe(1)
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '57', planId: plans.pro },
    })
    expect(await limitEvents('user:57')).toHaveLength(first)
    await server.ask('admin', 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }', { input: { userId: '57' } })
    expect((await limitEvents('user:57')).at(-1)?.payload).toMatchObject({ plan: 'free', limits: { serverLimit: 1 } })
  })
})

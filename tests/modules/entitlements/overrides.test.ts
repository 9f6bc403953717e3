import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZERO_LIMITS } from '../../../src/modules/catalog/plan.rules.js'
import { type LimitOverrideRule, withOverrides } from '../../../src/modules/entitlements/entitlement.rules.js'
import { type Catalogue, createCatalogue, createOrganisation } from '../../support/catalogue.js'
import { startServer, type TestServer } from '../../support/server.js'

const PLAN = { ...ZERO_LIMITS, memory: 8192, serverLimit: 5, disk: null, emailsPerDay: 0 }

function override(part: Partial<LimitOverrideRule>): LimitOverrideRule {
  return { id: 1, resource: null, percent: null, value: null, endsAt: null, removedAt: null, ...part }
}

describe('limits with overrides', () => {
  test.each([
    ['nothing', [], { memory: 8192, serverLimit: 5, disk: null, emailsPerDay: 0 }],
    ['a boost of all by 50%', [override({ percent: 50 })], { memory: 12_288, serverLimit: 7, disk: null, emailsPerDay: 0 }],
    ['a boost of memory by 10%', [override({ resource: 'MEMORY_MB', percent: 10 })], { memory: 9011, serverLimit: 5 }],
    ['two boosts, added up', [override({ percent: 10 }), override({ resource: 'SERVERS', percent: 10 })], { serverLimit: 6, memory: 9011 }],
    ['a value', [override({ resource: 'SERVERS', value: 2 })], { serverLimit: 2, memory: 8192 }],
    ['a value and a boost', [override({ resource: 'SERVERS', value: 2 }), override({ percent: 100 })], { serverLimit: 2, memory: 16_384 }],
    [
      'two values, the later one',
      [override({ id: 2, resource: 'SERVERS', value: 9 }), override({ id: 1, resource: 'SERVERS', value: 2 })],
      { serverLimit: 9 },
    ],
    ['unlimited', [override({ resource: 'SERVERS' })], { serverLimit: null }],
  ])('%s', (_what, overrides, expected) => {
    expect(withOverrides(PLAN, overrides)).toMatchObject(expected)
  })

  test('boosts never take anything away, and never make a number that GraphQL cannot carry', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_147_483_647 }),
        fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 5 }),
        (memory, boosts) => {
          const boosted = withOverrides(
            { ...PLAN, memory },
            boosts.map((percent, id) => override({ id, percent })),
          ).memory
          expect(boosted).toBeGreaterThanOrEqual(memory)
          expect(boosted).toBeLessThanOrEqual(2_147_483_647)
          expect(Number.isInteger(boosted)).toBe(true)
        },
      ),
    )
  })
})

describe('overrides by administrators', () => {
  let server: TestServer
  let plans: Catalogue

  beforeAll(async () => {
    server = await startServer()
    plans = await createCatalogue(server)
    await server.services.db.user.createMany({ data: [{ id: 55 }, { id: 56 }, { id: 57 }] })
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
  const told = (holder: string) =>
    server.services.db.outboxEvent.findMany({ where: { holder, type: 'limits.changed' }, orderBy: { id: 'asc' } })

  test('a boost with an end counts until then, and the panel is told of both', async () => {
    const before = (await told('user:55')).length
    const { data, errors } = await server.ask('admin', SET, {
      input: { userId: '55', percent: 50, reason: 'Sorry for the outage', endsAt: '2026-05-08T00:00:00.000Z' },
    })
    expect(errors).toBeUndefined()
    expect(data.setLimitOverride.override).toMatchObject({ resource: null, percent: 50, value: null, reason: 'Sorry for the outage' })
    expect(await limits(55)).toEqual({ memory: 12_288, serverLimit: 7, disk: null })
    expect((await told('user:55')).at(-1)?.payload).toMatchObject({ plan: 'starter', limits: { serverLimit: 7, memory: 12_288 } })
    server.clock.set('2026-05-08T00:00:00.000Z')
    expect(await limits(55)).toEqual({ memory: 8192, serverLimit: 5, disk: null })
    await server.tick()
    await server.tick()
    const events = await told('user:55')
    expect(events).toHaveLength(before + 2)
    expect(events.at(-1)?.payload).toMatchObject({ limits: { serverLimit: 5 } })
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('a value takes the place of the plan’s until it is removed, and the next claim obeys it', async () => {
    const { data } = await server.ask('admin', SET, { input: { userId: '56', resource: 'SERVERS', value: 0, reason: 'Abuse' } })
    const claim = { userId: '56', externalId: 'refused', memory: 1, disk: 1, cpu: 1 }
    const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'
    expect((await server.ask('admin', CLAIM, { input: claim })).errors?.[0]?.extensions).toMatchObject({ limit: 0 })
    const REMOVE = 'mutation ($id: ID!) { removeLimitOverride(id: $id) { override { removedAt } } }'
    const { id } = data.setLimitOverride.override
    expect((await server.ask('admin', REMOVE, { id })).data.removeLimitOverride.override.removedAt).toBe('2026-05-01T10:00:00.000Z')
    expect((await server.ask('admin', CLAIM, { input: claim })).errors).toBeUndefined()
    const audit = await server.services.db.auditEntry.findMany({ where: { subject: 'user:56', action: { contains: 'LimitOverride' } } })
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['setLimitOverride', 'user:1'],
      ['removeLimitOverride', 'user:1'],
    ])
  })

  test('an organisation can have one, and lists show those that are over as well', async () => {
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
  ])('%j is refused', async (input, code, field) => {
    const { errors } = await server.ask('admin', SET, { input })
    expect(errors?.[0]?.extensions).toEqual({ code, ...(field && { field }) })
  })

  test('only what changes is told: the same plan again is no news', async () => {
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '57', planId: plans.pro },
    })
    const first = (await told('user:57')).length
    expect(first).toBe(1)
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '57', planId: plans.pro },
    })
    expect(await told('user:57')).toHaveLength(first)
    await server.ask('admin', 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }', { input: { userId: '57' } })
    expect((await told('user:57')).at(-1)?.payload).toMatchObject({ plan: 'free', limits: { serverLimit: 1 } })
  })
})

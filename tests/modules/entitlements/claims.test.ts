import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMIT_NAMES } from '../../../src/modules/limited-resources.rules.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ environment: { UPGRADE_URL: 'https://panel.example.com/billing?upgrade={plan}' } })
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const CLAIM = `mutation ($input: ClaimServerInput!) {
  claimServer(input: $input) { claim { externalId memory disk cpu databases createdAt } usage { resource used limit remaining overLimit } } }`
const RELEASE = `mutation ($id: String!) { releaseServer(input: { externalId: $id }) { released usage { resource used limit } } }`
const USAGE = `query ($user: ID, $organisation: ID) {
  usage(userId: $user, organisationId: $organisation) { resource used limit remaining overLimit } }`

let nextUser = 1000
/** Creates a user with a plan and no servers. */
async function createCustomer(planId: string): Promise<string> {
  const userId = String(nextUser++)
  await server.services.db.user.create({ data: { id: userId, email: `u${userId}@example.com` } })
  await apply(userId, planId)
  return userId
}

async function apply(userId: string, planId: string): Promise<void> {
  const { errors } = await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
    input: { userId, planId },
  })
  if (errors) throw new Error(JSON.stringify(errors))
}

function claim(userId: string, externalId: string, resources: object = {}, extra: object = {}) {
  return server.ask('admin', CLAIM, { input: { userId, externalId, memory: 512, disk: 1024, cpu: 50, ...resources, ...extra } })
}

/** PostgreSQL does not read the limits itself for a customer with an override. */
async function setOverride(userId: string, resource: string, value: number): Promise<void> {
  const { errors } = await server.ask(
    'admin',
    'mutation ($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { id } } }',
    { input: { userId, resource, value, reason: 'Goodwill' } },
  )
  if (errors) throw new Error(JSON.stringify(errors))
}

async function used(userId: string, resource: string) {
  const { data } = await server.ask('admin', USAGE, { user: userId })
  return data.usage.find((usage: { resource: string }) => usage.resource === resource)
}

async function createPlan(limits: object): Promise<string> {
  const { data, errors } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: {
      slug: `plan-${nextUser++}`,
      name: 'Custom',
      type: 'PAID',
      price: { minorUnits: 100, currency: 'USD' },
      rank: 1,
      hiddenFromBilling: true,
      ...limits,
    },
  })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.createPlan.plan.id
}

describe('claiming a server', () => {
  test('reserves it and returns the usage of all resources', async () => {
    const user = await createCustomer(plans.starter)
    const { data, errors } = await claim(user, 'first', { databases: 2 })
    expect(errors).toBeUndefined()
    expect(data.claimServer.claim).toEqual({
      externalId: 'first',
      memory: 512,
      disk: 1024,
      cpu: 50,
      databases: 2,
      createdAt: '2026-05-01T10:00:00.000Z',
    })
    expect(data.claimServer.usage).toHaveLength(LIMIT_NAMES.length)
    expect(data.claimServer.usage).toContainEqual({ resource: 'SERVERS', used: 1, limit: 5, remaining: 4, overLimit: false })
    expect(data.claimServer.usage).toContainEqual({ resource: 'MEMORY_MB', used: 512, limit: 8192, remaining: 7680, overLimit: false })
    expect(data.claimServer.usage).toContainEqual({ resource: 'DISK_MB', used: 1024, limit: null, remaining: null, overLimit: false })
    expect(data.claimServer.usage).toContainEqual({
      resource: 'DATABASES_PER_SERVER',
      used: 2,
      limit: null,
      remaining: null,
      overLimit: false,
    })
  })

  test('is refused above the server limit, with the details that a panel shows', async () => {
    const user = await createCustomer(plans.starter)
    for (let server = 1; server <= 5; server += 1) expect((await claim(user, `${user}-${server}`)).errors).toBeUndefined()
    const { data, errors } = await claim(user, `${user}-6`)
    expect(data).toBeNull()
    expect(errors?.[0]?.message).toBe('Maximum servers (5) reached for Starter plan')
    expect(errors?.[0]?.extensions).toEqual({
      code: 'PLAN_LIMIT_EXCEEDED',
      resource: 'SERVERS',
      limit: 5,
      used: 5,
      requested: 1,
      upgradeUrl: 'https://panel.example.com/billing?upgrade=pro',
    })
    expect((await used(user, 'SERVERS')).used).toBe(5)
  })

  test.each([
    ['memory', 'MEMORY_MB', 'Maximum memory in MB (1000) reached for Custom plan'],
    ['disk', 'DISK_MB', 'Maximum disk in MB (1000) reached for Custom plan'],
    ['cpu', 'CPU_PERCENT', 'Maximum CPU in percent (1000) reached for Custom plan'],
  ])('sums %s over all servers', async (field, resource, message) => {
    const user = await createCustomer(await createPlan({ [field]: 1000 }))
    expect((await claim(user, `${user}-1`, { [field]: 600 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-2`, { [field]: 401 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ resource, limit: 1000, used: 600, requested: 401 })
    expect((await claim(user, `${user}-2`, { [field]: 400 })).errors).toBeUndefined()
  })

  test.each([
    ['databases', 'databases', 'DATABASES_PER_SERVER', 'The request for 3 databases per server exceeds the limit of 2 of the Custom plan'],
    ['backups', 'backups', 'BACKUPS_PER_SERVER', 'The request for 3 backups per server exceeds the limit of 2 of the Custom plan'],
    ['ports', 'portCount', 'PORTS_PER_SERVER', 'The request for 3 ports per server exceeds the limit of 2 of the Custom plan'],
  ])('limits %s per server', async (field, limit, resource, message) => {
    const user = await createCustomer(await createPlan({ [limit]: 2 }))
    expect((await claim(user, `${user}-1`, { [field]: 2 })).errors).toBeUndefined()
    expect((await claim(user, `${user}-2`, { [field]: 2 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-3`, { [field]: 3 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ resource, limit: 2, used: 0, requested: 3 })
    expect((await used(user, resource)).used).toBe(2)
  })

  test.each([
    ['memory', 'The request for 999999 MB of memory exceeds the limit of 1000 MB of the Custom plan'],
    ['disk', 'The request for 999999 MB of disk exceeds the limit of 1000 MB of the Custom plan'],
    ['cpu', 'The request for 999999 percent of CPU exceeds the limit of 1000 percent of the Custom plan'],
  ])('explains that a single request for %s exceeds the limit', async (field, message) => {
    const user = await createCustomer(await createPlan({ [field]: 1000 }))
    const refused = await claim(user, `${user}-1`, { [field]: 999_999 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ limit: 1000, used: 0, requested: 999_999 })
  })

  test('names the highest possible sum when the plan has no limit', async () => {
    const user = await createCustomer(await createPlan({ memory: null }))
    expect((await claim(user, `${user}-1`, { memory: 2_147_483_647 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-2`, { memory: 1 })
    expect(refused.errors?.[0]?.message).toBe('At most 2147483647 MB of memory can be counted')
  })

  test('is idempotent for the same externalId', async () => {
    const user = await createCustomer(await createPlan({ serverLimit: 1 }))
    const first = await claim(user, `${user}-1`)
    server.clock.set('2026-05-01T11:00:00.000Z')
    const second = await claim(user, `${user}-1`)
    server.clock.set('2026-05-01T10:00:00.000Z')
    expect(second.data.claimServer.claim).toEqual(first.data.claimServer.claim)
    expect((await used(user, 'SERVERS')).used).toBe(1)
  })

  test('resizes the server for the same externalId with other values and checks them again', async () => {
    const user = await createCustomer(await createPlan({ memory: 1000 }))
    await claim(user, `${user}-1`, { memory: 400 })
    await claim(user, `${user}-2`, { memory: 400 })
    const tooMuch = await claim(user, `${user}-1`, { memory: 601 })
    expect(tooMuch.errors?.[0]?.extensions).toMatchObject({ resource: 'MEMORY_MB', limit: 1000, used: 400, requested: 601 })
    expect((await used(user, 'MEMORY_MB')).used).toBe(800)
    expect((await claim(user, `${user}-1`, { memory: 600 })).errors).toBeUndefined()
    expect((await used(user, 'MEMORY_MB')).used).toBe(1000)
  })

  test('keeps running servers after a change to a smaller plan, reports the excess and refuses new servers', async () => {
    const user = await createCustomer(plans.pro)
    for (let server = 1; server <= 6; server += 1) await claim(user, `${user}-${server}`, { memory: 2048 })
    await apply(user, plans.starter)
    expect(await used(user, 'SERVERS')).toEqual({ resource: 'SERVERS', used: 6, limit: 5, remaining: 0, overLimit: true })
    expect(await used(user, 'MEMORY_MB')).toMatchObject({ used: 12_288, limit: 8192, overLimit: true })
    expect((await claim(user, `${user}-7`, { memory: 0 })).errors?.[0]?.extensions).toMatchObject({ resource: 'SERVERS', used: 6 })
    // A running server may shrink while the usage exceeds the limit, but not grow.
    expect((await claim(user, `${user}-1`, { memory: 1024 })).errors).toBeUndefined()
    expect((await claim(user, `${user}-1`, { memory: 1025 })).errors?.[0]?.extensions).toMatchObject({ resource: 'MEMORY_MB' })
    for (const server of [1, 2]) await release(`${user}-${server}`)
    expect((await used(user, 'SERVERS')).overLimit).toBe(false)
    expect((await claim(user, `${user}-7`, { memory: 0 })).errors).toBeUndefined()
  })

  test('can be released once, which makes room for another server', async () => {
    const user = await createCustomer(await createPlan({ serverLimit: 1 }))
    await claim(user, `${user}-1`)
    expect((await claim(user, `${user}-2`)).errors).toHaveLength(1)
    const released = await server.ask('admin', RELEASE, { id: `${user}-1` })
    expect(released.data.releaseServer.released).toBe(true)
    expect(released.data.releaseServer.usage).toContainEqual({ resource: 'SERVERS', used: 0, limit: 1 })
    expect((await server.ask('admin', RELEASE, { id: `${user}-1` })).data.releaseServer).toEqual({ released: false, usage: [] })
    expect((await claim(user, `${user}-2`)).errors).toBeUndefined()
  })

  test('treats a limit of null as unlimited and 0 as none', async () => {
    const unlimited = await createCustomer(await createPlan({ serverLimit: null }))
    const none = await createCustomer(await createPlan({ serverLimit: 0 }))
    expect((await claim(unlimited, `${unlimited}-1`)).errors).toBeUndefined()
    expect((await claim(none, `${none}-1`)).errors?.[0]?.message).toBe('Maximum servers (0) reached for Custom plan')
  })

  test('returns no upgrade URL for the highest plan', async () => {
    await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
      input: { id: plans.enterprise, serverLimit: 0 },
    })
    const user = String(nextUser++)
    await server.services.db.user.create({ data: { id: user } })
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: user, planId: plans.enterprise, amount: 0 },
    })
    expect((await claim(user, 'too-much')).errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', upgradeUrl: null })
  })

  test('applies the current limits of the free plan to users without a plan', async () => {
    const user = String(nextUser++)
    await server.services.db.user.create({ data: { id: user } })
    expect((await claim(user, `${user}-1`)).errors).toBeUndefined()
    expect((await claim(user, `${user}-2`)).errors?.[0]?.message).toBe('Maximum servers (1) reached for Free plan')
  })

  test("counts an organisation's servers against its own plan for every member", async () => {
    await createOrganisation(server, 70, { 900: 'OWNER', 901: 'MEMBER' })
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '900', organisationId: '70', planId: await createPlan({ serverLimit: 2 }) },
    })
    expect((await claim('900', 'org-1', {}, { organisationId: '70' })).errors).toBeUndefined()
    expect((await claim('901', 'org-2', {}, { organisationId: '70' })).errors).toBeUndefined()
    const third = await claim('901', 'org-3', {}, { organisationId: '70' })
    expect(third.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', used: 2 })
    expect((await used('901', 'SERVERS')).used).toBe(0)
    const ofOrganisation = await server.ask(900, USAGE, { organisation: '70' })
    expect(ofOrganisation.data.usage).toContainEqual({ resource: 'SERVERS', used: 2, limit: 2, remaining: 0, overLimit: false })
    // Members cannot view the usage of the organisation, and only members can have servers for it.
    expect((await server.ask(901, USAGE, { organisation: '70' })).errors?.[0]?.extensions.code).toBe('ORGANISATION_NOT_FOUND')
    expect((await claim('55555', 'x')).errors?.[0]?.extensions.code).toBe('USER_NOT_FOUND')
    expect((await claim('1', 'x', {}, { organisationId: '70' })).errors?.[0]?.extensions.code).toBe('ORGANISATION_NOT_FOUND')
  })

  test('refuses an externalId of another customer and changes nothing', async () => {
    const one = await createCustomer(plans.starter)
    const other = await createCustomer(plans.starter)
    await claim(one, `${one}-1`, { memory: 100 })
    const { errors } = await claim(other, `${one}-1`, { memory: 200 })
    expect(errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.externalId',
      fields: [{ field: 'input.externalId', message: expect.any(String) }],
    })
    expect((await used(one, 'MEMORY_MB')).used).toBe(100)
  })

  test.each([
    [{ memory: -1 }, 'input.memory'],
    [{ externalId: ' ' }, 'input.externalId'],
    [{ externalId: 'a\nb' }, 'input.externalId'],
    [{ externalId: 'x'.repeat(256) }, 'input.externalId'],
    [{ backups: -1 }, 'input.backups'],
    [{ userId: 'no id' }, 'input.userId'],
  ])('refuses %j and names the field', async (resources, field) => {
    const { errors } = await claim('1', 'fine', resources)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
  })

  test('is limited to administrators and API keys', async () => {
    const input = { userId: '55', externalId: 'mine', memory: 1, disk: 1, cpu: 1 }
    expect((await server.ask(55, CLAIM, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(undefined, CLAIM, { input })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await server.ask(55, RELEASE, { id: 'mine' })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(55, USAGE, { user: '1' })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(55, USAGE)).data.usage).toHaveLength(LIMIT_NAMES.length)
  })
})

async function release(id: string): Promise<void> {
  await server.ask('admin', RELEASE, { id })
}

describe('concurrent claims', () => {
  test('let one of twenty requests have the last server of the plan', async () => {
    const user = await createCustomer(plans.starter)
    for (let server = 1; server <= 4; server += 1) await claim(user, `${user}-${server}`)
    const responses = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(user, `${user}-last-${index}`)))
    expect(responses.filter(({ errors }) => !errors)).toHaveLength(1)
    const refused = responses.filter(({ errors }) => errors).map(({ errors }) => errors?.[0]?.extensions.code)
    expect(new Set(refused)).toEqual(new Set(['PLAN_LIMIT_EXCEEDED']))
    expect((await used(user, 'SERVERS')).used).toBe(5)
  })

  test('let one of twenty requests have the last server of an override', async () => {
    const user = await createCustomer(plans.pro)
    await setOverride(user, 'SERVERS', 5)
    for (let server = 1; server <= 4; server += 1) await claim(user, `${user}-${server}`)
    const responses = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(user, `${user}-last-${index}`)))
    expect(responses.filter(({ errors }) => !errors)).toHaveLength(1)
    expect((await used(user, 'SERVERS')).used).toBe(5)
  })

  test('obey an override as soon as it is committed', async () => {
    const user = await createCustomer(plans.pro)
    const claims = Array.from({ length: 15 }, (_, index) => claim(user, `${user}-${index}`))
    await Promise.all([setOverride(user, 'SERVERS', 3), ...claims])
    const refused = await claim(user, `${user}-more`)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', limit: 3 })
    expect((await used(user, 'SERVERS')).used).toBe(refused.errors?.[0]?.extensions.used)
  })

  test('are idempotent for the same server', async () => {
    const user = await createCustomer(plans.starter)
    const responses = await Promise.all(Array.from({ length: 20 }, () => claim(user, `${user}-same`)))
    expect(responses.every(({ errors }) => !errors)).toBe(true)
    expect((await used(user, 'SERVERS')).used).toBe(1)
  })

  test('give an externalId that two customers claim to one of them', async () => {
    const [one, other] = [await createCustomer(plans.starter), await createCustomer(plans.starter)]
    const responses = await Promise.all(Array.from({ length: 10 }, (_, attempt) => claim(attempt % 2 ? one : other, `${one}-contested`)))
    const owners = new Set(
      (await server.services.db.serverClaim.findMany({ where: { externalId: `${one}-contested` } })).map((row) => row.userId),
    )
    expect(owners.size).toBe(1)
    expect(responses.filter(({ errors }) => errors).every(({ errors }) => errors?.[0]?.extensions.code === 'BAD_USER_INPUT')).toBe(true)
  })

  test('obey a smaller plan as soon as it is committed', async () => {
    const user = await createCustomer(plans.pro)
    const small = await createPlan({ serverLimit: 3 })
    const claims = Array.from({ length: 30 }, (_, index) => claim(user, `${user}-${index}`))
    await Promise.all([apply(user, small), ...claims])
    const before = (await used(user, 'SERVERS')).used
    expect(before).toBeGreaterThanOrEqual(3)
    expect(before).toBeLessThanOrEqual(15)
    expect((await claim(user, `${user}-more`)).errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', limit: 3 })
  })
})

describe('any sequence of claims, resizes and releases', () => {
  interface Model {
    memory: Map<string, number>
  }
  const stepArbitrary = fc.oneof(
    fc.record({ kind: fc.constant('claim' as const), server: fc.integer({ min: 1, max: 6 }), memory: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ kind: fc.constant('release' as const), server: fc.integer({ min: 1, max: 6 }) }),
  )

  test('returns what a simple model of the rules predicts', async () => {
    const byPlan = await createPlan({ serverLimit: 4, memory: 1500 })
    const byOverride = await createPlan({ serverLimit: 4, memory: 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 25 }), fc.boolean(), async (steps, hasOverride) => {
        const user = await createCustomer(hasOverride ? byOverride : byPlan)
        if (hasOverride) await setOverride(user, 'MEMORY_MB', 1500)
        const model: Model = { memory: new Map() }
        for (const step of steps) {
          const id = `${user}-${step.server}`
          if (step.kind === 'release') {
            const { data } = await server.ask('admin', RELEASE, { id })
            expect(data.releaseServer.released).toBe(model.memory.delete(id))
            continue
          }
          const others = [...model.memory].reduce((sum, [name, memory]) => (name === id ? sum : sum + memory), 0)
          const isNew = !model.memory.has(id)
          const full = isNew && model.memory.size >= 4
          const grows = step.memory > (model.memory.get(id) ?? 0)
          const fits = !full && !(grows && others + step.memory > 1500)
          const { errors } = await claim(user, id, { memory: step.memory })
          expect(errors === undefined).toBe(fits)
          if (fits) model.memory.set(id, step.memory)
        }
        const total = [...model.memory.values()].reduce((sum, memory) => sum + memory, 0)
        expect((await used(user, 'MEMORY_MB')).used).toBe(total)
        expect((await used(user, 'SERVERS')).used).toBe(model.memory.size)
      }),
      { numRuns: 25 },
    )
  })
})

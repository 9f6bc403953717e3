import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalogue, createCatalogue, createOrganisation } from '../../support/catalogue.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalogue

beforeAll(async () => {
  server = await startServer({ environment: { UPGRADE_URL: 'https://panel.example.com/billing?upgrade={plan}' } })
  plans = await createCatalogue(server)
})
afterAll(() => server.close())

const CLAIM = `mutation ($input: ClaimServerInput!) {
  claimServer(input: $input) { claim { externalId memory disk cpu databases createdAt } usage { resource used limit remaining overLimit } } }`
const RELEASE = `mutation ($id: String!) { releaseServer(externalId: $id) { released usage { resource used limit } } }`
const USAGE = `query ($user: ID, $organisation: ID) {
  usage(userId: $user, organisationId: $organisation) { resource used limit remaining overLimit } }`

let nextUser = 1000
/** A user with a plan, whose servers nobody else counts. */
async function holder(planId: string): Promise<string> {
  const userId = String(nextUser++)
  await server.services.db.user.create({ data: { id: Number(userId), email: `u${userId}@example.com` } })
  await apply(userId, planId)
  return userId
}

async function apply(userId: string, planId: string): Promise<void> {
  const { errors } = await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
    input: { userId, planId },
  })
  if (errors) throw new Error(JSON.stringify(errors))
}

function claim(userId: string, externalId: string, figures: object = {}, extra: object = {}) {
  return server.ask('admin', CLAIM, { input: { userId, externalId, memory: 512, disk: 1024, cpu: 50, ...figures, ...extra } })
}

async function used(userId: string, resource: string) {
  const { data } = await server.ask('admin', USAGE, { user: userId })
  return data.usage.find((usage: { resource: string }) => usage.resource === resource)
}

async function createPlan(limits: object): Promise<string> {
  const { data, errors } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: `plan-${nextUser++}`, name: 'Custom', type: 'PAID', price: 100, rank: 1, hiddenFromBilling: true, ...limits },
  })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.createPlan.plan.id
}

describe('claiming a server', () => {
  test('reserves it, and says what is in use of all ten resources', async () => {
    const user = await holder(plans.starter)
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
    expect(data.claimServer.usage).toHaveLength(10)
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

  test('is refused above the number of servers, with everything that a panel shows', async () => {
    const user = await holder(plans.starter)
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
  ])('counts %s over all servers', async (figure, resource, message) => {
    const user = await holder(await createPlan({ [figure]: 1000 }))
    expect((await claim(user, `${user}-1`, { [figure]: 600 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-2`, { [figure]: 401 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ resource, limit: 1000, used: 600, requested: 401 })
    expect((await claim(user, `${user}-2`, { [figure]: 400 })).errors).toBeUndefined()
  })

  test.each([
    ['databases', 'databases', 'DATABASES_PER_SERVER', 'The request for 3 databases per server exceeds the limit of 2 of the Custom plan'],
    ['backups', 'backups', 'BACKUPS_PER_SERVER', 'The request for 3 backups per server exceeds the limit of 2 of the Custom plan'],
    ['ports', 'portCount', 'PORTS_PER_SERVER', 'The request for 3 ports per server exceeds the limit of 2 of the Custom plan'],
  ])('counts %s for each server', async (figure, limit, resource, message) => {
    const user = await holder(await createPlan({ [limit]: 2 }))
    expect((await claim(user, `${user}-1`, { [figure]: 2 })).errors).toBeUndefined()
    expect((await claim(user, `${user}-2`, { [figure]: 2 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-3`, { [figure]: 3 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ resource, limit: 2, used: 0, requested: 3 })
    expect((await used(user, resource)).used).toBe(2)
  })

  test.each([
    ['memory', 'The request for 999999 MB of memory exceeds the limit of 1000 MB of the Custom plan'],
    ['disk', 'The request for 999999 MB of disk exceeds the limit of 1000 MB of the Custom plan'],
    ['cpu', 'The request for 999999 percent of CPU exceeds the limit of 1000 percent of the Custom plan'],
  ])('says that a single request for %s is larger than the limit', async (figure, message) => {
    const user = await holder(await createPlan({ [figure]: 1000 }))
    const refused = await claim(user, `${user}-1`, { [figure]: 999_999 })
    expect(refused.errors?.[0]?.message).toBe(message)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ limit: 1000, used: 0, requested: 999_999 })
  })

  test('says what can be counted at most without a limit', async () => {
    const user = await holder(await createPlan({ memory: null }))
    expect((await claim(user, `${user}-1`, { memory: 2_147_483_647 })).errors).toBeUndefined()
    const refused = await claim(user, `${user}-2`, { memory: 1 })
    expect(refused.errors?.[0]?.message).toBe('At most 2147483647 MB of memory can be counted')
  })

  test('the same externalId again is the same claim', async () => {
    const user = await holder(await createPlan({ serverLimit: 1 }))
    const first = await claim(user, `${user}-1`)
    server.clock.set('2026-05-01T11:00:00.000Z')
    const second = await claim(user, `${user}-1`)
    server.clock.set('2026-05-01T10:00:00.000Z')
    expect(second.data.claimServer.claim).toEqual(first.data.claimServer.claim)
    expect((await used(user, 'SERVERS')).used).toBe(1)
  })

  test('the same externalId with other figures is a resize, checked again', async () => {
    const user = await holder(await createPlan({ memory: 1000 }))
    await claim(user, `${user}-1`, { memory: 400 })
    await claim(user, `${user}-2`, { memory: 400 })
    const tooMuch = await claim(user, `${user}-1`, { memory: 601 })
    expect(tooMuch.errors?.[0]?.extensions).toMatchObject({ resource: 'MEMORY_MB', limit: 1000, used: 400, requested: 601 })
    expect((await used(user, 'MEMORY_MB')).used).toBe(800)
    expect((await claim(user, `${user}-1`, { memory: 600 })).errors).toBeUndefined()
    expect((await used(user, 'MEMORY_MB')).used).toBe(1000)
  })

  test('a smaller plan keeps what runs, says so, and refuses more until there is room', async () => {
    const user = await holder(plans.pro)
    for (let server = 1; server <= 6; server += 1) await claim(user, `${user}-${server}`, { memory: 2048 })
    await apply(user, plans.starter)
    expect(await used(user, 'SERVERS')).toEqual({ resource: 'SERVERS', used: 6, limit: 5, remaining: 0, overLimit: true })
    expect(await used(user, 'MEMORY_MB')).toMatchObject({ used: 12_288, limit: 8192, overLimit: true })
    expect((await claim(user, `${user}-7`, { memory: 0 })).errors?.[0]?.extensions).toMatchObject({ resource: 'SERVERS', used: 6 })
    // What runs may shrink although it is still too much, but not grow.
    expect((await claim(user, `${user}-1`, { memory: 1024 })).errors).toBeUndefined()
    expect((await claim(user, `${user}-1`, { memory: 1025 })).errors?.[0]?.extensions).toMatchObject({ resource: 'MEMORY_MB' })
    for (const server of [1, 2]) await release(`${user}-${server}`)
    expect((await used(user, 'SERVERS')).overLimit).toBe(false)
    expect((await claim(user, `${user}-7`, { memory: 0 })).errors).toBeUndefined()
  })

  test('a release frees a place, once', async () => {
    const user = await holder(await createPlan({ serverLimit: 1 }))
    await claim(user, `${user}-1`)
    expect((await claim(user, `${user}-2`)).errors).toHaveLength(1)
    const released = await server.ask('admin', RELEASE, { id: `${user}-1` })
    expect(released.data.releaseServer.released).toBe(true)
    expect(released.data.releaseServer.usage).toContainEqual({ resource: 'SERVERS', used: 0, limit: 1 })
    expect((await server.ask('admin', RELEASE, { id: `${user}-1` })).data.releaseServer).toEqual({ released: false, usage: [] })
    expect((await claim(user, `${user}-2`)).errors).toBeUndefined()
  })

  test('null is unlimited and 0 is none', async () => {
    const unlimited = await holder(await createPlan({ serverLimit: null }))
    const none = await holder(await createPlan({ serverLimit: 0 }))
    expect((await claim(unlimited, `${unlimited}-1`)).errors).toBeUndefined()
    expect((await claim(none, `${none}-1`)).errors?.[0]?.message).toBe('Maximum servers (0) reached for Custom plan')
  })

  test('the highest plan has no page to upgrade on', async () => {
    await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
      input: { id: plans.enterprise, serverLimit: 0 },
    })
    const user = String(nextUser++)
    await server.services.db.user.create({ data: { id: Number(user) } })
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: user, planId: plans.enterprise, amount: 0 },
    })
    expect((await claim(user, 'too-much')).errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', upgradeUrl: null })
  })

  test('the free plan counts for who has none, and what it allows today', async () => {
    const user = String(nextUser++)
    await server.services.db.user.create({ data: { id: Number(user) } })
    expect((await claim(user, `${user}-1`)).errors).toBeUndefined()
    expect((await claim(user, `${user}-2`)).errors?.[0]?.message).toBe('Maximum servers (1) reached for Free plan')
  })

  test("an organisation's servers count against its own plan, whichever member has them", async () => {
    await createOrganisation(server, 70, { 900: 'OWNER', 901: 'MEMBER' })
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '900', organisationId: '70', planId: await createPlan({ serverLimit: 2 }) },
    })
    expect((await claim('900', 'org-1', {}, { organisationId: '70' })).errors).toBeUndefined()
    expect((await claim('901', 'org-2', {}, { organisationId: '70' })).errors).toBeUndefined()
    const third = await claim('901', 'org-3', {}, { organisationId: '70' })
    expect(third.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', used: 2 })
    expect((await used('901', 'SERVERS')).used).toBe(0)
    const theirs = await server.ask(900, USAGE, { organisation: '70' })
    expect(theirs.data.usage).toContainEqual({ resource: 'SERVERS', used: 2, limit: 2, remaining: 0, overLimit: false })
    // A member sees nothing of it, a stranger neither, and nobody claims for an organisation that is not the user's.
    expect((await server.ask(901, USAGE, { organisation: '70' })).errors?.[0]?.extensions.code).toBe('ORGANISATION_NOT_FOUND')
    expect((await claim('55555', 'x')).errors?.[0]?.extensions.code).toBe('USER_NOT_FOUND')
    expect((await claim('1', 'x', {}, { organisationId: '70' })).errors?.[0]?.extensions.code).toBe('ORGANISATION_NOT_FOUND')
  })

  test('an id that is somebody else’s server is refused, and changes nothing there', async () => {
    const one = await holder(plans.starter)
    const other = await holder(plans.starter)
    await claim(one, `${one}-1`, { memory: 100 })
    const { errors } = await claim(other, `${one}-1`, { memory: 200 })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.externalId' })
    expect((await used(one, 'MEMORY_MB')).used).toBe(100)
  })

  test.each([
    [{ memory: -1 }, 'input.memory'],
    [{ externalId: ' ' }, 'input.externalId'],
    [{ externalId: 'a\nb' }, 'input.externalId'],
    [{ externalId: 'x'.repeat(256) }, 'input.externalId'],
    [{ backups: -1 }, 'input.backups'],
    [{ userId: 'me' }, 'input.userId'],
  ])('%j is refused by name', async (figures, field) => {
    const { errors } = await claim('1', 'fine', figures)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
  })

  test('is for administrators and services: a customer cannot claim', async () => {
    const input = { userId: '55', externalId: 'mine', memory: 1, disk: 1, cpu: 1 }
    expect((await server.ask(55, CLAIM, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(undefined, CLAIM, { input })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await server.ask(55, RELEASE, { id: 'mine' })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(55, USAGE, { user: '1' })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await server.ask(55, USAGE)).data.usage).toHaveLength(10)
  })
})

async function release(id: string): Promise<void> {
  await server.ask('admin', RELEASE, { id })
}

describe('claims at the same moment', () => {
  test('four of five are used and twenty want the last place: one gets it', async () => {
    const user = await holder(plans.starter)
    for (let server = 1; server <= 4; server += 1) await claim(user, `${user}-${server}`)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, place) => claim(user, `${user}-last-${place}`)))
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    const refused = answers.filter(({ errors }) => errors).map(({ errors }) => errors?.[0]?.extensions.code)
    expect(new Set(refused)).toEqual(new Set(['PLAN_LIMIT_EXCEEDED']))
    expect((await used(user, 'SERVERS')).used).toBe(5)
  })

  test('twenty times the same server at once is one server', async () => {
    const user = await holder(plans.starter)
    const answers = await Promise.all(Array.from({ length: 20 }, () => claim(user, `${user}-same`)))
    expect(answers.every(({ errors }) => !errors)).toBe(true)
    expect((await used(user, 'SERVERS')).used).toBe(1)
  })

  test('two holders that want the same id at once: one has it', async () => {
    const [one, other] = [await holder(plans.starter), await holder(plans.starter)]
    const answers = await Promise.all(Array.from({ length: 10 }, (_, turn) => claim(turn % 2 ? one : other, `${one}-contested`)))
    const owners = new Set(
      (await server.services.db.serverClaim.findMany({ where: { externalId: `${one}-contested` } })).map((row) => row.userId),
    )
    expect(owners.size).toBe(1)
    expect(answers.filter(({ errors }) => errors).every(({ errors }) => errors?.[0]?.extensions.code === 'BAD_USER_INPUT')).toBe(true)
  })

  test('a smaller plan that comes in between is obeyed from its commit on', async () => {
    const user = await holder(plans.pro)
    const small = await createPlan({ serverLimit: 3 })
    const claims = Array.from({ length: 30 }, (_, place) => claim(user, `${user}-${place}`))
    await Promise.all([apply(user, small), ...claims])
    const before = (await used(user, 'SERVERS')).used
    expect(before).toBeGreaterThanOrEqual(3)
    expect(before).toBeLessThanOrEqual(15)
    expect((await claim(user, `${user}-more`)).errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', limit: 3 })
  })
})

describe('whatever is claimed, resized and released', () => {
  interface Model {
    memory: Map<string, number>
  }
  const step = fc.oneof(
    fc.record({ kind: fc.constant('claim' as const), server: fc.integer({ min: 1, max: 6 }), memory: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ kind: fc.constant('release' as const), server: fc.integer({ min: 1, max: 6 }) }),
  )

  test('what is answered is what a simple model of the rules says', async () => {
    const planId = await createPlan({ serverLimit: 4, memory: 1500 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const user = await holder(planId)
        const model: Model = { memory: new Map() }
        for (const one of steps) {
          const id = `${user}-${one.server}`
          if (one.kind === 'release') {
            const { data } = await server.ask('admin', RELEASE, { id })
            expect(data.releaseServer.released).toBe(model.memory.delete(id))
            continue
          }
          const others = [...model.memory].reduce((sum, [name, memory]) => (name === id ? sum : sum + memory), 0)
          const isNew = !model.memory.has(id)
          const full = isNew && model.memory.size >= 4
          const grows = one.memory > (model.memory.get(id) ?? 0)
          const fits = !full && !(grows && others + one.memory > 1500)
          const { errors } = await claim(user, id, { memory: one.memory })
          expect(errors === undefined).toBe(fits)
          if (fits) model.memory.set(id, one.memory)
        }
        const total = [...model.memory.values()].reduce((sum, memory) => sum + memory, 0)
        expect((await used(user, 'MEMORY_MB')).used).toBe(total)
        expect((await used(user, 'SERVERS')).used).toBe(model.memory.size)
      }),
      { numRuns: 25 },
    )
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let nextUser = 100

beforeAll(async () => {
  server = await startServer()
  const { data } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: {
      slug: 'free',
      name: 'Free',
      type: 'FREE',
      price: { minorUnits: 0, currency: 'USD' },
      isDefault: true,
      nodeLimit: 2,
      tunnelPortCount: 3,
      emailsPerDay: 100,
    },
  })
  expect(data.createPlan.plan.id).toBeDefined()
})
afterAll(() => server.close())

async function createUser(): Promise<string> {
  const id = String(nextUser++)
  await server.services.db.user.create({ data: { id } })
  return id
}

const RECORD = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { success usage { resource used remaining } } }`
const RELEASE = `mutation ($input: ReleaseUsageInput!) { releaseUsage(input: $input) { released usage { resource used } } }`

const recordUsage = (userId: string, resource: string, amount: number, key: string) =>
  server.ask('admin', RECORD, { input: { userId, resource, amount, key } })

async function used(userId: string, resource: string): Promise<number> {
  const { data } = await server.ask('admin', 'query ($id: ID) { usage(userId: $id) { resource used } }', { id: userId })
  return data.usage.find((usage: { resource: string }) => usage.resource === resource).used
}

describe('e-mails per day', () => {
  test('are counted up to the limit, once per key', async () => {
    const user = await createUser()
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 60, 'newsletter')).data.recordUsage.usage).toContainEqual({
      resource: 'EMAILS_PER_DAY',
      used: 60,
      remaining: 40,
    })
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 60, 'newsletter')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(60)
    const { errors } = await recordUsage(user, 'EMAILS_PER_DAY', 41, 'second')
    expect(errors?.[0]?.message).toBe('Maximum e-mails per day (100) reached for Free plan')
    expect(errors?.[0]?.extensions).toMatchObject({ resource: 'EMAILS_PER_DAY', limit: 100, used: 60, requested: 41 })
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 40, 'second')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(100)
  })

  test('conflict when a key is used with another amount', async () => {
    const user = await createUser()
    await recordUsage(user, 'EMAILS_PER_DAY', 5, 'mail')
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 6, 'mail')).errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT')
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(5)
  })

  test('reset at midnight UTC, and a retry across midnight is not counted twice', async () => {
    const user = await createUser()
    server.clock.set('2026-05-01T23:59:59.999Z')
    await recordUsage(user, 'EMAILS_PER_DAY', 100, 'first')
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 1, 'second')).errors).toHaveLength(1)
    server.clock.set('2026-05-02T00:00:00.000Z')
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(0)
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 100, 'first')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(0)
    expect((await recordUsage(user, 'EMAILS_PER_DAY', 1, 'second')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(1)
  })

  test('are purged with their keys after the retention', async () => {
    const user = await createUser()
    server.clock.set('2026-06-01T12:00:00.000Z')
    await recordUsage(user, 'EMAILS_PER_DAY', 1, 'old')
    server.clock.set('2026-06-03T00:00:00.000Z')
    await recordUsage(user, 'EMAILS_PER_DAY', 1, 'new')
    await server.runTask('sweep')
    expect(await server.services.db.consumption.count({ where: { userId: user } })).toBe(2)
    server.clock.set('2026-06-04T00:00:00.000Z')
    await server.runTask('sweep')
    const left = await server.services.db.consumption.findMany({ where: { userId: user } })
    expect(left.map(({ key }) => key)).toEqual(['new'])
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('are counted exactly up to the limit by concurrent requests', async () => {
    const user = await createUser()
    const responses = await Promise.all(Array.from({ length: 60 }, (_, index) => recordUsage(user, 'EMAILS_PER_DAY', 2, `mail-${index}`)))
    expect(responses.filter(({ errors }) => !errors)).toHaveLength(50)
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(100)
  })
})

describe('resources that count until they are released', () => {
  test('keep tunnel ports in use until releaseUsage releases them', async () => {
    const user = await createUser()
    await recordUsage(user, 'TUNNEL_PORTS', 1, 'port-1')
    await recordUsage(user, 'TUNNEL_PORTS', 2, 'port-2')
    server.clock.set('2026-05-03T10:00:00.000Z')
    expect((await recordUsage(user, 'TUNNEL_PORTS', 1, 'port-3')).errors?.[0]?.message).toBe(
      'Maximum tunnel ports (3) reached for Free plan',
    )
    const released = await server.ask('admin', RELEASE, { input: { userId: user, resource: 'TUNNEL_PORTS', key: 'port-2' } })
    expect(released.data.releaseUsage.released).toBe(true)
    expect(released.data.releaseUsage.usage).toContainEqual({ resource: 'TUNNEL_PORTS', used: 1 })
    const repeated = await server.ask('admin', RELEASE, { input: { userId: user, resource: 'TUNNEL_PORTS', key: 'port-2' } })
    expect(repeated.data.releaseUsage.released).toBe(false)
    expect(await used(user, 'TUNNEL_PORTS')).toBe(1)
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('replace the amount under a key that is used again', async () => {
    const user = await createUser()
    await recordUsage(user, 'NODES', 1, 'nodes')
    await recordUsage(user, 'NODES', 2, 'nodes')
    expect(await used(user, 'NODES')).toBe(2)
    expect((await recordUsage(user, 'NODES', 3, 'nodes')).errors?.[0]?.extensions).toMatchObject({ limit: 2, used: 0, requested: 3 })
    await recordUsage(user, 'NODES', 1, 'nodes')
    expect(await used(user, 'NODES')).toBe(1)
  })
})

test.each([
  [{ resource: 'SERVERS', amount: 1, key: 'x' }, 'input.resource'],
  [{ resource: 'NODES', amount: 0, key: 'x' }, 'input.amount'],
  [{ resource: 'NODES', amount: 1, key: '' }, 'input.key'],
])('refuses %j and names the field', async (part, field) => {
  const { errors } = await server.ask('admin', RECORD, { input: { userId: await createUser(), ...part } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
})

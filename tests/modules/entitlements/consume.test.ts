import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let nextUser = 100

beforeAll(async () => {
  server = await startServer()
  const { data } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: 'free', name: 'Free', type: 'FREE', price: 0, isDefault: true, nodeLimit: 2, tunnelPortCount: 3, emailsPerDay: 100 },
  })
  expect(data.createPlan.plan.id).toBeDefined()
})
afterAll(() => server.close())

async function someone(): Promise<string> {
  const id = nextUser++
  await server.services.db.user.create({ data: { id } })
  return String(id)
}

const CONSUME = `mutation ($input: ConsumeInput!) { consume(input: $input) { success usage { resource used remaining } } }`
const GIVE_BACK = `mutation ($input: GiveBackInput!) { giveBack(input: $input) { givenBack usage { resource used } } }`

const consume = (userId: string, resource: string, amount: number, key: string) =>
  server.ask('admin', CONSUME, { input: { userId, resource, amount, key } })

async function used(userId: string, resource: string): Promise<number> {
  const { data } = await server.ask('admin', 'query ($id: ID) { usage(userId: $id) { resource used } }', { id: userId })
  return data.usage.find((usage: { resource: string }) => usage.resource === resource).used
}

describe('e-mails of a day', () => {
  test('are counted until the limit, once for a key', async () => {
    const user = await someone()
    expect((await consume(user, 'EMAILS_PER_DAY', 60, 'newsletter')).data.consume.usage).toContainEqual({
      resource: 'EMAILS_PER_DAY',
      used: 60,
      remaining: 40,
    })
    expect((await consume(user, 'EMAILS_PER_DAY', 60, 'newsletter')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(60)
    const { errors } = await consume(user, 'EMAILS_PER_DAY', 41, 'second')
    expect(errors?.[0]?.message).toBe('Maximum e-mails per day (100) reached for Free plan')
    expect(errors?.[0]?.extensions).toMatchObject({ resource: 'EMAILS_PER_DAY', limit: 100, used: 60, requested: 41 })
    expect((await consume(user, 'EMAILS_PER_DAY', 40, 'second')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(100)
  })

  test('a key with another amount is a conflict', async () => {
    const user = await someone()
    await consume(user, 'EMAILS_PER_DAY', 5, 'mail')
    expect((await consume(user, 'EMAILS_PER_DAY', 6, 'mail')).errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT')
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(5)
  })

  test('begin anew at midnight in UTC, and a repetition after midnight is still no second mail', async () => {
    const user = await someone()
    server.clock.set('2026-05-01T23:59:59.999Z')
    await consume(user, 'EMAILS_PER_DAY', 100, 'all of it')
    expect((await consume(user, 'EMAILS_PER_DAY', 1, 'one more')).errors).toHaveLength(1)
    server.clock.set('2026-05-02T00:00:00.000Z')
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(0)
    expect((await consume(user, 'EMAILS_PER_DAY', 100, 'all of it')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(0)
    expect((await consume(user, 'EMAILS_PER_DAY', 1, 'one more')).errors).toBeUndefined()
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(1)
  })

  test('of days long gone are forgotten, keys of the last days are not', async () => {
    const user = await someone()
    server.clock.set('2026-06-01T12:00:00.000Z')
    await consume(user, 'EMAILS_PER_DAY', 1, 'old')
    server.clock.set('2026-06-03T00:00:00.000Z')
    await consume(user, 'EMAILS_PER_DAY', 1, 'new')
    await server.tasks.sweep?.({}, undefined as never)
    expect(await server.services.db.consumption.count({ where: { userId: Number(user) } })).toBe(2)
    server.clock.set('2026-06-04T00:00:00.000Z')
    await server.tasks.sweep?.({}, undefined as never)
    const left = await server.services.db.consumption.findMany({ where: { userId: Number(user) } })
    expect(left.map(({ key }) => key)).toEqual(['new'])
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('a hundred at once against a hundred: none too many, none refused that fitted', async () => {
    const user = await someone()
    const answers = await Promise.all(Array.from({ length: 60 }, (_, place) => consume(user, 'EMAILS_PER_DAY', 2, `mail-${place}`)))
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(50)
    expect(await used(user, 'EMAILS_PER_DAY')).toBe(100)
  })
})

describe('what is held until it is given back', () => {
  test('tunnel ports do not come back by themselves', async () => {
    const user = await someone()
    await consume(user, 'TUNNEL_PORTS', 1, 'port-1')
    await consume(user, 'TUNNEL_PORTS', 2, 'port-2')
    server.clock.set('2026-05-03T10:00:00.000Z')
    expect((await consume(user, 'TUNNEL_PORTS', 1, 'port-3')).errors?.[0]?.message).toBe('Maximum tunnel ports (3) reached for Free plan')
    const back = await server.ask('admin', GIVE_BACK, { input: { userId: user, resource: 'TUNNEL_PORTS', key: 'port-2' } })
    expect(back.data.giveBack.givenBack).toBe(true)
    expect(back.data.giveBack.usage).toContainEqual({ resource: 'TUNNEL_PORTS', used: 1 })
    const again = await server.ask('admin', GIVE_BACK, { input: { userId: user, resource: 'TUNNEL_PORTS', key: 'port-2' } })
    expect(again.data.giveBack.givenBack).toBe(false)
    expect(await used(user, 'TUNNEL_PORTS')).toBe(1)
    server.clock.set('2026-05-01T10:00:00.000Z')
  })

  test('another amount under the same key takes the place of the one before', async () => {
    const user = await someone()
    await consume(user, 'NODES', 1, 'nodes')
    await consume(user, 'NODES', 2, 'nodes')
    expect(await used(user, 'NODES')).toBe(2)
    expect((await consume(user, 'NODES', 3, 'nodes')).errors?.[0]?.extensions).toMatchObject({ limit: 2, used: 0, requested: 3 })
    await consume(user, 'NODES', 1, 'nodes')
    expect(await used(user, 'NODES')).toBe(1)
  })
})

test.each([
  [{ resource: 'SERVERS', amount: 1, key: 'x' }, 'input.resource'],
  [{ resource: 'NODES', amount: 0, key: 'x' }, 'input.amount'],
  [{ resource: 'NODES', amount: 1, key: '' }, 'input.key'],
])('%j is refused by name', async (part, field) => {
  const { errors } = await server.ask('admin', CONSUME, { input: { userId: await someone(), ...part } })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
})

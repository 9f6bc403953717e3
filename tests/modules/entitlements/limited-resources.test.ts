import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keysOf } from '../../../src/core/record.js'
import { CONSUMABLE_RESOURCES, LIMIT_NAMES, mapLimits, RESOURCES, SERVER_FIELDS } from '../../../src/modules/limited-resources.rules.js'
import { Prisma } from '../../../src/platform/postgres/generated/client.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

// Checks the parts of a resource that only migrations define, which no type can check.

let server: TestServer
let nextUser = 100

beforeAll(async () => {
  server = await startServer()
  await ask('mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: { slug: 'free', name: 'Free', type: 'FREE', price: { minorUnits: 0, currency: 'USD' }, isDefault: true, ...mapLimits(() => 1) },
  })
})
afterAll(() => server.close())

async function ask(query: string, variables: object) {
  const response = await server.ask('admin', query, variables)
  if (response.errors) throw new Error(JSON.stringify(response.errors))
  return response.data
}

async function createUser(): Promise<string> {
  const id = String(nextUser++)
  await server.services.db.user.create({ data: { id } })
  return id
}

test.each(LIMIT_NAMES)('the database rejects a negative %s', async (name) => {
  const column = Prisma.raw(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  await expect(server.services.db.$executeRaw`UPDATE plans SET ${column} = -1`).rejects.toThrow('plans_limits_not_negative')
})

describe.each(CONSUMABLE_RESOURCES)('%s', (resource) => {
  test('is counted up to the limit and released', async () => {
    const userId = await createUser()
    const recordUsage = (key: string) =>
      server.ask('admin', 'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { usage { resource used limit } } }', {
        input: { userId, resource, amount: 1, key },
      })
    expect((await recordUsage('first')).data?.recordUsage.usage).toContainEqual({ resource, used: 1, limit: 1 })
    expect(codeOf(await recordUsage('second'))).toBe('PLAN_LIMIT_EXCEEDED')
    const { releaseUsage } = await ask(
      'mutation ($input: ReleaseUsageInput!) { releaseUsage(input: $input) { usage { resource used } } }',
      {
        input: { userId, resource, key: 'first' },
      },
    )
    expect(releaseUsage.usage).toContainEqual({ resource, used: 0 })
  })
})

describe.each(keysOf(RESOURCES).filter((resource) => !CONSUMABLE_RESOURCES.includes(resource)))('%s', (resource) => {
  const definition = RESOURCES[resource]
  const field = 'serverField' in definition ? definition.serverField : null

  test('is counted up to the limit by server claims', async () => {
    const userId = await createUser()
    const claim = (externalId: string, amount: number) =>
      server.ask('admin', 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { usage { resource used limit } } }', {
        input: {
          ...Object.fromEntries(keysOf(SERVER_FIELDS).map((name) => [name, 0])),
          userId,
          externalId: `${resource}-${externalId}`,
          ...(field && { [field]: amount }),
        },
      })
    expect((await claim('first', 1)).data?.claimServer.usage).toContainEqual({ resource, used: 1, limit: 1 })
    const refused = await claim(field ? 'first' : 'second', 2)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', resource })
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPostgresStore } from '../../../src/platform/rate-limit/postgres-store.js'
import { RateLimiter } from '../../../src/platform/rate-limit/rate-limiter.js'
import { availablePoints, type RateLimit } from '../../../src/platform/rate-limit/token-bucket.rules.js'
import { testLogger } from '../../support/logger.js'
import { expectNoOverspending } from '../../support/rate-limit-property.js'
import { TestClock, type TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

const LITTLE = { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE_RATE: '10' }
/** Costs 31 points. */
const THIRTY_ONE = '{ orders(first: 15) { nodes { plan { name } } } }'

async function asUser(server: TestServer, userId: number, query: string | undefined = THIRTY_ONE) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(userId)}` },
    body: JSON.stringify({ query }),
  })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: (await response.json()) as any }
}

describe('a principal', () => {
  test('consumes points, sees how many are left, is refused without them, and regains them over time', async () => {
    const server = await start({ environment: LITTLE })
    const left = []
    for (let count = 0; count < 3; count += 1) left.push((await asUser(server, 55)).body.extensions.cost.budget)
    expect(left).toEqual([69, 38, 7].map((available) => ({ capacity: 100, available, restoreRate: 10 })))
    const refused = await asUser(server, 55)
    expect(refused).toMatchObject({ status: 429, retryAfter: '3' })
    expect(refused.body.errors[0]).toMatchObject({
      // Parsing has cost one of the seven points.
      message: 'the operation costs 31 points, available: 6; retry in 3 seconds or select fewer fields',
      extensions: { code: 'RATE_LIMITED', retryAfter: 3 },
    })
    expect(refused.body.data).toBeUndefined()
    server.clock.set('2026-05-01T10:00:02.000Z')
    expect((await asUser(server, 55)).status).toBe(429)
    server.clock.set('2026-05-01T10:00:03.000Z')
    expect((await asUser(server, 55)).body.extensions.cost.budget.available).toBe(4)
    server.clock.set('2026-05-02T10:00:00.000Z')
    expect((await asUser(server, 55)).body.extensions.cost.budget.available).toBe(69)
  })

  test.each(['{ plans { id ', '{ plans { noSuchField } }'])('sees what an operation costs that is refused: %s', async (query) => {
    const server = await start({ environment: LITTLE })
    const budget = { capacity: 100, available: 99, restoreRate: 10 }
    const cost = { requested: 1, maximum: 100, budget }
    const refused = await asUser(server, 55, query)
    expect(refused.body).toMatchObject({ errors: [{ extensions: { code: expect.stringMatching(/^GRAPHQL_/) } }], extensions: { cost } })
    const anonymous = (body: string) =>
      fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((response) =>
        response.json(),
      )
    expect(await anonymous(JSON.stringify({ query }))).toMatchObject({ extensions: { cost } })
    const long = `${query}${' '.repeat(5000)}`
    expect(((await anonymous(JSON.stringify({ query: long }))) as any).extensions.cost.requested).toBeGreaterThan(10)
  })

  test('can still send cheaper operations, and does not affect other principals', async () => {
    const server = await start({ environment: LITTLE })
    for (let count = 0; count < 4; count += 1) await asUser(server, 55)
    expect((await asUser(server, 55, '{ me { id } }')).body.data).toEqual({ me: { id: 'user_55' } })
    expect((await asUser(server, 56)).status).toBe(200)
    expect((await server.ask('admin', THIRTY_ONE)).errors).toBeUndefined()
  })

  test('shares one bucket between all processes', async () => {
    const one = await start({ environment: LITTLE })
    const other = await start({ environment: LITTLE, database: one.database })
    const responses = []
    for (let count = 0; count < 6; count += 1) responses.push(await asUser(count % 2 ? other : one, 55))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429, 429])
  })

  test('never has more points than the capacity, however the clock moves', async () => {
    const server = await start({ environment: LITTLE })
    const left = []
    for (const second of ['00', '02', '05', '11', '30']) {
      server.clock.set(`2026-05-01T10:00:${second}.000Z`)
      left.push((await asUser(server, 55, '{ me { id } }')).body.extensions.cost.budget.available)
    }
    for (const available of left) expect(available).toBeLessThan(100)
    expect(left.at(-1)).toBe(99)
  })

  test('without points causes no SQL statement, whatever it sends', async () => {
    const server = await start({ environment: LITTLE })
    while ((await asUser(server, 55)).status === 200);
    while (!(await asUser(server, 55)).body.errors[0].message.includes('available: 0;'));
    const statements = await countStatements(
      async () => {
        for (const query of [THIRTY_ONE, '{ me { id } }', '{', '{ nothing }', undefined]) {
          expect(await asUser(server, 55, query)).toMatchObject({ status: 429, retryAfter: expect.stringMatching(/^[1-9]/) })
        }
      },
      { includeRateLimit: true },
    )
    expect(statements).toEqual([])
  })

  test('pays for streams and for the REST APIs from the same bucket', async () => {
    const server = await start({ environment: { RATE_LIMIT_POINTS: '10000', RATE_LIMIT_RESTORE_RATE: '10' } })
    const headers = { authorization: `Bearer ${await server.token(55)}`, 'content-type': 'application/json' }
    let list = await fetch(`${server.url}/api/orders`, { headers })
    expect(list.status).toBe(200)
    for (let count = 0; count < 20 && list.status === 200; count += 1) list = await fetch(`${server.url}/api/orders`, { headers })
    expect(list.status).toBe(429)
    expect(list.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    while ((await asUser(server, 55)).status === 200);
    while ((await asUser(server, 55, '{ me { id } }')).status === 200);
    const stream = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { orderUpdated { id } }' }),
    })
    expect(await stream.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
  })

  test('is served when its bucket cannot be read', async () => {
    const server = await start({ environment: LITTLE })
    await server.owner.query('ALTER TABLE caller_budgets RENAME TO gone')
    expect((await asUser(server, 55)).body.data).toEqual({ orders: { nodes: [] } })
    expect(server.logged.join()).toContain('rate limit store unavailable, allowing the request')
  })
})

describe('an operation that is refused', () => {
  const padded = (query: string, length: number) => `${query}${'#'.repeat(length - query.length)}`

  test.each([
    ['that does not parse', '{', 1],
    ['that is not valid', '{ nothing }', 1],
    ['that is not valid and is long', padded('{ nothing }', 2000), 11],
    ['that is too complex', `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: billingEnabled`).join(' ')} }`, 6],
    ['that is expensive to validate', `{ ${'plans { id } '.repeat(200)} }`, 14],
    ['that does not say which operation to run', 'query A { me { id } } query B { me { id } }', 1],
  ])('%s costs one point plus one for every 200 characters', async (_what, query, cost) => {
    const server = await start({ environment: LITTLE })
    const available = async () => (await asUser(server, 55, '{ me { id } }')).body.extensions.cost.budget.available
    const before = await available()
    expect((await asUser(server, 55, query)).body.errors).toBeDefined()
    expect(before - (await available())).toBe(cost + 1)
  })

  test('pays nothing extra for parsing when it is served', async () => {
    const server = await start({ environment: LITTLE })
    for (const [query, left] of [
      [padded(THIRTY_ONE, 2000), 69],
      [padded('{ me { id } }', 2000), 68],
    ] as const) {
      const { extensions } = (await asUser(server, 55, query)).body
      expect(extensions.cost.budget.available).toBe(left)
    }
  })
})

describe('an anonymous principal', () => {
  const ask = async (server: TestServer, forwarded?: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(forwarded && { 'x-forwarded-for': forwarded }) },
      body: JSON.stringify({ query: `{ ${Array.from({ length: 5 }, (_, n) => `a${n}: plans { name price { minorUnits } }`).join(' ')} }` }),
    })
    return response.status
  }

  test('is identified by its address, whatever a header claims', async () => {
    const server = await start({ environment: LITTLE })
    expect([await ask(server, '198.51.100.1'), await ask(server, '198.51.100.2')]).toEqual([200, 429])
  })

  test('behind a trusted proxy is identified by the forwarded address, in IPv6 by its network', async () => {
    const server = await start({ environment: { ...LITTLE, TRUST_PROXY: '127.0.0.0/8' } })
    const addresses = ['198.51.100.1', '198.51.100.1', '198.51.100.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']
    const statuses = []
    for (const address of addresses) statuses.push(await ask(server, address))
    expect(statuses).toEqual([200, 429, 200, 200, 429, 200])
  })
})

describe('a bucket', () => {
  const START = new Date('2026-05-01T10:00:00Z')

  test('never grants more points than it holds and refills, to any number of concurrent requests', async () => {
    const { connections } = await start()
    const store = createPostgresStore(connections.pool)
    const withdrawal = fc.record({ needed: fc.integer({ min: 1, max: 60 }), extra: fc.integer({ min: 0, max: 60 }) })
    const round = fc.record({
      waited: fc.integer({ min: 0, max: 3000 }),
      withdrawals: fc.array(withdrawal, { minLength: 1, maxLength: 8 }),
    })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const limit: RateLimit = { capacity: 100, restoreRate: 10 }
        runs += 1
        const principal = `property:${runs}`
        let model = { points: limit.capacity, at: START, leased: 0, leasedUntil: START }
        for (const { waited, withdrawals } of rounds) {
          const at = new Date(model.at.getTime() + waited)
          const before = availablePoints(model, limit, at)
          const results = await Promise.all(
            withdrawals.map(({ needed, extra }) =>
              store.withdraw({
                principal,
                limit,
                needed,
                wanted: needed + extra,
                deposit: 0,
                at,
                lease: { reserved: 0, unspent: 0, expiresAt: START },
              }),
            ),
          )
          const taken = results.reduce((sum, each) => sum + each.taken, 0)
          expect(taken).toBeLessThanOrEqual(before + 1e-6)
          results.forEach((each, index) => {
            const { needed, extra } = withdrawals[index] as { needed: number; extra: number }
            if (each.taken > 0) expect(each.taken).toBeGreaterThanOrEqual(needed)
            expect(each.taken).toBeLessThanOrEqual(needed + extra)
          })
          model = { ...model, points: before - taken, at }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is never overspent by any number of processes in any period', async () => {
    const { connections } = await start()
    await expectNoOverspending(createPostgresStore(connections.pool), 40)
  })

  test('is spent to the last point by a thousand concurrent requests, and no further', async () => {
    const server = await start()
    const clock = new TestClock(START.toISOString())
    const log = testLogger()
    const processes = [1, 2].map(() => new RateLimiter({ store: createPostgresStore(server.connections.pool), clock, log }))
    const budget: RateLimit = { capacity: 1000, restoreRate: 1 }
    const requests = Array.from({ length: 1000 }, (_, n) => processes[n % 2]?.consume('user:7', budget, 3))
    const fulfilled = (await Promise.allSettled(requests)).filter(({ status }) => status === 'fulfilled').length
    expect(fulfilled).toBeLessThanOrEqual(333)
    // The leases of two processes can hold back some points at the end.
    expect(fulfilled).toBeGreaterThan(333 - 2)
  })
})

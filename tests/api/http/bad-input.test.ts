import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await createCatalog(server)
})
afterAll(() => server.close())

const MEGABYTE = 'x'.repeat(1_048_576)
const query = (text: string, variables?: object) => JSON.stringify({ query: text, variables })
const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'
const ORDERS = 'query ($first: Int, $after: String) { orders(first: $first, after: $after) { totalCount } }'

const CASES: [string, string, string, number, string | undefined][] = [
  // what, body, code, status, field
  ['malformed JSON', '{"query": ', 'BAD_REQUEST', 400, undefined],
  ['an empty body', '', 'BAD_REQUEST', 400, undefined],
  ['JSON that is not an object', '[1, 2]', 'BAD_REQUEST', 400, undefined],
  ['a body without a query', '{}', 'BAD_REQUEST', 400, undefined],
  ['a query that is not GraphQL', query('{ plans {'), 'GRAPHQL_PARSE_FAILED', 400, undefined],
  ['an unknown field', query('{ plans { colour } }'), 'GRAPHQL_VALIDATION_FAILED', 400, undefined],
  ['an unknown argument', query('{ plans(colour: 1) { id } }'), 'GRAPHQL_VALIDATION_FAILED', 400, undefined],
  ['an unknown field of an input', query(PLACE, { input: { planId: '1', colour: 'red' } }), 'BAD_USER_INPUT', 400, 'input'],
  ['a missing field of an input', query(APPLY, { input: {} }), 'BAD_USER_INPUT', 400, 'input'],
  ['an order without a plan', query(PLACE, { input: {} }), 'BAD_USER_INPUT', 200, 'input.planId'],
  ['an id that is not a number', query(PLACE, { input: { planId: 'one' } }), 'BAD_USER_INPUT', 200, 'input.planId'],
  ['an id with a fraction', query(PLACE, { input: { planId: '1.5' } }), 'BAD_USER_INPUT', 200, 'input.planId'],
  ['a negative id', query('{ order(id: "-1") { id } }'), 'BAD_USER_INPUT', 200, 'id'],
  ['an id with SQL in it', query(`{ order(id: "1; DROP TABLE orders") { id } }`), 'BAD_USER_INPUT', 200, 'id'],
  ['an id that is an object', query(PLACE, { input: { planId: { a: 1 } } }), 'BAD_USER_INPUT', 400, 'input.planId'],
  ['a string of one megabyte', query(APPLY, { input: { userId: '1', planId: '1', notes: MEGABYTE } }), 'BAD_REQUEST', 413, undefined],
  [
    'a string of 200 kB',
    query(APPLY, { input: { userId: '1', planId: '1', notes: MEGABYTE.slice(0, 200_000) } }),
    'BAD_USER_INPUT',
    200,
    'input.notes',
  ],
  ['a negative page size', query(ORDERS, { first: -5 }), 'BAD_USER_INPUT', 200, 'first'],
  ['a page size of 1000', query(ORDERS, { first: 1000 }), 'BAD_USER_INPUT', 200, 'first'],
  ['a page size above the range of integers', query(ORDERS, { first: 2 ** 40 }), 'BAD_USER_INPUT', 400, 'first'],
  ['an invalid cursor', query(ORDERS, { after: 'abc' }), 'BAD_USER_INPUT', 200, 'after'],
  [
    'a date in the year 99999',
    query(APPLY, { input: { userId: '1', planId: '1', expiresAt: '+99999-01-01T00:00:00Z' } }),
    'BAD_USER_INPUT',
    400,
    'input.expiresAt',
  ],
  [
    'the 30th of February',
    query(APPLY, { input: { userId: '1', planId: '1', expiresAt: '2027-02-30T00:00:00Z' } }),
    'BAD_USER_INPUT',
    400,
    'input.expiresAt',
  ],
  [
    'a date without a time zone',
    query(APPLY, { input: { userId: '1', planId: '1', expiresAt: '2027-02-03T00:00:00' } }),
    'BAD_USER_INPUT',
    400,
    'input.expiresAt',
  ],
  ['an amount with a fraction', query(APPLY, { input: { userId: '1', planId: '1', amount: 1.5 } }), 'BAD_USER_INPUT', 400, 'input.amount'],
  ['an amount beyond 2^53', query(APPLY, { input: { userId: '1', planId: '1', amount: 2 ** 53 } }), 'BAD_USER_INPUT', 400, 'input.amount'],
  ['a lone surrogate', query(APPLY, { input: { userId: '1', planId: '1', notes: '\ud800' } }), 'BAD_USER_INPUT', 200, 'input.notes'],
  ['an invalid locale', query('{ plans { price { formatted(locale: "no such locale") } } }'), 'BAD_USER_INPUT', 200, 'locale'],
  ['a link lifetime of decades', query('{ orders { nodes { invoicePdfUrl(ttlSeconds: 2147483647) } } }'), 'none', 200, undefined],
]

/** Clients that accept only `application/json` get 200 for these codes, as GraphQL over HTTP defines it. */
const REFUSED_BEFORE_EXECUTION = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']

test.each(CASES)('handles %s with a clear error', async (_what, body, code, status, field) => {
  const legacy = status === 400 && REFUSED_BEFORE_EXECUTION.includes(code) ? 200 : status
  for (const [accept, expected] of [
    ['application/graphql-response+json', status],
    ['application/json', legacy],
    ['*/*', legacy],
  ] as const) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${await server.token(1, 'admin')}` },
      body,
    })
    const text = await response.text()
    const error = JSON.parse(text).errors?.[0]
    expect([accept, response.status, error?.extensions.code ?? 'none', error?.extensions.field]).toEqual([accept, expected, code, field])
    expect(text.length).toBeLessThan(2000)
    expect(text).not.toMatch(/node_modules|prisma|postgres|stack|\.ts:|\.js:/i)
  }
})

test.each(['text/plain', 'application/xml'])('refuses a body of type %s', async (type) => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: query('{ plans { id } }'),
  })
  expect(response.status).toBe(415)
})

test('refuses a mutation by GET', async () => {
  const response = await fetch(
    `${server.url}/graphql?query=${encodeURIComponent('mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')}`,
    {
      headers: { authorization: `Bearer ${await server.token(1, 'admin')}` },
    },
  )
  expect(response.status).toBe(405)
})

test('returns 404 as JSON for an unknown path', async () => {
  const response = await fetch(`${server.url}/nowhere`)
  expect([response.status, await response.json()]).toEqual([404, { error: 'not_found' }])
})

test('stays alive and ready, and changes nothing', async () => {
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  expect(await server.services.db.order.count()).toBe(0)
})

test('logs no token, cookie or signature', async () => {
  const token = await server.token(1, 'admin')
  await fetch(`${server.url}/orders/1/invoice?signature=secret-signature`, {
    headers: { authorization: `Bearer ${token}`, cookie: `session=${token}` },
  })
  const log = server.logged.join('')
  expect(log).toContain('/orders/:id/invoice')
  expect(log).not.toMatch(/eyJ|secret-signature/)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'
import { createRecords } from './records.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await createRecords(server, 90)
})
afterAll(() => server.close())

const LISTS = [
  'users',
  'organisations',
  'allOrders',
  'allInvoices',
  'allCreditNotes',
  'allSubscriptions',
  'allRefunds',
  'allPayments',
  'allReportedPayments',
]

async function askWithKey(key: string, query: string): Promise<any> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return response.json()
}

describe('access', () => {
  const QUERIES = [
    ...LISTS.map((list) => `{ ${list} { totalCount nodes { id } } }`),
    '{ user(id: "50") { id } }',
    '{ organisation(id: "org-0") { id } }',
  ]

  test.each(QUERIES)('refuses %s to everybody but administrators', async (query) => {
    expect(codeOf(await server.ask(50, query))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(undefined, query))).toBe('UNAUTHENTICATED')
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: { name: "panel", scopes: [READ, SYNC, CLAIMS] }) { key } }')
    expect(codeOf(await askWithKey(data.createApiKey.key, query))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask('admin', query))).toBe('none')
  })
})

describe('one customer', () => {
  test('is found by its id, with and without the prefix', async () => {
    const query =
      '{ a: user(id: "user_50") { id name } b: user(id: "50") { id } c: organisation(id: "org_org-0") { id name } d: organisation(id: "org-0") { id } }'
    expect((await server.ask('admin', query)).data).toEqual({
      a: { id: 'user_50', name: 'Jane Doe' },
      b: { id: 'user_50' },
      c: { id: 'org_org-0', name: 'Acme Ltd' },
      d: { id: 'org_org-0' },
    })
  })

  test('is null if it does not exist', async () => {
    const { data, errors } = await server.ask('admin', '{ user(id: "nobody") { id } organisation(id: "50") { id } }')
    expect([data, errors]).toEqual([{ user: null, organisation: null }, undefined])
  })
})

describe('invalid input', () => {
  test.each([
    ['allOrders(filter: { status: [] })', 'filter.status'],
    ['allOrders(filter: { reason: [] })', 'filter.reason'],
    ['allOrders(filter: { customerId: "55" })', 'filter.customerId'],
    ['allOrders(filter: { customerId: "ord_55" })', 'filter.customerId'],
    ['allOrders(filter: { customerId: "user_a b" })', 'filter.customerId'],
    ['allOrders(filter: { planId: "pro" })', 'filter.planId'],
    [`allOrders(filter: { search: "${'x'.repeat(201)}" })`, 'filter.search'],
    ['allOrders(filter: { search: "a\\u0000" })', 'filter.search'],
    ['allOrders(first: 101)', 'first'],
    ['allOrders(after: "x")', 'after'],
    ['allInvoices(filter: { status: [] })', 'filter.status'],
    ['allInvoices(filter: { customerId: "7" })', 'filter.customerId'],
    ['allCreditNotes(filter: { customerId: "7" })', 'filter.customerId'],
    ['allSubscriptions(filter: { status: [] })', 'filter.status'],
    ['allSubscriptions(filter: { planId: "0" })', 'filter.planId'],
    ['allSubscriptions(filter: { customerId: "sub_7" })', 'filter.customerId'],
    ['allRefunds(filter: { status: [] })', 'filter.status'],
    ['allRefunds(filter: { customerId: "7" })', 'filter.customerId'],
    ['allReportedPayments(filter: { status: [] })', 'filter.status'],
    ['allReportedPayments(filter: { customerId: "7" })', 'filter.customerId'],
    [`users(search: "${'x'.repeat(201)}")`, 'search'],
    ['users(search: "\\u0000")', 'search'],
    ['users(after: "x")', 'after'],
    ['organisations(search: "\\u0000")', 'search'],
    ['user(id: "a b")', 'id'],
    ['organisation(id: "")', 'id'],
  ])('%s is refused with the name of the argument', async (field, name) => {
    const selection = field.startsWith('user(') || field.startsWith('organisation(') ? '{ id }' : '{ nodes { id } }'
    const { errors } = await server.ask('admin', `{ ${field} ${selection} }`)
    expect(errors?.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([['BAD_USER_INPUT', name]])
  })

  test('half a character is refused', async () => {
    const answer = await server.ask('admin', 'query ($search: String) { users(search: $search) { nodes { id } } }', { search: 'a\ud800' })
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' })
  })

  test('null is the same as an omitted filter', async () => {
    const filter = { status: null, reason: null, customerId: null, planId: null, from: null, to: null, search: null }
    const query =
      'query ($filter: OrderFilter, $orderBy: TimeSort) { allOrders(filter: $filter, orderBy: $orderBy) { totalCount nodes { id } } }'
    const all = await server.ask('admin', query, { filter: null, orderBy: null })
    expect(all.data.allOrders.totalCount).toBe(90)
    expect(await server.ask('admin', query, { filter })).toEqual(all)
  })
})

describe('the number of statements', () => {
  const ORDER =
    'id status amount { decimal } description plan { id name } buyer { email } organisation { name } invoice { number creditNotes { number } } refunds { id }'
  const NODES: Record<string, string> = {
    users: 'id email name portalTier organisations { role organisation { id name } }',
    organisations: 'id name portalTier',
    allOrders: ORDER,
    allInvoices: `id number order { ${ORDER} } creditNotes { id }`,
    allCreditNotes: 'id number invoice { id number order { id } }',
    allSubscriptions: 'id plan { id name } status endsAt',
    allRefunds: 'id status type amount { decimal } creditNotes { number } parts { id amount { decimal } }',
    allReportedPayments: 'id status amount { decimal } order { id reportedPayments { id } } invoice { number } payment { id }',
    allPayments: 'id kind amount { decimal } invoices { number } customer { ... on Node { id } }',
  }
  const ARGUMENTS = ['', 'orderBy: OLDEST_FIRST']
  const FILTERED = [
    'filter: { status: [PENDING, CANCELLED, EXPIRED], search: "e" }',
    'filter: { reason: [PURCHASE, GRANT], from: "2026-01-01T00:00:00Z" }',
    'filter: { search: "doe" }',
  ]

  test.each([
    ...LISTS.flatMap((list) => ARGUMENTS.map((argument) => ({ list, argument }))),
    ...FILTERED.map((argument) => ({ list: 'allOrders', argument })),
    { list: 'users', argument: 'search: "e", orderBy: NAME' },
    { list: 'allInvoices', argument: 'filter: { status: [PAID, OPEN], search: "e" }' },
  ])('of $list($argument) is the same for 5 and 60 rows', async ({ list, argument }) => {
    const read = async (first: number) => {
      const query = `{ ${list}(first: ${first} ${argument}) { totalCount nodes { ${NODES[list]} } } }`
      // The first request fills caches.
      await server.ask('admin', query)
      return countStatements(async () => {
        const { data, errors } = await server.ask('admin', query)
        expect(errors).toBeUndefined()
        expect(data[list].nodes.length).toBeGreaterThan(0)
      })
    }
    const few = await read(5)
    expect(await read(60)).toEqual(few)
    expect(few.length).toBeLessThan(14)
  })

  test('does not include a count unless totalCount is selected', async () => {
    const count = async (fields: string) => (await countStatements(() => server.ask('admin', `{ allOrders { ${fields} } }`))).length
    await count('nodes { id }')
    expect(await count('nodes { id }')).toBe(1)
    expect(await count('totalCount nodes { id }')).toBe(2)
  })
})

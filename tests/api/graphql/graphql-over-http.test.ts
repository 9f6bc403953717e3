import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe('the audits of GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch })

  test('are 61', () => expect(audits).toHaveLength(61))

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' })
  })
})

async function post(
  query: string,
  variables: object = {},
): Promise<Answer & { extensions?: { cost: { requested: number; maximum: number } } }> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(1, 'admin')}` },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
}

describe('introspection', () => {
  const SCHEMA = '{ __schema { queryType { name } } }'
  const WRONG = '{ planz { id } }'

  test.each([
    ['in production', { DEMO: 'false' }, 'UNAUTHENTICATED', undefined, false],
    ['in production with INTROSPECTION=everybody', { DEMO: 'false', INTROSPECTION: 'everybody' }, undefined, undefined, true],
    ['with INTROSPECTION=nobody', { INTROSPECTION: 'nobody' }, 'FORBIDDEN', 'FORBIDDEN', false],
  ] as const)('%s is allowed as configured', async (_what, environment, anonymous, signedIn, suggests) => {
    const other = await startServer({ environment })
    expect((await other.ask(undefined, SCHEMA)).errors?.[0]?.extensions.code).toBe(anonymous)
    expect(
      (await other.ask(undefined, `{ ...f } fragment f on Query { a: __type(name: "Plan") { name } }`)).errors?.[0]?.extensions.code,
    ).toBe(anonymous)
    expect((await other.ask(55, SCHEMA)).errors?.[0]?.extensions.code).toBe(signedIn)
    expect((await other.ask(55, '{ __typename }')).errors).toBeUndefined()
    expect((await other.ask(55, WRONG)).errors?.[0]?.message.includes('Did you mean')).toBe(suggests)
    await other.close()
  })
})

describe('the cost of an operation', () => {
  test.each<[string, string, object, number]>([
    ['an object costs one point', '{ me { id name } }', {}, 1],
    ['each field that is an object costs one more', '{ me { limits { memory } currentPlan { name } } }', {}, 3],
    ['a page multiplies the cost of its entries', '{ orders(first: 50) { nodes { id plan { name } } } }', {}, 101],
    ['a page size in a variable counts', 'query ($n: Int) { orders(first: $n) { nodes { id plan { name } } } }', { n: 50 }, 101],
    ['the default of a variable counts', 'query ($n: Int = 50) { orders(first: $n) { nodes { id plan { name } } } }', {}, 101],
    [
      'null overrides the default of a variable',
      'query ($n: Int = 50) { orders(first: $n) { nodes { id plan { name } } } }',
      { n: null },
      41,
    ],
    [
      '`last` counts like `first`',
      'query ($n: Int! = 10, $m: Int = 5) { orders(first: $n) { nodes { id } } invoices(last: $m) { nodes { order { id } } } }',
      {},
      22,
    ],
    ['a page without a size has 20 entries', '{ orders { nodes { id } pageInfo { endCursor } } }', {}, 22],
    ['edges count like nodes', '{ orders(last: 5) { edges { node { id } } } }', {}, 11],
    ['nested lists multiply again', '{ orders(first: 10) { nodes { items { description } } } }', {}, 111],
    ['a fragment counts each time it is spread', 'query { a: me { ...f } b: me { ...f } } fragment f on User { limits { memory } }', {}, 4],
    ['the schema costs a hundred', '{ __schema { queryType { name } } }', {}, 101],
    ['lists of the schema cost their share', '{ __schema { types { name fields { name args { name } } } } }', {}, 347],
    [
      'a type costs ten, and a point for six of its fields',
      '{ a: __type(name: "Plan") { name fields { name } } b: __type(name: "Plan") { name } }',
      {},
      26,
    ],
    ['a mutation costs ten, and its payload one', 'mutation { setBillingEnabled(input: { enabled: true }) { enabled } }', {}, 11],
  ])('%s', async (_what, query, variables, cost) => {
    const { extensions, errors } = await post(query, variables)
    expect(errors).toBeUndefined()
    expect(extensions?.cost).toMatchObject({ requested: cost, maximum: 10_000 })
  })

  test.each<[string, string, object, string]>([
    [
      'a high cost',
      `{ ${['a', 'b', 'c'].map((name) => `${name}: entitlements(first: 100) { nodes { customer { ... on User { organisations { organisation { limits { memory } currentPlan { name } } } } } } }`).join(' ')} }`,
      {},
      'The operation costs',
    ],
    [
      'a high cost through variables',
      'query ($n: Int) { entitlements(first: $n) { nodes { customer { ... on User { organisations { organisation { limits { memory } currentPlan { name } } } } } } } }',
      { n: 1_000_000 },
      'The operation costs',
    ],
    [
      'too many aliases',
      `{ ${Array.from({ length: 51 }, (_, index) => `a${index}: billingEnabled`).join(' ')} }`,
      {},
      'more than 50 aliases',
    ],
    ['too many directives', `{ billingEnabled ${'@include(if: true) '.repeat(51)} }`, {}, 'directive'],
    ['deep nesting', `{ orders { nodes { ${'invoice { order { '.repeat(8)} id ${'} }'.repeat(8)} } } }`, {}, 'deeper than 15'],
    [
      'fragments that expand exponentially',
      `{ me { ...f0 } } ${Array.from({ length: 60 }, (_, n) => `fragment f${n} on User { id ${n < 59 ? `...f${n + 1} ...f${n + 1}` : ''} }`).join(' ')}`,
      {},
      'the same fields or fragments too often',
    ],
    ['deep introspection', `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`, {}, 'introspection depth'],
  ])('refuses %s before execution', async (_what, query, variables, message) => {
    const { data, errors } = await post(query, variables)
    expect(data).toBeUndefined()
    expect(errors?.[0]?.message).toContain(message)
  })

  test('accepts the introspection query of the explorer', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    const { errors } = await post(getIntrospectionQuery())
    expect(errors).toBeUndefined()
  })
})

describe('the HTTP status', () => {
  const GRAPHQL = 'application/graphql-response+json'
  const CASES = [
    ['an operation that does not parse', '{', undefined, 400, 400],
    ['an operation that does not match the schema', '{ nothing }', undefined, 400, 422],
    ['variables that do not match their types', 'query ($id: ID!) { plan(id: $id) { name } }', undefined, 400, 422],
    ['an ambiguous operation', 'query a { billingEnabled } query b { billingEnabled }', undefined, 400, 422],
    ['a partial result', '{ billingEnabled me { id } }', undefined, 200, 294],
    ['errors without a result', 'mutation { setBillingEnabled(input: { enabled: true }) { enabled } }', undefined, 200, 294],
    ['a complete result', '{ billingEnabled }', undefined, 200, 200],
    [
      'an operation that is too complex',
      `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: billingEnabled`).join(' ')} }`,
      undefined,
      400,
      400,
    ],
  ] as const

  test.each(['stable', 'draft'])(
    'follows the profile %s for clients that accept the GraphQL type, and is 200 for clients that accept only JSON',
    async (profile) => {
      const other = await startServer({ environment: { HTTP_STATUS_PROFILE: profile } })
      for (const [what, query, variables, stable, draft] of CASES) {
        const post = (accept: string) =>
          fetch(`${other.url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', accept },
            body: JSON.stringify({ query, variables }),
          })
        expect([what, (await post(GRAPHQL)).status]).toEqual([what, profile === 'draft' ? draft : stable])
        const legacy = what === 'an operation that is too complex' ? 400 : 200
        expect([what, (await post('application/json')).status]).toEqual([what, legacy])
      }
      await other.close()
    },
  )
})

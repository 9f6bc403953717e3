import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch })

  test('has 61 audits', () => expect(audits).toHaveLength(61))

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

describe('the schema', () => {
  const SCHEMA = '{ __schema { queryType { name } } }'
  const WRONG = '{ planz { id } }'

  test.each([
    ['production', { DEMO: 'false' }, 'UNAUTHENTICATED', undefined, false],
    ['production for everybody', { DEMO: 'false', INTROSPECTION: 'everybody' }, undefined, undefined, true],
    ['nobody', { INTROSPECTION: 'nobody' }, 'FORBIDDEN', 'FORBIDDEN', false],
  ] as const)('in %s is for whom the setting says', async (_what, environment, stranger, signedIn, suggests) => {
    const other = await startServer({ environment })
    expect((await other.ask(undefined, SCHEMA)).errors?.[0]?.extensions.code).toBe(stranger)
    expect(
      (await other.ask(undefined, `{ ...f } fragment f on Query { a: __type(name: "Plan") { name } }`)).errors?.[0]?.extensions.code,
    ).toBe(stranger)
    expect((await other.ask(55, SCHEMA)).errors?.[0]?.extensions.code).toBe(signedIn)
    expect((await other.ask(55, '{ __typename }')).errors).toBeUndefined()
    expect((await other.ask(55, WRONG)).errors?.[0]?.message.includes('Did you mean')).toBe(suggests)
    await other.close()
  })
})

describe('the cost of an operation', () => {
  test.each<[string, string, object, number]>([
    ['an object is a point', '{ me { id name } }', {}, 1],
    ['fields of it that are objects cost one more each', '{ me { limits { memory } currentPlan { name } } }', {}, 3],
    ['a page multiplies what is in it', '{ orders(first: 50) { nodes { id plan { name } } } }', {}, 101],
    ['also by a variable', 'query ($n: Int) { orders(first: $n) { nodes { id plan { name } } } }', { n: 50 }, 101],
    ['and by the default of one', 'query ($n: Int = 50) { orders(first: $n) { nodes { id plan { name } } } }', {}, 101],
    ['which null overrides', 'query ($n: Int = 50) { orders(first: $n) { nodes { id plan { name } } } }', { n: null }, 41],
    [
      'of `last` as of `first`',
      'query ($n: Int! = 10, $m: Int = 5) { orders(first: $n) { nodes { id } } invoices(last: $m) { nodes { order { id } } } }',
      {},
      22,
    ],
    ['a page has 20 entries where nothing says how many', '{ orders { nodes { id } pageInfo { endCursor } } }', {}, 22],
    ['edges as nodes', '{ orders(last: 5) { edges { node { id } } } }', {}, 11],
    ['lists within multiply again', '{ orders(first: 10) { nodes { items { description } } } }', {}, 111],
    ['fragments count where they are spread', 'query { a: me { ...f } b: me { ...f } } fragment f on User { limits { memory } }', {}, 4],
    ['the schema is a hundred', '{ __schema { queryType { name } } }', {}, 101],
    ['and its lists', '{ __schema { types { name fields { name args { name } } } } }', {}, 163],
    ['a type is ten', '{ a: __type(name: "Plan") { name fields { name } } b: __type(name: "Plan") { name } }', {}, 22],
    ['a mutation is ten', 'mutation { setBillingEnabled(enabled: true) }', {}, 10],
  ])('%s', async (_what, query, variables, cost) => {
    const { extensions, errors } = await post(query, variables)
    expect(errors).toBeUndefined()
    expect(extensions?.cost).toMatchObject({ requested: cost, maximum: 10_000 })
  })

  test.each<[string, string, object, string]>([
    [
      'too much',
      `{ ${['a', 'b', 'c'].map((name) => `${name}: desiredState(first: 100) { nodes { user { organisations { organisation { limits { memory } currentPlan { name } } } } } }`).join(' ')} }`,
      {},
      'The operation costs',
    ],
    [
      'too much by variables',
      'query ($n: Int) { desiredState(first: $n) { nodes { user { organisations { organisation { limits { memory } currentPlan { name } } } } } } }',
      { n: 1_000_000 },
      'The operation costs',
    ],
    [
      'too many aliases',
      `{ ${Array.from({ length: 51 }, (_, place) => `a${place}: billingEnabled`).join(' ')} }`,
      {},
      'more than 50 aliases',
    ],
    ['too many directives', `{ billingEnabled ${'@include(if: true) '.repeat(51)} }`, {}, 'directive'],
    ['too deep', `{ orders { nodes { ${'invoice { order { '.repeat(8)} id ${'} }'.repeat(8)} } } }`, {}, 'deeper than 15'],
    [
      'unfolding without end',
      `{ me { ...f0 } } ${Array.from({ length: 60 }, (_, n) => `fragment f${n} on User { id ${n < 59 ? `...f${n + 1} ...f${n + 1}` : ''} }`).join(' ')}`,
      {},
      'the same fields or fragments too often',
    ],
    [
      'too deep in the schema',
      `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`,
      {},
      'introspection depth',
    ],
  ])('%s is refused before anything runs', async (_what, query, variables, message) => {
    const { data, errors } = await post(query, variables)
    expect(data).toBeUndefined()
    expect(errors?.[0]?.message).toContain(message)
  })

  test('what the explorer asks of the schema is not', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    const { errors } = await post(getIntrospectionQuery())
    expect(errors).toBeUndefined()
  })
})

describe('statuses', () => {
  const GRAPHQL = 'application/graphql-response+json'
  const CASES = [
    ['a document that is none', '{', undefined, 400, 400],
    ['a document that does not fit the schema', '{ nothing }', undefined, 400, 422],
    ['variables that do not fit', 'query ($id: ID!) { plan(id: $id) { name } }', undefined, 400, 422],
    ['an operation that is not there', 'query a { billingEnabled } query b { billingEnabled }', undefined, 400, 422],
    ['an answer with a hole', '{ billingEnabled me { id } }', undefined, 200, 294],
    ['no answer but errors', 'mutation { setBillingEnabled(enabled: true) }', undefined, 200, 294],
    ['an answer', '{ billingEnabled }', undefined, 200, 200],
    ['what costs too much', `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: billingEnabled`).join(' ')} }`, undefined, 400, 400],
  ] as const

  test.each(['stable', 'draft'])(
    '%s: are those of its profile for who accepts GraphQL, and 200 as ever for who accepts JSON',
    async (profile) => {
      const other = await startServer({ environment: { HTTP_STATUS_PROFILE: profile } })
      for (const [what, query, variables, stable, draft] of CASES) {
        const ask = (accept: string) =>
          fetch(`${other.url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', accept },
            body: JSON.stringify({ query, variables }),
          })
        expect([what, (await ask(GRAPHQL)).status]).toEqual([what, profile === 'draft' ? draft : stable])
        const legacy = what === 'what costs too much' ? 400 : 200
        expect([what, (await ask('application/json')).status]).toEqual([what, legacy])
      }
      await other.close()
    },
  )
})

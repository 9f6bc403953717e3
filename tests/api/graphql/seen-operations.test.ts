import { readFile } from 'node:fs/promises'
import { ApolloServer } from '@apollo/server'
import { Kind, type OperationDefinitionNode, parse, print } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { addMeasurementObserver } from '../../../src/core/instrumentation.js'
import { createCatalog } from '../../support/catalog.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const byApollo = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest')

interface Sent {
  query: string
  variables?: unknown
  operationName?: unknown
  extensions?: unknown
}

interface Options {
  who?: number | 'admin' | undefined
  accept?: string
  to?: TestServer
}

let server: TestServer
let planId: string
let orderId: string

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_POINTS: '10000000', RATE_LIMIT_RESTORE_RATE: '10000000' } })
  planId = (await createCatalog(server)).pro
  await placeOrder(server, 7, { planId })
  orderId = (await server.ask(7, '{ orders { nodes { id } } }')).data.orders.nodes[0].id
})
afterAll(() => server.close())
beforeEach(() => {
  byApollo.mockClear()
})

async function post(body: Sent, { who, accept, to = server }: Options = {}) {
  const token = who === undefined ? undefined : await (who === 'admin' ? to.token(1, 'admin') : to.token(who))
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...(accept && { accept }) }
  const measured: string[] = []
  const stop = addMeasurementObserver((kind, { operation }) => {
    if (kind !== 'operation') return undefined
    const at = measured.push(`${operation}: not ended`) - 1
    return (outcome, more) => {
      measured[at] = `${operation}: ${outcome} ${more?.cost}`
    }
  })
  const before = byApollo.mock.calls.length
  const logged = to.logged.length
  const response = await fetch(`${to.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = (await response.text()).replace(/available("?): ?\d+/, 'available$1: 0').replace(/"requested":\d+/, '"requested":0')
  stop()
  const { date: _date, 'x-request-id': _id, 'content-length': _length, ...rest } = Object.fromEntries(response.headers)
  await vi.waitFor(() => expect(to.logged.length).toBeGreaterThan(logged))
  const lines = to.logged.slice(logged).map((line) => {
    const { err, ...fields } = JSON.parse(line)
    return { ...fields, ...(err && { err: { ...err, stack: '' } }), time: 0, reqId: '', ms: 0, pid: 0 }
  })
  return { seen: byApollo.mock.calls.length === before, outcome: { status: response.status, headers: rest, text, measured, lines } }
}

/** Sends an operation that was seen, and the same operation with a text that is new. */
async function compare(body: Sent, { warm = body, ...options }: Options & { warm?: Sent } = {}) {
  await post({ ...body, ...warm }, options)
  const repeated = await post(body, options)
  // Two characters do not change the cost of parsing, except at a limit that no text here is near.
  const fresh = await post({ ...body, query: `${body.query}#${nextNumber()}` }, options)
  expect(fresh.seen).toBe(false)
  // The response cache, which has tests of its own, serves the catalog.
  if (!String(repeated.outcome.measured).startsWith('cached response')) expect(repeated.outcome).toEqual(fresh.outcome)
  return repeated
}
let count = 0
const nextNumber = () => (count += 1)

const operations = parse(await readFile('docs/cookbook.graphql', 'utf8')).definitions.filter(
  (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
)
const queries = operations.filter(({ operation }) => operation === 'query')
const others = operations.filter(({ operation }) => operation !== 'query')

/** A value for each required variable that can have one here. */
function variablesOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  const given = variableDefinitions.flatMap(({ variable, type }): [string, unknown][] => {
    if (type.kind !== Kind.NON_NULL_TYPE) return []
    const name = print(type.type)
    if (name === 'ID') return [[variable.name.value, orderId]]
    if (name === '[ID!]') return [[variable.name.value, [orderId, planId]]]
    return name === 'Int' ? [[variable.name.value, 2]] : name === 'String' ? [[variable.name.value, 'x']] : []
  })
  return Object.fromEntries(given)
}

describe.each([7, 'admin', undefined] as const)('for the principal %s', (who) => {
  test.each(queries.map((operation) => [operation.name?.value ?? '', operation] as const))(
    '%s has the same response',
    async (name, operation) => {
      await compare({ query: print(operation), operationName: name, variables: variablesOf(operation) }, { who })
    },
  )
})

test.each(others.map((operation) => [operation.name?.value ?? '', operation] as const))('%s is left to Apollo', async (name, operation) => {
  expect((await compare({ query: print(operation), operationName: name })).seen).toBe(false)
})

const ORDER = 'query Order($id: ID!) { order(id: $id) { id plan { name } } }'
const ORDERS = 'query ($first: Int) { orders(first: $first) { nodes { id } } }'

test.each([undefined, '*/*', 'application/json', 'application/graphql-response+json,application/json;q=0.9', 'text/html, */*;q=0.1'])(
  'a repeated query is not run by Apollo when the client accepts %s',
  async (accept) => {
    for (const body of [{ query: ORDER, variables: { id: orderId } }, { query: ORDERS, variables: null }, { query: '{ me { id } }' }]) {
      const { seen, outcome } = await compare(body, { who: 7, ...(accept && { accept }) })
      expect([seen, outcome.status]).toEqual([true, 200])
    }
  },
)

const GRAPHQL = 'application/graphql-response+json'

describe.each([undefined, GRAPHQL])('an error of an operation that has succeeded before is the same, accepting %s', (type) => {
  const accept = type === undefined ? {} : { accept: type }
  test.each<[string, Sent, Sent]>([
    ['a missing variable', { query: ORDER }, { query: ORDER, variables: { id: 'x1' } }],
    ['a variable of another type', { query: ORDERS, variables: { first: 'two' } }, { query: ORDERS, variables: { first: 2 } }],
    ['a page that is too large', { query: ORDERS, variables: { first: 101 } }, { query: ORDERS, variables: { first: 2 } }],
    ['a cost that is too high', { query: ORDERS, variables: { first: 1_000_000_000 } }, { query: ORDERS, variables: { first: 2 } }],
    ['variables that are a list', { query: ORDERS, variables: [1] }, { query: ORDERS }],
    ['variables that are text', { query: ORDERS, variables: '{}' }, { query: ORDERS }],
    ['an unknown name', { query: ORDER, operationName: 'Other' }, { query: ORDER, operationName: 'Order' }],
    ['an empty name', { query: ORDERS, operationName: '' }, { query: ORDERS, operationName: null }],
    ['a name that is a number', { query: ORDERS, operationName: 1 }, { query: ORDERS, operationName: null }],
    ['extensions that are text', { query: ORDERS, extensions: 'x' }, { query: ORDERS }],
  ])('%s', async (_what, body, warm) => {
    const withDefaults = { variables: undefined, operationName: undefined, extensions: undefined, ...warm }
    const { outcome } = await compare(body, { who: 7, warm: withDefaults, ...accept })
    expect(outcome.text).toContain('"errors":[')
  })

  test('a principal who is not signed in', async () => {
    const query = '{ orders { nodes { id } } me { id } }'
    await post({ query }, { who: 7, ...accept })
    const { outcome } = await compare({ query }, accept)
    expect(outcome.text).toContain('UNAUTHENTICATED')
  })

  test('a resolver that fails', async () => {
    const good = await compare({ query: ORDER, variables: { id: orderId } }, { who: 7, ...accept })
    expect(good.seen).toBe(true)
    const failing = vi.spyOn(server.services, 'rawQuery').mockRejectedValue(new Error('secret'))
    const { outcome } = await compare({ query: ORDER, variables: { id: orderId } }, { who: 7, ...accept })
    failing.mockRestore()
    expect(outcome.text).not.toContain('secret')
    expect(outcome.text).toContain('"errors":[')
  })
})

test.each(['when it starts', 'when it ends'])('a measurement that throws %s fails the request in the same way, once', async (when) => {
  const query = `query Measured${when.length} { orders(first: 2) { nodes { id } } }`
  expect((await compare({ query }, { who: 7 })).seen).toBe(true)
  let ended = 0
  const stop = addMeasurementObserver((kind) => {
    if (kind !== 'operation') return undefined
    if (when === 'when it starts') throw new Error('secret')
    return () => {
      ended += 1
      throw new Error('secret')
    }
  })
  onTestFinished(stop)
  const { outcome } = await compare({ query }, { who: 7 })
  expect(outcome.status).toBe(500)
  expect(outcome.text).not.toContain('secret')
  expect(ended).toBe(when === 'when it starts' ? 0 : 3)
})

test('a principal gets its own data for an operation that another has run', async () => {
  const query = 'query ($id: ID!) { me { id } orders { nodes { id } } order(id: $id) { id } }'
  const own = await compare({ query, variables: { id: orderId } }, { who: 7 })
  expect([own.seen, own.outcome.text.includes(orderId)]).toEqual([true, true])
  const { outcome } = await compare({ query, variables: { id: orderId } }, { who: 8, warm: { query: '{ me { id } }' } })
  expect(outcome.text).not.toContain(`"id":"${orderId}"`)
  expect(outcome.text).toContain('"nodes":[]')
})

test('introspection that a principal has used is refused to those who may not', async () => {
  const to = await startServer({ environment: { INTROSPECTION: 'signed-in' } })
  const query = '{ __type(name: "Order") { name } }'
  expect((await compare({ query }, { who: 7, to })).seen).toBe(true)
  const { outcome } = await compare({ query }, { to })
  expect(outcome.text).toContain('UNAUTHENTICATED')
  await to.close()
})

test('a media type that cannot be sent is refused each time', async () => {
  const { seen, outcome } = await compare({ query: '{ me { id } }' }, { who: 7, accept: 'text/plain' })
  expect([seen, outcome.status]).toEqual([false, 406])
})

test('a persisted query of Apollo has the same response as its text', async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } }
  await compare({ query: '{ me { id name } }', extensions }, { who: 7 })
  expect((await post({ query: '{ me { id name } }' }, { who: 7 })).seen).toBe(true)
})

test('the rate limit refuses a repeated query with the same response, and charges each once', async () => {
  const to = await startServer({ environment: { RATE_LIMIT_POINTS: '60', RATE_LIMIT_RESTORE_RATE: '1' } })
  const query = '{ me { id } orders(first: 15) { nodes { id } } }'
  const results = []
  for (let sent = 0; sent < 5; sent += 1) results.push(await post({ query }, { who: 7, to }))
  const fresh = await post({ query: `${query}#` }, { who: 7, to })
  expect(results.map(({ outcome }) => outcome.status)).toEqual([200, 200, 200, 429, 429])
  expect(results.map(({ seen }) => seen)).toEqual([false, true, true, false, false])
  expect(results[4]?.outcome).toEqual(fresh.outcome)
  await to.close()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

/** More requests than it takes until a query is compiled. */
const TIMES = 4

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  for (let placed = 0; placed < 3; placed += 1) {
    const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    await server.ask(55, place, { input: { planId: plans.pro } })
  }
})
afterAll(() => server.close())

async function repeat(principal: number | 'admin', query: string, variables: object): Promise<Answer[]> {
  const responses: Answer[] = []
  for (let times = 0; times < TIMES; times += 1) responses.push(await server.ask(principal, query, variables))
  return responses
}

test('leaves a field unchanged when its variable inside an input object is omitted', async () => {
  const query = `mutation UpdatePlan($id: ID!, $name: String, $memory: Int, $serverLimit: Int, $price: MinorUnits) {
    updatePlan(input: { id: $id, name: $name, memory: $memory, serverLimit: $serverLimit, price: $price }) {
      plan { name memory serverLimit price { minorUnits } } } }`
  const before = (await server.ask('admin', `{ plan(id: "${plans.starter}") { memory serverLimit price { minorUnits } } }`)).data.plan
  expect(before.memory).not.toBeNull()
  for (let version = 1; version <= TIMES; version += 1) {
    const { data } = await server.ask('admin', query, { id: plans.starter, name: `Starter ${version}` })
    expect(data.updatePlan.plan).toEqual({ name: `Starter ${version}`, ...before })
  }
})

test('applies the default of a non-null variable in every run', async () => {
  const responses = await repeat(55, 'query Orders($first: Int! = 2) { orders(first: $first) { nodes { id } } }', {})
  for (const { status, data } of responses) expect([status, data?.orders.nodes.length]).toEqual([200, 2])
})

describe('keeps the fields of a fragment that is spread twice under conditions', () => {
  const CONDITIONAL = `query Compact($compact: Boolean!) {
      orders(first: 1) { nodes { id ...Head @include(if: $compact) ...Full @skip(if: $compact) } } }
    fragment Head on Order { ...Price }
    fragment Full on Order { description ...Price }
    fragment Price on Order { amount { currency } }`

  test.each([
    [true, ['amount', 'id']],
    [false, ['amount', 'description', 'id']],
  ])('%s', async (compact, fields) => {
    for (const { data } of await repeat(55, CONDITIONAL, { compact })) {
      expect(Object.keys(data.orders.nodes[0]).sort()).toEqual(fields)
    }
  })
})

test('executes a mutation in every run when it is spread twice, once under a condition', async () => {
  const query = `mutation M($auto: Boolean!) { ...SetName @skip(if: $auto) ...SetName }
    fragment SetName on Mutation { setBillingDetails(input: { name: "Ada" }) { billingDetails { name } } }`
  for (const { data } of await repeat(55, query, { auto: true })) {
    expect(data).toEqual({ setBillingDetails: { billingDetails: { name: 'Ada' } } })
  }
})

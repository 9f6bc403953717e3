import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { buy, dataOf } from '../../support/payments.js'
import { cancelPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

/** The number of subscribers by name of the plan. */
async function read(who: number | 'admin' | undefined): Promise<Record<string, number | null>> {
  const field = who === 'admin' ? 'allPlans' : 'plans'
  const data = await dataOf(server.ask(who, `{ ${field} { name subscriberCount } }`))
  return Object.fromEntries(data[field].map(({ name, subscriberCount }: any) => [name, subscriberCount]))
}

test('administrators see how many customers have a live subscription to each plan', async () => {
  expect(await read('admin')).toEqual({ Free: 0, Starter: 0, Pro: 0, Enterprise: 0 })
  for (const user of [201, 202]) await buy(server, user, plans.starter)
  await buy(server, 203, plans.pro)
  expect(await read('admin')).toEqual({ Free: 0, Starter: 2, Pro: 1, Enterprise: 0 })
  await dataOf(cancelPlan(server, { userId: '202' }))
  expect(await read('admin')).toMatchObject({ Starter: 1 })
})

test('nobody else sees it, also not from the cache', async () => {
  await read('admin')
  for (const who of [201, undefined]) expect(await read(who)).toEqual({ Free: null, Starter: null, Pro: null, Enterprise: null })
  expect(await read('admin')).toMatchObject({ Starter: 1 })
})

test('all plans are counted by one statement', async () => {
  expect(await countStatements(() => read('admin'))).toHaveLength(1)
})

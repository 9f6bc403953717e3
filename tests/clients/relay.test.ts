import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createOperationDescriptor, type Environment, fetchQuery, type GraphQLTaggedNode, getRequest } from 'relay-runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../e2e/program.js'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { copyProject, runNode } from './project.js'
import { createRelayEnvironment } from './snippets/relay.js'

const ORDERS = 40
let server: TestServer
let plans: Catalog
let folder: string
let environment: Environment

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  folder = await copyProject('relay')
  await runNode(folder, [join(ROOT, 'node_modules/relay-compiler/cli.js')])
  const token = await server.token(55)
  environment = createRelayEnvironment(server.url, () => token)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** The compiled operation. */
async function compiled(name: string): Promise<GraphQLTaggedNode> {
  return (await import(join(folder, `src/__generated__/${name}.graphql.ts`))).default
}

/** Every second order is approved, so that orders and invoices have different row numbers. */
async function createOrders(): Promise<void> {
  for (let index = 0; index < ORDERS; index += 1) {
    const planId = index % 3 === 0 ? plans.pro : plans.starter
    const { data } = await server.ask(
      55,
      'mutation ($plan: ID!) { placeOrder(input: { planId: $plan, replace: true }) { order { id } } }',
      {
        plan: planId,
      },
    )
    if (index % 2) continue
    const input = { userId: '55', planId, orderId: data.placeOrder.order.id, amount: undefined }
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input })
  }
}

test('the store shows every order with its own invoice and amount', async () => {
  await createOrders()
  const query = await compiled('ordersQuery')
  const variables = { count: ORDERS }
  await fetchQuery(environment, query, variables).toPromise()
  const operation = createOperationDescriptor(getRequest(query), variables)
  const { data, isMissingData } = environment.lookup(operation.fragment)
  const text = '{ orders(first: 40) { edges { node { id status amount { formatted } invoice { id status amount { formatted } } } } } }'
  const { data: expected } = await server.ask(55, text)
  expect(isMissingData).toBe(false)
  expect(expected.orders.edges).toHaveLength(ORDERS)
  expect(new Set(expected.orders.edges.map(({ node }: any) => node.invoice?.id)).size).toBe(ORDERS / 2 + 1)
  const shown = (data as any).orders.edges.map(({ node }: any) => node)
  expect(shown).toMatchObject(expected.orders.edges.map(({ node }: any) => node))
})

test('refetches an order by its id', async () => {
  const { data } = await server.ask(55, '{ orders(first: 1) { nodes { id status } } }')
  const [order] = data.orders.nodes
  await fetchQuery(environment, await compiled('ordersOrderRefetchQuery'), { id: order.id }).toPromise()
  expect(environment.getStore().getSource().get(order.id)).toMatchObject({ __typename: 'Order', ...order })
})

test('a subscription updates the record of the order', async () => {
  const { requestSubscription } = await import('relay-runtime')
  const failures: Error[] = []
  const { dispose } = requestSubscription(environment, {
    subscription: await compiled('ordersSubscription'),
    variables: {},
    onError: (error) => void failures.push(error),
  })
  const place = 'mutation ($plan: ID!) { placeOrder(input: { planId: $plan, replace: true }) { order { id } } }'
  // The stream opens in the background, so orders are placed until one is received.
  const placed: string[] = []
  await expect
    .poll(async () => {
      const { data } = await server.ask(55, place, { plan: plans.pro })
      placed.push(data.placeOrder.order.id)
      const source = environment.getStore().getSource()
      return [placed.some((id) => source.get(id)?.status === 'PENDING'), failures]
    })
    .toEqual([true, []])
  dispose()
})

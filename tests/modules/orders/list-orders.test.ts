import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await createOrganisation(server, 80, { 81: 'OWNER', 82: 'ADMIN', 83: 'MEMBER' })
  for (let minute = 0; minute < 25; minute += 1) {
    server.clock.set(`2026-05-01T10:${String(minute).padStart(2, '0')}:00.000Z`)
    await placeOrder(server, 81, { planId: plans.pro, ...(minute % 3 === 0 && { organisationId: '80' }) })
  }
})
afterAll(() => server.close())

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $organisationId: ID, $status: OrderStatus) {
  orders(first: $first, after: $after, last: $last, before: $before, organisationId: $organisationId, status: $status) {
    nodes { id date } edges { cursor node { id } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

const ids = (page: any): string[] => page.nodes.map((node: any) => node.id)

test('forward pagination returns every order once, newest first', async () => {
  const seen: string[] = []
  let after: string | null = null
  do {
    const { data }: any = await server.ask(81, PAGE, { first: 4, after })
    seen.push(...ids(data.orders))
    after = data.orders.pageInfo.hasNextPage ? data.orders.pageInfo.endCursor : null
  } while (after)
  const { data } = await server.ask(81, PAGE, { first: 100 })
  expect(seen).toEqual(ids(data.orders))
  expect(seen).toEqual([...seen].sort((a, b) => rowId(b) - rowId(a)))
  expect(seen.length).toBeGreaterThanOrEqual(25)
  expect(data.orders.totalCount).toBe(seen.length)
})

test('backward pagination returns the same orders', async () => {
  const { data: all } = await server.ask(81, PAGE, { first: 100 })
  const { data: end } = await server.ask(81, PAGE, { last: 5 })
  expect(ids(end.orders)).toEqual(ids(all.orders).slice(-5))
  const { data: before } = await server.ask(81, PAGE, { last: 5, before: end.orders.pageInfo.startCursor })
  expect(ids(before.orders)).toEqual(ids(all.orders).slice(-10, -5))
  expect(before.orders.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
})

test('an order placed during pagination neither repeats nor hides another order', async () => {
  const { data: first } = await server.ask(81, PAGE, { first: 10, status: 'PENDING' })
  server.clock.set('2026-05-01T11:00:00.000Z')
  await placeOrder(server, 81, { planId: plans.starter })
  const { data: second } = await server.ask(81, PAGE, { first: 100, after: first.orders.pageInfo.endCursor })
  expect(new Set([...ids(first.orders), ...ids(second.orders)]).size).toBe(25)
})

describe('visibility of orders', () => {
  test('includes orders of the organisation for owners and admins, not for members and other users', async () => {
    const count = async (userId: number, organisationId?: string) => {
      const response = await server.ask(userId, PAGE, { first: 100, organisationId })
      return response.data?.orders.totalCount ?? codeOf(response)
    }
    expect(await count(82)).toBe(9)
    expect(await count(82, '80')).toBe(9)
    expect(await count(83)).toBe(0)
    expect(await count(83, '80')).toBe('ORGANISATION_NOT_FOUND')
    expect(await count(84)).toBe(0)
    expect(await count(84, '80')).toBe('ORGANISATION_NOT_FOUND')
    expect(await count(84, '9999')).toBe('ORGANISATION_NOT_FOUND')
  })

  test("returns null for other users' orders, as for those that do not exist", async () => {
    const { data } = await server.ask(81, PAGE, { first: 100 })
    const { data: organisations } = await server.ask(82, PAGE, { first: 1 })
    const findOrderAs = async (who: number | 'admin', id: unknown) =>
      (await server.ask(who, 'query ($id: ID!) { order(id: $id) { id } }', { id })).data.order
    const personal = ids(data.orders).find((id) => !ids(organisations.orders).includes(id))
    expect(await findOrderAs(84, personal)).toBeNull()
    expect(await findOrderAs(84, 999_999)).toBeNull()
    expect(await findOrderAs(83, organisations.orders.nodes[0].id)).toBeNull()
    expect(await findOrderAs(82, organisations.orders.nodes[0].id)).not.toBeNull()
    expect(await findOrderAs('admin', personal)).not.toBeNull()
  })

  test('lets only administrators list the orders of all customers', async () => {
    await placeOrder(server, 85, { planId: plans.pro })
    const { data: own } = await server.ask(81, PAGE, { status: 'PENDING' })
    const { data: other } = await server.ask(85, PAGE, { status: 'PENDING' })
    const { data: all } = await server.ask('admin', '{ allOrders(filter: { status: [PENDING] }) { totalCount } }')
    expect(all.allOrders.totalCount).toBe(own.orders.totalCount + other.orders.totalCount)
    expect(codeOf(await server.ask(81, '{ allOrders { totalCount } }'))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(undefined, '{ orders { totalCount } }'))).toBe('UNAUTHENTICATED')
  })

  test('shows notes only to administrators', async () => {
    const { data } = await applyPlan(server, { userId: '81', planId: plans.pro, notes: 'A gift' })
    const notes = async (who: number | 'admin') =>
      (await server.ask(who, 'query ($id: ID!) { order(id: $id) { notes } }', { id: data.applyPlan.order.id })).data.order.notes
    expect([await notes('admin'), await notes(81)]).toEqual(['A gift', null])
  })
})

test('the number of statements for a page does not depend on the number of orders', async () => {
  const query = (first: number) => `{ orders(first: ${first}) { nodes { plan { name } buyer { email } invoice { number } } } }`
  await server.ask(81, query(1))
  // Plans are cached in memory; orders, users and invoices take one statement each.
  const statementsFor2 = await countStatements(() => server.ask(81, query(2)))
  const statementsFor100 = await countStatements(() => server.ask(81, query(100)))
  expect(statementsFor100).toEqual(statementsFor2)
  expect(statementsFor100).toHaveLength(3)
  expect(await countStatements(() => server.ask(81, '{ orders(first: 100) { nodes { id plan { name } } } }'))).toHaveLength(1)
})

test('every field of a list has the same value as in a query for a single order', async () => {
  const FIELDS = [
    ...['activatedAt', 'cancelledAt', 'date', 'description', 'expiresAt', 'id', 'notes', 'planId', 'reason', 'status', 'invoicePdfUrl'],
    ...['amount { formatted }', 'items { description amount { formatted } }', 'plan { name }', 'buyer { email }', 'organisation { name }'],
    ...['purchasedPlan { name price { formatted } limits { memory } features }', 'invoice { number }', 'refunds { id }'],
  ]
  const { data } = await server.ask('admin', '{ allOrders(first: 30) { nodes { id } } }')
  const ids: string[] = data.allOrders.nodes.map(({ id }: { id: string }) => id)
  for (const field of FIELDS) {
    const listed = await server.ask(
      'admin',
      `{ allOrders(first: 30) { edges { node { ...selection } } } } fragment selection on Order { ${field} }`,
    )
    const one = await server.ask('admin', `{ ${ids.map((id) => `${id}: order(id: "${id}") { ${field} }`).join(' ')} }`)
    const nodes = listed.data.allOrders.edges.map(({ node }: { node: object }) => node)
    expect(nodes).toEqual(ids.map((id) => one.data[id]))
  }
})

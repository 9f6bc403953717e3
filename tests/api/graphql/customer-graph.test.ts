import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analyzeOperation } from '../../../src/api/graphql/query-cost.js'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const OWNER = 81
const ADMIN = 82
const MEMBER = 83
const OTHER_USER = 84
const ORGANISATION = 80

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER', [ADMIN]: 'ADMIN', [MEMBER]: 'MEMBER' })
  await server.services.db.user.create({ data: { id: String(OTHER_USER), email: 'user84@example.com' } })
  const organisationId = String(ORGANISATION)
  for (let minute = 1; minute <= 6; minute += 1) {
    server.clock.set(`2026-05-01T10:0${minute}:00.000Z`)
    await placeOrder(server, OWNER, { planId: plans.starter, ...(minute > 3 && { organisationId }) })
  }
  // Paid plans, after which no order can be placed, but older than the orders.
  server.clock.set('2026-05-01T10:00:00.000Z')
  await applyPlan(server, { userId: String(OWNER), planId: plans.pro })
  await applyPlan(server, { userId: String(OWNER), organisationId, planId: plans.starter })
  await setBillingDetails({ name: 'Ada' })
  await setBillingDetails({ name: 'Engines Ltd', organisationId })
})
afterAll(() => server.close())

async function setBillingDetails(input: object): Promise<void> {
  const { errors } = await server.ask(
    OWNER,
    'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { name } } }',
    { input },
  )
  expect(errors).toBeUndefined()
}

async function data(who: number | 'admin', query: string, variables?: object) {
  const answer = await server.ask(who, query, variables)
  expect(answer.errors).toBeUndefined()
  return answer.data
}

describe('the customer of a document', () => {
  test.each(['orders', 'invoices'])('is the user or the organisation that it is for: %s', async (list) => {
    const query = `{ ${list} { nodes { customer { __typename ... on User { id email } ... on Organisation { id name } } } } }`
    const { nodes } = (await data(OWNER, query))[list]
    const customers = new Map(nodes.map(({ customer }: any) => [customer.id, customer]))
    expect(customers).toEqual(
      new Map([
        [`user_${OWNER}`, { __typename: 'User', id: `user_${OWNER}`, email: `user${OWNER}@example.com` }],
        [`org_${ORGANISATION}`, { __typename: 'Organisation', id: `org_${ORGANISATION}`, name: `Organisation ${ORGANISATION}` }],
      ]),
    )
  })

  test('of a credit note is that of its invoice, and of a subscription the one that has it', async () => {
    const { invoices } = await data(OWNER, `{ invoices(organisationId: "${ORGANISATION}") { nodes { id createdAt dueAt } } }`)
    const [invoice] = invoices.nodes
    expect(invoice.dueAt).toBe(invoice.createdAt)
    const CREDIT =
      'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { customer { ... on Node { id } } } } }'
    const { creditInvoice } = await data('admin', CREDIT, { input: { invoiceId: invoice.id, amount: 100 } })
    expect(creditInvoice.creditNote.customer).toEqual({ id: `org_${ORGANISATION}` })
    const query = `{ subscription(organisationId: "${ORGANISATION}") { customer { ... on Organisation { id } } interval pendingPlan { id } price { minorUnits currency } } }`
    expect((await data(ADMIN, query)).subscription).toEqual({
      customer: { id: `org_${ORGANISATION}` },
      interval: 'MONTH',
      pendingPlan: null,
      price: { minorUnits: 500, currency: 'USD' },
    })
  })

  test('keeps the price of the subscription that was paid when the price of the plan changes', async () => {
    const UPDATE = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { price { minorUnits } } } }'
    const price = async () => (await data(OWNER, '{ subscription { price { minorUnits } plan { price { minorUnits } } } }')).subscription
    await data('admin', UPDATE, { input: { id: plans.pro, price: 1700 } })
    expect(await price()).toEqual({ price: { minorUnits: 1500 }, plan: { price: { minorUnits: 1700 } } })
    await data('admin', UPDATE, { input: { id: plans.pro, price: 1500 } })
  })
})

const FIELDS = `orders(first: 2) { nodes { status } totalCount pageInfo { hasNextPage endCursor } }
  pending: orders(status: PENDING) { totalCount } invoices { nodes { number } totalCount } subscription { plan { slug } } billingDetails { name }`

describe('the fields of a user', () => {
  test('contain what the user has for itself, not for organisations', async () => {
    const { me } = await data(OWNER, `{ me { ${FIELDS} } }`)
    expect(me).toMatchObject({
      orders: { nodes: [{ status: 'PENDING' }, { status: 'PENDING' }], totalCount: 4, pageInfo: { hasNextPage: true } },
      pending: { totalCount: 3 },
      invoices: { nodes: [{ number: 'INV-2026-000001' }], totalCount: 1 },
      subscription: { plan: { slug: 'pro' } },
      billingDetails: { name: 'Ada' },
    })
    const next = `query ($after: String) { me { orders(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }`
    const second = await data(OWNER, next, { after: me.orders.pageInfo.endCursor })
    expect(second.me.orders).toMatchObject({ nodes: [{}, {}], pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    const backward = await data(OWNER, '{ me { orders(last: 2) { nodes { id } pageInfo { hasPreviousPage } } } }')
    expect(backward.me.orders).toEqual({ nodes: second.me.orders.nodes, pageInfo: { hasPreviousPage: true } })
  })

  test('are empty or null for a user who has nothing', async () => {
    const { me } = await data(OTHER_USER, `{ me { ${FIELDS} } }`)
    expect(me).toMatchObject({ orders: { nodes: [], totalCount: 0 }, invoices: { nodes: [] }, subscription: null, billingDetails: null })
  })

  test('are null for other users, and readable for administrators', async () => {
    const query = `{ nodes(ids: ["org_${ORGANISATION}"]) { ... on Organisation { members { nodes { user { id ${FIELDS} } } } } } }`
    const usersFor = async (who: number | 'admin') =>
      new Map((await data(who, query)).nodes[0].members.nodes.map(({ user: { id, ...fields } }: any) => [id, fields]))
    const seen = await usersFor(ADMIN)
    expect(seen.get(`user_${OWNER}`)).toEqual({ orders: null, pending: null, invoices: null, subscription: null, billingDetails: null })
    expect(seen.get(`user_${ADMIN}`)).toMatchObject({ orders: { totalCount: 0 } })
    expect((await usersFor('admin')).get(`user_${OWNER}`)).toMatchObject({ orders: { totalCount: 4 }, billingDetails: { name: 'Ada' } })
  })

  test.each(['limits { memory }', 'portalTier', 'organisations { role }'])('are FORBIDDEN for other members: %s', async (field) => {
    const query = `{ me { id organisations { organisation { members { nodes { user { name email currentPlan { slug } } } } } } } }`
    const { me } = await data(MEMBER, query)
    const [owner] = me.organisations[0].organisation.members.nodes
    expect(owner.user).toEqual({ name: `User ${OWNER}`, email: `user${OWNER}@example.com`, currentPlan: null })
    const forbidden = `{ me { organisations { organisation { members { nodes { user { ${field} } } } } } } }`
    expect(codeOf(await server.ask(MEMBER, forbidden))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask('admin', `{ node(id: "user_${OWNER}") { ... on User { ${field} } } }`))).toBe('none')
  })

  test('name the argument that is not valid', async () => {
    const answer = await server.ask(OWNER, '{ me { orders(first: 101) { totalCount } } }')
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' })
    const members = await server.ask(OWNER, `{ me { organisations { organisation { members(after: "x") { totalCount } } } } }`)
    expect(members.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' })
  })
})

describe('the fields of an organisation', () => {
  const query = `{ me { organisations { organisation { id ${FIELDS} members { nodes { role user { id } } totalCount } } } } }`
  const organisationFor = async (who: number) => (await data(who, query)).me.organisations[0].organisation

  test.each([OWNER, ADMIN])('are readable for owners and admins: %s', async (who) => {
    expect(await organisationFor(who)).toMatchObject({
      orders: { totalCount: 4 },
      pending: { totalCount: 3 },
      invoices: { totalCount: 1 },
      subscription: { plan: { slug: 'starter' } },
      billingDetails: { name: 'Engines Ltd' },
    })
  })

  test('are null for other members, who see the members', async () => {
    expect(await organisationFor(MEMBER)).toEqual({
      id: `org_${ORGANISATION}`,
      ...{ orders: null, pending: null, invoices: null, subscription: null, billingDetails: null },
      members: {
        nodes: [
          { role: 'OWNER', user: { id: `user_${OWNER}` } },
          { role: 'ADMIN', user: { id: `user_${ADMIN}` } },
          { role: 'MEMBER', user: { id: `user_${MEMBER}` } },
        ],
        totalCount: 3,
      },
    })
  })

  test('list the members page by page in both directions', async () => {
    const page = async (args: string) => {
      const { node } = await data(
        OWNER,
        `{ node(id: "org_${ORGANISATION}") { ... on Organisation { members(${args}) { edges { cursor node { role } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`,
      )
      return { ...node.members, roles: node.members.edges.map(({ node: { role } }: any) => role) }
    }
    const first = await page('first: 2')
    expect(first).toMatchObject({ roles: ['OWNER', 'ADMIN'], pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`)
    expect(second).toMatchObject({ roles: ['MEMBER'], pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    expect(await page(`last: 1, before: "${second.pageInfo.startCursor}"`)).toMatchObject({ roles: ['ADMIN'] })
  })

  test('are null for a former admin who bought for it, and its members are FORBIDDEN', async () => {
    const input = { organisationId: String(ORGANISATION), userId: '90', role: 'ADMIN' }
    const SET = 'mutation ($input: SetMembershipInput!) { setMembership(input: $input) { organisation { id } } }'
    await server.services.db.user.create({ data: { id: '90' } })
    await data('admin', SET, { input })
    // Its plan is paid, so that it places no further order.
    const order = { user_id: "'90'", organisation_id: `'${ORGANISATION}'`, status: "'EXPIRED'" }
    await server.owner.query(insertRows('orders', order, 'generate_series(1, 1)'))
    await data('admin', SET, { input: { ...input, role: null } })
    const { orders } = await data(
      90,
      '{ orders { nodes { customer { ... on Organisation { id orders { totalCount } subscription { id } } } } } }',
    )
    expect(orders.nodes[0].customer).toEqual({ id: `org_${ORGANISATION}`, orders: null, subscription: null })
    const forbidden = await server.ask(90, '{ orders { nodes { customer { ... on Organisation { members { totalCount } } } } } }')
    expect(codeOf(forbidden)).toBe('FORBIDDEN')
  })
})

describe('nested lists', () => {
  const GROUPS = 60

  beforeAll(async () => {
    const { owner } = server
    await owner.query(`INSERT INTO users (id) SELECT 'm' || n FROM generate_series(1, 3) AS n`)
    await owner.query(`INSERT INTO organisations (id, name) SELECT 'g' || n, 'Group ' || n FROM generate_series(1, ${GROUPS}) AS n`)
    await owner.query(`INSERT INTO memberships (organisation_id, user_id, role)
      SELECT 'g' || n, 'm' || m, 'MEMBER' FROM generate_series(1, ${GROUPS}) AS n, generate_series(1, 3) AS m`)
    const amount = 'n * 10 + o'
    const snapshot = { plan_name: "'Pro'", plan_type: "'PAID'", plan_interval: "'MONTH'", plan_price: '1500' }
    const order = {
      user_id: "'m1'",
      organisation_id: "'g' || n",
      plan_id: plans.pro,
      status: "'PENDING'",
      amount,
      net: amount,
      period_amount: amount,
      placed_at: "now() + o * interval '1 minute'",
      expires_at: "now() + interval '7 days'",
    }
    const columns = { ...order, ...snapshot, plan_limits: "'{}'", plan_features: "'{}'" }
    await owner.query(insertRows('orders', columns, `generate_series(1, ${GROUPS}) AS n, generate_series(1, 3) AS o`))
  })

  const NESTED = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Organisation {
    orders(first: 2) { nodes { amount { minorUnits } plan { slug } customer { ... on Organisation { name } } } totalCount }
    invoices(first: 2) { nodes { number } totalCount } subscription { id customer { ... on Organisation { name } } }
    billingDetails { name } members(first: 2) { nodes { user { name email } } totalCount } } } }`
  /** The parents, and for each list a page of every parent and the counts. Invoices are read by the ids of their pages. */
  const STATEMENTS = [
    ...['SELECT billing_details', 'SELECT invoices', 'SELECT invoices', 'SELECT memberships', 'SELECT orders'],
    ...['SELECT organisations', 'SELECT organisations', 'SELECT organisations', 'SELECT organisations'],
    ...['SELECT subscriptions', 'SELECT users'],
  ]
  const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `org_g${index + 1}`)

  test('return the page of each parent', async () => {
    const { nodes } = await data('admin', NESTED, { ids: idsOf(GROUPS) })
    expect(nodes).toHaveLength(GROUPS)
    for (const [index, { orders, members }] of nodes.entries()) {
      const amounts = orders.nodes.map(({ amount }: any) => amount.minorUnits)
      expect(amounts).toEqual([(index + 1) * 10 + 3, (index + 1) * 10 + 2])
      expect([orders.totalCount, members.totalCount, members.nodes.length]).toEqual([3, 3, 2])
    }
  })

  test('take the same statements for 5 and for 60 parents', async () => {
    const statementsFor = (count: number) => countStatements(() => data('admin', NESTED, { ids: idsOf(count) }))
    await statementsFor(1)
    const for5 = await statementsFor(5)
    expect(await statementsFor(GROUPS)).toEqual(for5)
    expect(for5).toEqual(STATEMENTS)
  })

  test('of users and organisations with different arguments take one statement each', async () => {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Organisation { a: orders(first: 1) { nodes { id } } b: orders(first: 2) { nodes { id } } } } }`
    await data('admin', query, { ids: idsOf(2) })
    const statements = await countStatements(() => data('admin', query, { ids: idsOf(40) }))
    expect(statements).toHaveLength(3)
  })

  test('multiply in the cost of an operation', () => {
    const costOf = (text: string) => {
      const document = parse(text)
      const [operation] = document.definitions
      if (operation?.kind !== 'OperationDefinition') throw new Error('no operation')
      return analyzeOperation({ schema: graphQLSchema(), document, operation, variables: {}, maximum: 1_000_000 }).cost
    }
    const nested = (outer: number, inner: number) =>
      costOf(
        `{ me { orders(first: ${outer}) { nodes { customer { ... on Organisation { members(first: ${inner}) { nodes { role } } } } } } } }`,
      )
    // me, the connection, and per order: itself, its customer, the connection and its members.
    expect(nested(10, 5)).toBe(1 + 1 + 10 * (1 + 1 + 1 + 5))
    expect(nested(100, 100)).toBe(1 + 1 + 100 * (1 + 1 + 1 + 100))
  })
})

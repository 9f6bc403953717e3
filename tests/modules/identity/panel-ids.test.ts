import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signToken } from '../../../src/modules/identity/token.js'
import { readImportFile, validateRows, writeRows } from '../../../src/modules/import/index.js'
import { QUITTANCE, runProgram } from '../../e2e/program.js'
import type { Catalog } from '../../support/catalog.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { Receiver } from '../../support/receiver.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { openStream } from '../../support/streams.js'

const NOW = '2026-05-01T10:00:00.000Z'
const IMPORT_SETTINGS = {
  currency: 'USD',
  minorUnits: false,
  pricesIncludeTax: true,
  at: new Date(NOW),
  findMissingGlyph: async () => undefined,
}
const UUID = '0b3cf1a6-5f1e-4c53-9a57-3f6f3b1c2d4e'
const ULID = '01J9ZK4Q7W8X9Y0Z1A2B3C4D5E'

/** A description of the panel, and the ids of a user and of an organisation in it. */
const PANELS: [string, string, string][] = [
  ['UUIDs and ULIDs', UUID, ULID],
  ['every allowed character', 'a.b:c-d_e', 'A.B:C-D_E'],
  ['64 characters', 'u'.repeat(64), 'o'.repeat(64)],
  ['the prefixes of the API', 'user_5', 'org_7'],
  ['numbers above the range of 32 bits', '3000000000', '9007199254740993'],
]

let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog
let receiver: Receiver
let folder: string
let nextPayment = 1

beforeAll(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(NOW))
  receiver = await Receiver.start()
  await execute('admin', 'mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url, types: [] }) { endpoint { id } } }', {
    url: receiver.url,
  })
  folder = await mkdtemp(join(tmpdir(), 'quittance-panel-ids-'))
  // Neighbours whose ids are those of others without the prefix.
  for (const id of ['5', '7']) await server.services.db.user.create({ data: { id } })
})
afterAll(async () => {
  await server.close()
  await api.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

const tokenOf = (userId: string, role: 'user' | 'admin' = 'user') =>
  signToken(server.config, server.clock, { userId, role, lifetimeSeconds: 3600 })

async function ask(who: string, query: string, variables: object = {}): Promise<Answer> {
  const token = await (who === 'admin' ? tokenOf('1', 'admin') : tokenOf(who))
  return askWith(token, query, variables)
}

async function askWith(token: string, query: string, variables: object = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
}

async function execute(who: string, query: string, variables: object = {}) {
  const { data, errors } = await ask(who, query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

async function rest(who: string, method: 'GET' | 'POST', path: string, body?: object) {
  const token = await (who === 'admin' ? tokenOf('1', 'admin') : tokenOf(who))
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const response = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, body: (await response.json()) as any }
}

const jsonId = (id: string) => (/^\d{1,10}$/.test(id) ? Number(id) : id)
const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id buyer { userId } organisation { id } } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { buyer { userId } organisation { id } } } }'

describe.each(PANELS)('a panel whose ids are %s', (_name, user, organisation) => {
  const userId = `user_${user}`
  const organisationId = `org_${organisation}`

  test('syncs users, organisations and memberships by its own ids', async () => {
    const sync = `mutation ($user: UpsertUserInput!, $organisation: UpsertOrganisationInput!, $membership: SetMembershipInput!) {
      upsertUser(input: $user) { user { id } }
      upsertUsers(input: { users: [$user] }) { users { id name } }
      upsertOrganisation(input: $organisation) { organisation { id } }
      upsertOrganisations(input: { organisations: [$organisation] }) { organisations { id } }
      setMembership(input: $membership) { organisation { id } membership { user { id } organisation { id } } }
      setMemberships(input: { memberships: [$membership] }) { memberships { role user { id } organisation { id } } }
    }`
    const variables = {
      user: { id: user, name: 'Ada' },
      organisation: { id: organisation, name: 'Engines' },
      membership: { organisationId: organisation, userId: user, role: 'OWNER' },
    }
    expect(await execute('admin', sync, variables)).toEqual({
      upsertUser: { user: { id: userId } },
      upsertUsers: { users: [{ id: userId, name: 'Ada' }] },
      upsertOrganisation: { organisation: { id: organisationId } },
      upsertOrganisations: { organisations: [{ id: organisationId }] },
      setMembership: {
        organisation: { id: organisationId },
        membership: { user: { id: userId }, organisation: { id: organisationId } },
      },
      setMemberships: { memberships: [{ role: 'OWNER', user: { id: userId }, organisation: { id: organisationId } }] },
    })
    const stored = await server.services.db.membership.findUnique({
      where: { organisationId_userId: { organisationId: organisation, userId: user } },
    })
    expect(stored?.role).toBe('OWNER')
  })

  test('signs its users in with its own ids', async () => {
    const { me } = await execute(user, '{ me { id name organisations { organisation { id } } } }')
    expect(me).toEqual({ id: userId, name: 'Ada', organisations: [{ organisation: { id: organisationId } }] })
    const { nodes } = await execute(user, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [userId, organisationId] })
    expect(nodes).toEqual([{ id: userId }, { id: organisationId }])
  })

  test('orders and applies plans, streams the change and receives the events', async () => {
    const stream = await openStream(
      server,
      await tokenOf(user),
      'subscription { orderUpdated { id buyer { userId } organisation { id } } }',
    )
    const { placeOrder } = await execute(user, PLACE, { input: { planId: plans.pro, organisationId } })
    const expected = { buyer: { userId }, organisation: { id: organisationId } }
    expect(placeOrder.order).toMatchObject(expected)
    await expect.poll(() => stream.events.map(({ data }) => data.orderUpdated)).toEqual([placeOrder.order])
    stream.dispose()
    const { applyPlan } = await execute('admin', APPLY, {
      input: { userId, organisationId, planId: plans.pro, orderId: placeOrder.order.id },
    })
    expect(applyPlan.order).toEqual(expected)
    const { orders } = await execute(user, 'query ($id: ID) { orders(organisationId: $id) { nodes { id } } }', { id: organisationId })
    expect(orders.nodes).toEqual([{ id: placeOrder.order.id }])
    await execute('admin', APPLY, { input: { userId, planId: plans.starter } })
    const { currentPlan } = await execute('admin', 'query ($id: ID!) { currentPlan(userId: $id) { plan { slug } } }', { id: userId })
    expect(currentPlan.plan.slug).toBe('starter')

    receiver.received.splice(0)
    await server.deliver()
    const applied = receiver.received.filter(({ event: { type } }) => type === 'plan.applied').map(({ event: { data } }) => data)
    expect(applied).toContainEqual(expect.objectContaining({ organisationId: organisation }))
    expect(applied).toContainEqual(expect.objectContaining({ userId: user, planId: plans.starter }))
    const customers = (await server.services.db.outboxEvent.findMany()).map(({ holder }) => holder)
    expect(customers).toEqual(expect.arrayContaining([`user:${user}`, `organisation:${organisation}`]))
  })

  test('claims servers over GraphQL and REST, and overrides limits', async () => {
    const claim = { memory: 512, disk: 1, cpu: 1 }
    await execute('admin', 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { memory } } }', {
      input: { ...claim, externalId: `graphql-${user}`, userId, organisationId },
    })
    const claimed = await rest('admin', 'POST', '/api/v1/servers', { ...claim, external_id: `rest-${user}`, user_id: user })
    expect(claimed.status).toBe(201)
    const owners = await server.services.db.serverClaim.findMany({
      where: { externalId: { in: [`graphql-${user}`, `rest-${user}`] } },
      orderBy: { externalId: 'asc' },
      select: { userId: true, organisationId: true },
    })
    expect(owners).toEqual([
      { userId: user, organisationId: organisation },
      { userId: user, organisationId: null },
    ])
    const used = async (variables: object) => {
      const query = 'query ($user: ID, $organisation: ID) { usage(userId: $user, organisationId: $organisation) { resource used } }'
      const { usage } = await execute('admin', query, variables)
      return usage.find(({ resource }: { resource: string }) => resource === 'SERVERS').used
    }
    expect([await used({ user: userId }), await used({ organisation: organisationId })]).toEqual([1, 1])
    const override = 'mutation ($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { value } } }'
    await execute('admin', override, { input: { userId, resource: 'SERVERS', value: 77, reason: 'test' } })
    expect((await execute(user, '{ me { limits { serverLimit } } }')).me.limits.serverLimit).toBe(77)
  })

  test('reads the state of its customers', async () => {
    const { entitlements } = await execute(
      'admin',
      '{ entitlements(first: 100) { nodes { customer { ... on Node { id } } plan { slug } } } }',
    )
    expect(entitlements.nodes).toContainEqual({ customer: { id: userId }, plan: { slug: 'starter' } })
    expect(entitlements.nodes).toContainEqual({ customer: { id: organisationId }, plan: { slug: 'pro' } })
  })

  test('reads its own ids from the REST API of EcliPanel, numbers as numbers', async () => {
    const [own] = (await rest(user, 'GET', '/api/orders')).body
    expect(own).toMatchObject({ userId: jsonId(user), organisationId: null })
    const orders = await rest(user, 'GET', `/api/orders?orgId=${organisation}`)
    expect(orders.body).toMatchObject([{ userId: jsonId(user), organisationId: jsonId(organisation), orgId: jsonId(organisation) }])
    const placed = await rest(user, 'POST', '/api/orders', { planId: Number(plans.pro), organisationId: organisation })
    expect(placed).toMatchObject({ status: 201, body: { order: { organisationId: jsonId(organisation) } } })
    const path = `/api/admin/users/${encodeURIComponent(user)}`
    expect(await rest('admin', 'GET', `${path}/current-plan`)).toMatchObject({ status: 200, body: { order: { userId: jsonId(user) } } })
    const applied = await rest('admin', 'POST', `${path}/apply-plan`, { planId: Number(plans.pro) })
    expect(applied).toMatchObject({ status: 200, body: { order: { userId: jsonId(user) }, user: { id: jsonId(user) } } })
    expect((await rest('admin', 'POST', `${path}/cancel-plan`, { orgId: organisation })).status).toBe(200)
    const { subscription: ended } = await execute(user, 'query ($id: ID) { subscription(organisationId: $id) { id } }', {
      id: organisationId,
    })
    expect(ended).toBeNull()
  })

  test('buys at Lemon Squeezy, whose webhooks name the customer', async () => {
    const id = nextPayment++
    const custom = { user_id: user, organisation_id: organisation }
    await deliver(server.url, event('subscription_created', subscription(id, NOW), custom))
    await deliver(server.url, event('subscription_payment_success', payment(id, id, NOW), custom))
    await server.settle()
    const query = 'query ($id: ID) { subscription(organisationId: $id) { provider plan { slug } } }'
    const { subscription: bought } = await execute(user, query, { id: organisationId })
    expect(bought).toEqual({ provider: 'lemonsqueezy', plan: { slug: 'pro' } })
  })

  test('gets tokens in the terminal', async () => {
    const environment = { AUTH_JWT_SECRET: server.config.auth.secret ?? '', DEMO: 'true', DATA_DIR: folder }
    const program = runProgram(QUITTANCE, environment, ['token', '--user', user])
    expect(await program.exit).toBe(0)
    // The token is signed at the time of the machine.
    const now = server.clock.now()
    server.clock.set(new Date().toISOString())
    expect((await askWith(program.output().trim(), '{ me { id } }')).data).toEqual({ me: { id: userId } })
    server.clock.set(now.toISOString())
  })
})

test.each([
  ['users.csv', `id,name\n${UUID.replace('0b', '1c')},Kim\nuser_55,Lee\n`],
  [
    'users.json',
    JSON.stringify([
      { id: UUID.replace('0b', '1c'), name: 'Kim' },
      { id: 'user_55', name: 'Lee' },
    ]),
  ],
])('an import of %s has the ids of the panel', async (name, content) => {
  const file = join(folder, name)
  await writeFile(file, content)
  const validated = await validateRows(server.services.db, await readImportFile(file, undefined), IMPORT_SETTINGS)
  expect(validated.rejected).toEqual([])
  await writeRows(server.services, validated, () => undefined)
  const ids = [UUID.replace('0b', '1c'), 'user_55']
  expect(await server.services.db.user.count({ where: { id: { in: ids } } })).toBe(2)
})

test('an import of orders refers to customers with text ids, also those that exist already', async () => {
  const [user, organisation] = ['import.user', 'import:organisation']
  await server.services.db.user.create({ data: { id: user } })
  const order = { id: 4_000_000_001, userId: user, status: 'expired', amount: 5, date: '2026-01-01T00:00:00Z' }
  const content = {
    organisations: [{ id: organisation, name: 'Imported' }],
    memberships: [{ organisationId: organisation, userId: user, role: 'owner' }],
    orders: [order, { ...order, id: 4_000_000_002, organisationId: organisation }, { ...order, id: 4_000_000_003, userId: 'nobody' }],
  }
  const file = join(folder, 'orders.json')
  await writeFile(file, JSON.stringify(content))
  const validated = await validateRows(server.services.db, await readImportFile(file, undefined), IMPORT_SETTINGS)
  expect(validated.rejected.map(({ column, reason }) => [column, reason])).toEqual([
    ['userId', 'user nobody does not exist; add it to the file'],
  ])
  // Only the owner of the tables may advance the sequence of their ids.
  const importer = await startServer({ database: server.database, asOwner: true })
  await writeRows(importer.services, validated, () => undefined)
  await importer.close()
  const again = await validateRows(server.services.db, await readImportFile(file, undefined), IMPORT_SETTINGS)
  expect([again.unchanged, again.orders]).toEqual([2, []])
  const query = 'query ($id: ID) { orders(organisationId: $id) { nodes { id buyer { userId } } } }'
  const { orders } = await execute(user, query, { id: `org_${organisation}` })
  expect(orders.nodes).toEqual([{ id: 'ord_4000000002', buyer: { userId: `user_${user}` } }])
})

describe.each([
  ['nothing', ''],
  ['65 characters', 'a'.repeat(65)],
  ['a space', 'a b'],
  ['a letter with an umlaut', 'ä'],
  ['a zero byte', 'a\0b'],
])('an id that is or contains %s', (_name, id) => {
  const claim = { externalId: 'x', memory: 1, disk: 1, cpu: 1 }
  test.each<[string, string, object, string]>([
    ['upsertUser', 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }', { input: { id } }, 'input.id'],
    [
      'upsertUsers',
      'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }',
      { users: [{ id: '1' }, { id }] },
      'input.users.1.id',
    ],
    [
      'upsertOrganisation',
      'mutation ($input: UpsertOrganisationInput!) { upsertOrganisation(input: $input) { organisation { id } } }',
      { input: { id, name: 'x' } },
      'input.id',
    ],
    [
      'setMemberships',
      'mutation ($memberships: [SetMembershipInput!]!) { setMemberships(input: { memberships: $memberships }) { memberships { role } } }',
      { memberships: [{ organisationId: id, userId: '1' }] },
      'input.memberships.0.organisationId',
    ],
    [
      'setMembership',
      'mutation ($input: SetMembershipInput!) { setMembership(input: $input) { organisation { id } } }',
      { input: { organisationId: '7', userId: id } },
      'input.userId',
    ],
    ['applyPlan', APPLY, { input: { userId: id, planId: '1' } }, 'input.userId'],
    ['placeOrder', PLACE, { input: { planId: '1', organisationId: id } }, 'input.organisationId'],
    [
      'claimServer',
      'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { memory } } }',
      { input: { ...claim, userId: id } },
      'input.userId',
    ],
    ['currentPlan', 'query ($id: ID!) { currentPlan(userId: $id) { plan { slug } } }', { id }, 'userId'],
    ['usage', 'query ($id: ID) { usage(organisationId: $id) { used } }', { id }, 'organisationId'],
    ['currentPlan with the prefix', 'query ($id: ID!) { currentPlan(userId: $id) { plan { slug } } }', { id: `user_${id}` }, 'userId'],
  ])('is refused by %s, which names the field', async (_field, query, variables, field) => {
    const { errors } = await ask('admin', query, variables)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }])
  })

  test('is refused in tokens, in the REST APIs and in imports', async () => {
    expect(await ask(id, '{ me { id } }')).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    const server1 = { external_id: 'x', memory: 1, disk: 1, cpu: 1, user_id: id }
    expect((await rest('admin', 'POST', '/api/v1/servers', server1)).body.error.message).toMatch(/^body\.user_id: /)
    expect((await rest('admin', 'POST', '/api/orders', { planId: 1, orgId: id })).body.error).toMatch(/^body\.orgId: /)
    const file = join(folder, 'invalid.json')
    await writeFile(file, JSON.stringify({ users: [{ id }] }))
    const { rejected } = await validateRows(server.services.db, await readImportFile(file, undefined), IMPORT_SETTINGS)
    expect(rejected).toMatchObject([
      { kind: 'users', rowNumber: 1, column: 'id', reason: expect.stringMatching(/^(must be an id of the panel|is missing)/) },
    ])
  })
})

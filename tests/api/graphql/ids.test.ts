import { readFileSync } from 'node:fs'
import { type GraphQLField, getNamedType, isCompositeType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { decodeId, encodeId, ID_PREFIXES, ID_TYPES, type IdType } from '../../../src/core/ids.js'
import { listNodeIds } from '../../modules/identity/visibility/node-ids.js'
import { ORGANISATION, PEOPLE } from '../../modules/identity/visibility/owners.js'
import { createWorld, type Target, type World } from '../../modules/identity/visibility/people.js'
import { valueFor } from '../../modules/identity/visibility/values.js'
import { rowId } from '../../support/ids.js'
import { fillArguments } from '../../support/schema-walk.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const schema = graphQLSchema()
let server: TestServer
let world: World
let target: Target
let apiKey: string
/** The ids of every type. */
let idsByType: Map<IdType, string[]>

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_POINTS: '10000000' } })
  world = await createWorld(server)
  target = world.targets.find(({ organisationId }) => organisationId === ORGANISATION) as Target
  idsByType = new Map((await listNodeIds(server)).map((ids) => [decodeId(String(ids[0]))?.type ?? 'User', ids]))
  const create = 'mutation { createApiKey(input: { name: "reader", scopes: [READ, CLAIMS, SYNC] }) { key } }'
  apiKey = (await server.ask('admin', create)).data.createApiKey.key
})
afterAll(() => server.close())

type Who = number | 'admin' | 'API key' | undefined

async function ask(who: Who, query: string, variables: object = {}): Promise<Answer & { cost: number }> {
  const bearer =
    who === undefined ? undefined : who === 'API key' ? apiKey : await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors, extensions } = (await response.json()) as any
  return { status: response.status, data, errors, cost: extensions?.cost?.requested }
}

/** Sorts the ids that are `visible` before the others. */
const visibleFirst = (visible: readonly unknown[]) => (a: string, b: string) => Number(visible.includes(b)) - Number(visible.includes(a))

const NODE = 'query ($id: ID!) { node(id: $id) { __typename id } }'
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'

describe('the types with an id', () => {
  const printed = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8')

  test('are those that implement Node, and have a prefix of their own', () => {
    const implementing = [...printed.matchAll(/^type (\w+) implements Node\b/gm)].map(([, type]) => type)
    expect(implementing.sort()).toEqual(Object.keys(ID_PREFIXES).sort())
    const withId = [...printed.matchAll(/^type (\w+)[^{]*\{(?:(?!^\}).)*?^ {2}id: ID!/gms)].map(([, type]) => type)
    expect(withId.sort()).toEqual(implementing)
    const prefixes = Object.values(ID_PREFIXES)
    expect(new Set(prefixes).size).toBe(prefixes.length)
    for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z]+$/)
  })

  test.each(ID_TYPES)('include %s, whose objects return the prefix', async (type) => {
    const [id = ''] = idsByType.get(type) ?? []
    expect(id).toMatch(new RegExp(`^${ID_PREFIXES[type]}_\\d+$`))
    expect((await ask('admin', NODE, { id })).data).toEqual({ node: { __typename: type, id } })
  })

  test('return the same ids in lists as in node', async () => {
    const { data } = await ask(
      'admin',
      `{ apiKeys(first: 100) { nodes { id } } auditEntries(first: 100) { nodes { id } } allPlans { id }
        allOrders(first: 100) { nodes { id planId buyer { userId } organisation { id } invoice { id creditNotes { id } } refunds { id } } }
        allRefunds(first: 20) { nodes { id parts { id } } }
        webhookEndpoints(first: 100) { nodes { id } } webhookDeliveries(first: 100) { nodes { id endpointId } }
        providerEvents(first: 100) { nodes { id } } entitlements(first: 100) { nodes { customer { ... on Node { id } } subscription { id } } }
        limitOverrides(userId: ${PEOPLE.Ada}) { nodes { id } } planReapplications(planId: "${world.installation.plan}") { nodes { id } } }`,
    )
    const money = `{ mails(first: 20) { nodes { id } } allPayments(first: 40) { nodes { id } } allReportedPayments(first: 40) { nodes { id } } user(id: ${PEOPLE.Ada}) { balances { entries { nodes { id } } } } }`
    const found = new Set<string>()
    JSON.stringify([data, (await ask('admin', money)).data], (name, value) => {
      if (['id', 'planId', 'userId', 'endpointId'].includes(name) && typeof value === 'string') found.add(value)
      return value
    })
    const known = new Set([...idsByType.values()].flat())
    const types = new Set([...found].map((id) => id.split('_')[0]))
    // Grants have no list: the entries of a balance describe them.
    expect([...types, ID_PREFIXES.CreditGrant].sort()).toEqual(Object.values(ID_PREFIXES).sort())
    // Keys and entries of the audit log were added afterwards.
    expect([...found].filter((id) => !known.has(id) && !/^(key|aud)_/.test(id))).toEqual([])
  })
})

/** Names of arguments that are shorter than the type. */
const SHORT_NAMES: Readonly<Record<string, IdType>> = {
  endpoint: 'WebhookEndpoint',
  delivery: 'WebhookDelivery',
  event: 'ProviderEvent',
  override: 'LimitOverride',
}

/** The type of the id that an argument expects; undefined for users and organisations, whose ids are any text. */
function typeOfArgument(field: string, argument: string): IdType | undefined {
  const name = argument === 'id' ? field : argument.replace(/Id$/, '')
  const words = name.toLowerCase()
  const ending = (type: IdType) => words.endsWith(type.toLowerCase()) || words.includes(type.toLowerCase())
  const short = SHORT_NAMES[words]
  if (short) return short
  return ID_TYPES.filter((type) => type !== 'User' && type !== 'Organisation' && ending(type)).sort(
    (one, other) => other.length - one.length,
  )[0]
}

interface Slot {
  kind: 'query' | 'mutation'
  field: GraphQLField<unknown, unknown>
  argument: string
  type: IdType
}

/** Every argument and input field of the root fields that expects the id of a row. */
function listSlots(): Slot[] {
  return (['query', 'mutation'] as const).flatMap((kind) => {
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    return Object.values(root?.getFields() ?? {}).flatMap((field) => {
      const names = new Set<string>()
      fillArguments(field.args, (name, type) => {
        if (type === 'ID') names.add(name)
        return undefined
      })
      return [...names].flatMap((argument) => {
        const type = typeOfArgument(field.name, argument)
        return type && field.name !== 'node' && field.name !== 'nodes' ? [{ kind, field, argument, type }] : []
      })
    })
  })
}

const slots = listSlots().map((slot) => [`${slot.field.name}, ${slot.argument}`, slot] as const)

describe('an argument that expects an id', () => {
  async function send({ kind, field, argument }: Slot, id: string): Promise<Answer> {
    const fill = valueFor(field.name, target, world.installation, server.url)
    const variables = fillArguments(field.args, (name, type, isRequired) => {
      if (name === argument) return id
      return type === 'ID' && !isRequired ? undefined : fill(name, type, isRequired)
    })
    const given = field.args.filter(({ name }) => name in variables)
    const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
    const selection = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : ''
    return ask('admin', `${kind} (${declared}) { ${field.name}(${passed}) ${selection} }`, variables)
  }
  const refusal = (argument: string) => [
    { extensions: { code: 'BAD_USER_INPUT', field: expect.stringMatching(new RegExp(`^((input|filter)\\.)?${argument}$`)) } },
  ]

  test('is known for every kind of row', () => {
    expect(slots.length).toBeGreaterThan(25)
    expect(slots.map(([name]) => name)).toEqual(expect.arrayContaining(['order, id', 'applyPlan, planId', 'applyPlan, orderId']))
  })

  test.each(slots)('refuses what is not an id of its type: %s', async (_name, slot) => {
    const other = slot.type === 'Order' ? 'plan' : 'ord'
    const prefix = ID_PREFIXES[slot.type]
    for (const id of [
      `${other}_1`,
      '007',
      `${prefix}_007`,
      '0',
      '-1',
      '9007199254740992',
      `${prefix}_9007199254740992`,
      `${prefix}_`,
      '',
      'x',
    ])
      expect((await send(slot, id)).errors, id).toMatchObject(refusal(slot.argument))
  })

  test.each(slots)('accepts the id with and without the prefix: %s', async (_name, slot) => {
    const missing = '9007199254740991'
    const [plain, prefixed] = [await send(slot, missing), await send(slot, encodeId(slot.type, missing))]
    expect(prefixed).toMatchObject({ status: plain.status, data: plain.data })
    const problems = ({ errors = [] }: Answer) => errors.map(({ message, extensions }) => [message, extensions])
    expect(problems(prefixed)).toEqual(problems(plain))
    expect(JSON.stringify(problems(plain))).not.toContain('must be the id of the type')
  })

  test('returns the same object for both forms', async () => {
    for (const [field, id] of [
      ['order', target.orderId],
      ['invoice', target.invoiceId],
      ['plan', rowId(world.installation.plan)],
    ] as const) {
      const type = ID_TYPES.find((name) => name.toLowerCase() === field) as IdType
      const query = `query ($id: ID!, $prefixed: ID!) { plain: ${field}(id: $id) { id } prefixed: ${field}(id: $prefixed) { id } }`
      const expected = { id: encodeId(type, String(id)) }
      expect((await ask('admin', query, { id: String(id), prefixed: expected.id })).data).toEqual({ plain: expected, prefixed: expected })
    }
    for (const userId of [String(PEOPLE.Ada), `user_${PEOPLE.Ada}`]) {
      const { data } = await ask('admin', 'query ($userId: ID) { usage(userId: $userId) { resource used } }', { userId })
      expect(data.usage).toContainEqual({ resource: 'SERVERS', used: 1 })
    }
  })
})

test('createCheckout accepts the slug of a plan, and its id with and without the prefix', async () => {
  const query = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
  const urls = { successUrl: server.url, cancelUrl: server.url }
  const number = rowId(world.installation.plan)
  for (const plan of ['pro', String(number), `plan_${number}`])
    expect((await ask(930_001, query, { input: { ...urls, plan } })).errors, plan).toBeUndefined()
  for (const plan of [`ord_${number}`, `plan_0${number}`])
    expect((await ask(930_001, query, { input: { ...urls, plan } })).errors, plan).toMatchObject([
      { extensions: { code: 'PLAN_NOT_FOUND' } },
    ])
})

describe('node', () => {
  const OF_CUSTOMER = [
    'Order',
    'Invoice',
    'CreditNote',
    'Refund',
    'RefundPart',
    'PlanSubscription',
    'Payment',
    'ReportedPayment',
    'BalanceEntry',
    'CreditGrant',
  ] as const
  const OF_INSTALLATION = [
    ...([
      'ApiKey',
      'AuditEntry',
      'LimitOverride',
      'Mail',
      'PlanReapplication',
      'ProviderEvent',
      'WebhookDelivery',
      'WebhookEndpoint',
    ] as const),
  ]

  /** An object of every type: those of customers belong to the organisation, and Ada bought them. */
  async function objects(): Promise<Record<IdType, string>> {
    const { db } = server.services
    const of = { userId: String(PEOPLE.Ada), organisationId: String(ORGANISATION) }
    const first = Object.fromEntries(ID_TYPES.map((type) => [type, idsByType.get(type)?.[0] ?? ''])) as Record<IdType, string>
    const refund = await db.refund.findFirstOrThrow({ where: { order: of }, include: { parts: true } })
    const invoice = await db.invoice.findFirstOrThrow({ where: { ...of, kind: { not: 'CREDIT_NOTE' } } })
    const creditNote = await db.invoice.findFirstOrThrow({ where: { ...of, kind: 'CREDIT_NOTE' } })
    const subscription = await db.subscription.findFirstOrThrow({ where: { organisationId: of.organisationId } })
    const payment = await db.payment.findFirstOrThrow({ where: of })
    const report = await db.reportedPayment.findFirstOrThrow({ where: of })
    const entry = await db.ledgerPosting.findFirstOrThrow({ where: { organisationId: of.organisationId, balance: { not: 0n } } })
    const grant = await db.creditGrant.findFirstOrThrow({ where: { organisationId: of.organisationId } })
    return {
      ...first,
      Order: encodeId('Order', refund.orderId ?? 0n),
      Invoice: encodeId('Invoice', invoice.id),
      CreditNote: encodeId('CreditNote', creditNote.id),
      Refund: encodeId('Refund', refund.id),
      RefundPart: encodeId('RefundPart', refund.parts[0]?.id ?? 0n),
      PlanSubscription: encodeId('PlanSubscription', subscription.id),
      Payment: encodeId('Payment', payment.id),
      ReportedPayment: encodeId('ReportedPayment', report.id),
      BalanceEntry: encodeId('BalanceEntry', entry.id),
      CreditGrant: encodeId('CreditGrant', grant.id),
      User: encodeId('User', of.userId),
      Organisation: encodeId('Organisation', of.organisationId),
      Plan: encodeId('Plan', String(rowId(world.installation.plan))),
    }
  }

  test.each<[string, Who, IdType[], string | undefined]>([
    ['its owner', PEOPLE.Ada, [...OF_CUSTOMER, 'User', 'Organisation', 'Plan'], undefined],
    ['another customer', PEOPLE.Bob, ['Plan'], undefined],
    ['an admin of the organisation', PEOPLE.Alan, [...OF_CUSTOMER, 'Organisation', 'Plan'], undefined],
    ['a former admin of the organisation, who bought for it', PEOPLE.Eve, ['Plan'], undefined],
    ['a member of the organisation', PEOPLE.Mia, ['Organisation', 'Plan'], undefined],
    ['an administrator', 'admin', [...OF_CUSTOMER, ...OF_INSTALLATION, 'User', 'Organisation', 'Plan'], undefined],
    ['an API key', 'API key', ['Plan'], 'FORBIDDEN'],
    ['an anonymous principal', undefined, ['Plan'], 'UNAUTHENTICATED'],
  ])('returns to %s exactly what it may view', async (_name, who, visible, code) => {
    for (const [type, id] of Object.entries(await objects())) {
      const { data, errors } = await ask(who, NODE, { id })
      const isVisible = visible.includes(type as IdType)
      expect([type, data], type).toEqual([type, { node: isVisible ? { __typename: type, id } : null }])
      expect(errors?.[0]?.extensions.code, type).toBe(isVisible ? undefined : code)
      const list = await ask(who, NODES, { ids: [id] })
      expect(list.data, type).toEqual({ nodes: [data.node] })
      const refused = { path: ['nodes', 0], extensions: { code } }
      expect(list.errors ?? [], type).toMatchObject(!isVisible && code ? [refused] : [])
    }
  })

  test('returns null for plans that are hidden from the principal and for objects that do not exist', async () => {
    const hidden = await server.services.db.plan.findFirstOrThrow({ where: { hiddenFromBilling: true } })
    const id = encodeId('Plan', hidden.id)
    expect((await ask(undefined, NODE, { id })).data).toEqual({ node: null })
    expect((await ask('admin', NODE, { id })).data).toEqual({ node: { __typename: 'Plan', id } })
    for (const type of ID_TYPES) expect(await ask('admin', NODE, { id: encodeId(type, '999999') })).toMatchObject({ data: { node: null } })
  })

  test.each(['1', 'foo_1', 'ord_', 'ord', '_1', '', 'Ord_1', 'ord_x', 'ord_01', 'ord_9007199254740992', 'org_ä', 'user_', 'constructor_1'])(
    'refuses "%s", which is not an id with a prefix',
    async (id) => {
      const refused = (field: string) => [{ extensions: { code: 'BAD_USER_INPUT', field } }]
      expect((await ask('admin', NODE, { id })).errors).toMatchObject(refused('id'))
      expect((await ask('admin', NODES, { ids: ['plan_1', id] })).errors).toMatchObject([{ path: ['nodes', 1], ...refused('ids.1')[0] }])
    },
  )
})

describe('nodes', () => {
  const QUERY = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
    ... on Order { amount { decimal } plan { name } invoice { number } } ... on Refund { amount { decimal } }
    ... on Invoice { amount { decimal } } ... on WebhookDelivery { event { type } } } }`

  test('returns the objects in the order of the ids, also repeated ones', async () => {
    const ids = [`ord_${target.orderId}`, 'plan_999', `inv_${target.invoiceId}`, `ord_${target.orderId}`]
    const { data } = await ask('admin', NODES, { ids })
    expect(data.nodes.map((node: { id: string } | null) => node?.id)).toEqual([ids[0], undefined, ids[2], ids[3]])
  })

  test.each(['an anonymous principal', 'an API key'])('returns to %s what it may read if other items are refused', async (name) => {
    const plan = encodeId('Plan', String(rowId(world.installation.plan)))
    const ids = [`ord_${target.orderId}`, plan, 'nonsense', plan]
    const { data, errors } = await ask(name === 'an API key' ? 'API key' : undefined, NODES, { ids })
    expect(data.nodes).toEqual([null, { __typename: 'Plan', id: plan }, null, { __typename: 'Plan', id: plan }])
    expect(errors).toMatchObject([
      { path: ['nodes', 0], extensions: { code: name === 'an API key' ? 'FORBIDDEN' : 'UNAUTHENTICATED' } },
      { path: ['nodes', 2], extensions: { code: 'BAD_USER_INPUT', field: 'ids.2' } },
    ])
  })

  test.each<[string, Who]>([
    ['an administrator', 'admin'],
    ['a customer', PEOPLE.Ada],
  ])('takes the same number of statements for 100 ids of all types as for 2 of each, for %s', async (_name, who) => {
    // The fields of objects that a customer may not view cause no statement, so those that it may view come first.
    const ids = [...idsByType.values()].flat()
    const found = await Promise.all(ids.map(async (id) => (await ask(who, NODE, { id })).data.node?.id))
    const sorted = ID_TYPES.map((type) => ids.filter((id) => decodeId(id)?.type === type).sort(visibleFirst(found)))
    const take = (count: number) => sorted.flatMap((ofType) => ofType.slice(0, count))
    const fill = (ids: string[]) => [...ids, ...Array.from({ length: 100 - ids.length }, (_, index) => `ord_${700_000 + index}`)]
    await ask(who, QUERY, { ids: take(1) })
    const few = await countStatements(() => ask(who, QUERY, { ids: take(2) }))
    const many = await countStatements(async () => {
      const { data } = await ask(who, QUERY, { ids: fill(take(5)) })
      expect(data.nodes).toHaveLength(100)
    })
    expect(few.length).toBeGreaterThan(5)
    expect(many).toEqual(few)
  })

  test('refuses 101 ids', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `ord_${index + 1}`)
    expect((await ask('admin', NODES, { ids })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'ids' } }])
    expect((await ask('admin', NODES, { ids: ids.slice(1) })).errors).toBeUndefined()
  })
})

describe('the cost of', () => {
  const costOf = async (query: string, variables: object = {}) => {
    const { cost, errors } = await ask('admin', query, variables)
    expect(errors).toBeUndefined()
    return cost
  }

  test('fragments on an interface is that of the fields of the object', async () => {
    const fields = 'items { amount { decimal } } invoice { number }'
    const expected = await costOf(`{ order(id: "ord_1") { ${fields} } }`)
    expect(expected).toBe(22)
    for (const query of [
      `{ node(id: "ord_1") { ... on Order { ${fields} } } }`,
      `{ node(id: "ord_1") { ... on Node { id ... on Order { ${fields} } } } }`,
      `{ node(id: "ord_1") { ...order } } fragment order on Order { ${fields} }`,
      `{ node(id: "ord_1") { ...node } } fragment node on Node { ... on Order { ${fields} } }`,
    ])
      expect(await costOf(query), query).toBe(expected)
  })

  test('nodes counts the ids', async () => {
    const ids = ['ord_1', 'ord_2', 'ord_3']
    const list = JSON.stringify(ids)
    const fragment = '{ ... on Order { plan { name } } }'
    expect(await costOf(`{ nodes(ids: ${list}) ${fragment} }`)).toBe(6)
    expect(await costOf(`{ nodes(ids: "ord_1") ${fragment} }`)).toBe(2)
    expect(await costOf(`{ nodes(ids: "ord_1") { ... on Order { items { amount { decimal } } } } }`)).toBe(21)
    expect(await costOf(`{ nodes(ids: ${list}) { ... on Order { items { amount { decimal } } } } }`)).toBe(63)
    expect(await costOf(`query ($ids: [ID!]!) { nodes(ids: $ids) ${fragment} }`, { ids })).toBe(6)
    expect(await costOf(`query ($ids: [ID!]!) { nodes(ids: $ids) ${fragment} }`, { ids: 'ord_1' })).toBe(2)
    expect(await costOf(`query ($ids: [ID!]! = ${list}) { nodes(ids: $ids) ${fragment} }`)).toBe(6)
    expect(await costOf(`query ($id: ID!) { nodes(ids: [$id, "ord_2", $id]) ${fragment} }`, { id: 'ord_1' })).toBe(6)
  })
})

test('no other field returns an id without a prefix, except the UUID of an event', () => {
  const idFields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) =>
          String(getNamedType(field.type)) === 'ID' ? [`${type.name}.${field.name}`] : [],
        )
      : [],
  )
  const own = ID_TYPES.map((type) => `${type}.id`)
  expect(idFields.sort()).toEqual([...own, 'Buyer.userId', 'Order.planId', 'WebhookDelivery.endpointId', 'WebhookEvent.eventId'].sort())
})

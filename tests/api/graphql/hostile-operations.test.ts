import { getNamedType, isLeafType, isRequiredArgument } from 'graphql'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { graphQLSchema } from '../../../src/api/graphql/schema.js'
import { createCatalog, createOrganisation } from '../../support/catalog.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await createCatalog(server)
  for (const id of [55, 56]) await server.ask(id, '{ me { id } }')
  await createOrganisation(server, 7, { 55: 'OWNER', 56: 'MEMBER' })
})
afterAll(() => server.close())

async function post(token: string, query: string): Promise<Answer & { extensions: { cost: { requested: number } } }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return (await response.json()) as Answer & { extensions: { cost: { requested: number } } }
}

async function createKey(scope: string): Promise<string> {
  const { data } = await server.ask('admin', `mutation { createApiKey(input: { name: "panel", scopes: [${scope}] }) { key } }`)
  return data.createApiKey.key
}

const codesOf = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions.code)

describe('totalCount', () => {
  const aliases = Array.from({ length: 20 }, (_, index) => `a${index}: totalCount`).join(' ')

  test('is counted once, however often it is selected', async () => {
    const count = vi.spyOn(server.services, 'rawQuery')
    const { data } = await server.ask('admin', `{ allOrders(first: 1) { ${aliases} } }`)
    expect(new Set(Object.values(data.allOrders))).toEqual(new Set([0]))
    expect(count.mock.calls.filter(([{ text }]) => text.includes('count(*)'))).toHaveLength(1)
    count.mockRestore()
  })

  test('costs ten points each time', async () => {
    const costOf = async (query: string) => (await post(await server.token(1, 'admin'), query)).extensions.cost.requested
    const base = await costOf('{ allOrders(first: 1) { pageInfo { hasNextPage } } }')
    expect(await costOf('{ allOrders(first: 1) { pageInfo { hasNextPage } totalCount } }')).toBe(base + 10)
    expect(await costOf(`{ allOrders(first: 1) { pageInfo { hasNextPage } ${aliases} } }`)).toBe(base + 200)
  })
})

test('the organisations of a user are at most 100', async () => {
  const { db } = server.services
  const ids = Array.from({ length: 101 }, (_, index) => `many-${String(index).padStart(3, '0')}`)
  await db.user.create({ data: { id: '59' } })
  await db.organisation.createMany({ data: ids.map((id) => ({ id, name: id })) })
  await db.membership.createMany({ data: ids.map((organisationId) => ({ organisationId, userId: '59', role: 'MEMBER' as const })) })
  const { data } = await server.ask(59, '{ me { organisations { organisation { name } } } }')
  expect(data.me.organisations.map((entry: any) => entry.organisation.name)).toEqual(ids.slice(0, 100))
})

const schema = graphQLSchema()
const fieldsWithOptionalArguments = (
  [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const
).flatMap(([kind, root]) =>
  Object.values(root?.getFields() ?? {})
    .filter(({ args }) => args.length > 0 && !args.some(isRequiredArgument))
    .map((field) => [kind, field.name, field] as const),
)

test.each(fieldsWithOptionalArguments)('the %s %s treats null like an omitted argument', async (kind, name, { args, type }) => {
  const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename }'
  const nulls = args.map((argument) => `${argument.name}: null`).join(', ')
  const withNulls = await server.ask('admin', `${kind} { ${name}(${nulls}) ${selection} }`)
  const omitted = await server.ask('admin', `${kind} { ${name} ${selection} }`)
  expect(codesOf(withNulls)).toEqual(codesOf(omitted))
  expect(codesOf(withNulls) ?? []).not.toContain('INTERNAL_SERVER_ERROR')
})

describe('a text with U+0000', () => {
  test('names no plan', async () => {
    const { errors } = await server.ask(55, 'mutation { placeOrder(input: { plan: "pro\\u0000" }) { order { id } } }')
    expect(errors?.[0]?.extensions.code).toBe('PLAN_NOT_FOUND')
  })

  test.each(['subject', 'actor'])('is refused as the %s of audit entries', async (field) => {
    const { errors } = await server.ask('admin', `{ auditEntries(${field}: "user:1\\u0000") { nodes { id } } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
  })
})

test('a wrong representation leaves the other entities readable', async () => {
  const query =
    '{ _entities(representations: [{ __typename: "User", id: "user_55" }, { __typename: "Plan", id: "plan_1" }]) { __typename } }'
  const { data, errors } = await server.ask(55, query)
  expect(data).toEqual({ _entities: [{ __typename: 'User' }, null] })
  expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT', field: 'representations.1' } }])
})

describe('the result of a mutation for an API key with the scope SYNC', () => {
  const upsertUser = (fields: string) => `mutation { upsertUser(input: { id: "55", name: "Kim" }) { user { id name ${fields} } } }`
  const upsertOrganisation = (fields: string) =>
    `mutation { upsertOrganisation(input: { id: "7", name: "Seven" }) { organisation { id name ${fields} } } }`

  test('contains what the mutation has stored', async () => {
    const key = await createKey('SYNC')
    expect((await post(key, upsertUser('email'))).data.upsertUser.user).toMatchObject({ id: 'user_55', name: 'Kim' })
    const membership = 'membership { role user { id email } organisation { id name } }'
    const { errors } = await post(
      key,
      `mutation { setMembership(input: { organisationId: "7", userId: "56", role: ADMIN }) { ${membership} } }`,
    )
    expect(errors).toBeUndefined()
  })

  test.each([
    upsertUser('organisations { organisation { id } }'),
    upsertUser('portalTier'),
    upsertUser('limits { memory }'),
    upsertOrganisation('members(first: 1) { nodes { user { email } } }'),
    upsertOrganisation('portalTier'),
    upsertOrganisation('limits { memory }'),
  ])('refuses further fields without the scope READ: %s', async (query) => {
    expect(codesOf(await post(await createKey('SYNC'), query))).toEqual(['FORBIDDEN'])
    expect(codesOf(await post(await createKey('SYNC, READ'), query))).toBeUndefined()
  })

  test.each([upsertUser('currentPlan { slug }'), upsertOrganisation('currentPlan { slug }')])(
    'has the current plan only with the scope READ: %s',
    async (query) => {
      const planFor = async (scopes: string) => JSON.stringify((await post(await createKey(scopes), query)).data)
      expect(await planFor('SYNC')).toContain('"currentPlan":null')
      expect(await planFor('SYNC, READ')).toContain('"currentPlan":{"slug":"')
    },
  )
})

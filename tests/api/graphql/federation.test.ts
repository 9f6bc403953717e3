import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { composeServices } from '@apollo/composition'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSchema, execute, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOrganisation } from '../../support/catalog.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])'

/** The subgraph of a panel: it extends users and organisations. */
const PANEL_TYPES = `
  type User @key(fields: "id") { id: ID! avatarUrl: String! }
  type Organisation @key(fields: "id") { id: ID! motto: String! }
  type Money @shareable { minorUnits: MinorUnits! currency: CurrencyCode! decimal: String! formatted(locale: String = "en-US"): String! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  scalar MinorUnits
  scalar CurrencyCode
  type Query { onlineUsers: [User]! }`

let server: TestServer
let panel: Server
let gateway: ApolloServer
let gatewayUrl: string

const tokenOf = (who: number | 'admin') => (who === 'admin' ? server.token(1, 'admin') : server.token(who))

const readSubgraph = async () => (await server.ask('admin', '{ _service { sdl } }')).data._service.sdl as string

beforeAll(async () => {
  server = await startServer()
  for (const id of [55, 56, 57]) await server.ask(id, '{ me { id } }')
  await createOrganisation(server, 7, { 55: 'OWNER' })
  panel = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await respondAsPanel(request)))
  })
  await new Promise<void>((listening) => panel.listen(0, '127.0.0.1', listening))
  const { errors, supergraphSdl } = composeServices([
    { name: 'quittance', url: `${server.url}/graphql`, typeDefs: parse(await readSubgraph()) },
    { name: 'panel', url: `http://127.0.0.1:${(panel.address() as AddressInfo).port}`, typeDefs: parse(`${LINK} ${PANEL_TYPES}`) },
  ])
  expect(errors).toBeUndefined()
  gateway = new ApolloServer({
    gateway: new ApolloGateway({ supergraphSdl: supergraphSdl ?? '', buildService: ({ url }) => new Forwarder({ url }) }),
  })
  const { url } = await startStandaloneServer(gateway, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  })
  gatewayUrl = url
})
afterAll(async () => {
  await gateway.stop()
  panel.close()
  await server.close()
})

/** Forwards the token of the client. */
class Forwarder extends RemoteGraphQLDataSource {
  override willSendRequest({ request, context }: { request: { http?: any }; context: { authorization?: string } }): void {
    if (context.authorization) request.http?.headers.set('authorization', context.authorization)
  }
}

const panelSchema = buildSchema(`
  directive @key(fields: String!) on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  scalar _Any
  union _Entity = User | Organisation
  ${PANEL_TYPES.replace('type Query {', 'type Query { _entities(representations: [_Any!]!): [_Entity]!')}`)

function panelEntity({ __typename, id }: { __typename: string; id: string }) {
  return { __typename, id, avatarUrl: `https://panel.example.com/${id}.png`, motto: `Motto of ${id}` }
}

async function respondAsPanel(request: IncomingMessage) {
  const { query, variables } = JSON.parse(await text(request))
  return execute({
    schema: panelSchema,
    document: parse(query),
    variableValues: variables,
    rootValue: {
      onlineUsers: ['user_55', 'user_56', 'user_404'].map((id) => panelEntity({ __typename: 'User', id })),
      _entities: ({ representations }: { representations: any[] }) => representations.map(panelEntity),
    },
  })
}

async function askGateway(who: number | 'admin', query: string): Promise<Pick<Answer, 'data' | 'errors'>> {
  const response = await fetch(gatewayUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(who)}` },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as Answer
}

describe('a gateway of Apollo', () => {
  test('joins users and organisations with another subgraph', async () => {
    const query = '{ me { id portalTier avatarUrl organisations { organisation { name motto } } } }'
    expect(await askGateway(55, query)).toEqual({
      data: {
        me: {
          id: 'user_55',
          portalTier: 'FREE',
          avatarUrl: 'https://panel.example.com/user_55.png',
          organisations: [{ organisation: { name: 'Organisation 7', motto: 'Motto of org_7' } }],
        },
      },
    })
  })

  test('reads entities that another subgraph names, and only those that the principal may view', async () => {
    const query = '{ onlineUsers { id avatarUrl name } }'
    const named = (id: string, name: string | null) => ({ id, avatarUrl: `https://panel.example.com/${id}.png`, name })
    expect((await askGateway('admin', query)).data.onlineUsers).toEqual([
      named('user_55', 'User 55'),
      named('user_56', 'User 56'),
      named('user_404', null),
    ])
    expect((await askGateway(55, query)).data.onlineUsers).toEqual([
      named('user_55', 'User 55'),
      named('user_56', null),
      named('user_404', null),
    ])
  })
})

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on User { id userName: name } ... on Organisation { id name } }
}`

describe('_entities', () => {
  const ask = (who: number | 'admin' | undefined, representations: unknown) => server.ask(who, ENTITIES, { representations })

  // Once by graphql-js, and then by graphql-jit.
  test.each([1, 2, 3])('returns entities in the order of their representations, time %i', async () => {
    const { data } = await ask(55, [
      { __typename: 'Organisation', id: 'org_7' },
      { __typename: 'User', id: 'user_56' },
      { __typename: 'User', id: '55' },
      { __typename: 'Organisation', id: 'org_404' },
    ])
    expect(data._entities).toEqual([
      { __typename: 'Organisation', id: 'org_7', name: 'Organisation 7' },
      null,
      { __typename: 'User', id: 'user_55', userName: 'User 55' },
      null,
    ])
  })

  test.each<[string, unknown]>([
    ['a type that is not an entity', { __typename: 'Plan', id: 'plan_1' }],
    ['no type', { id: 'user_55' }],
    ['no id', { __typename: 'User' }],
    ['an id of another type', { __typename: 'User', id: 'org_7 ' }],
    ['text', 'user_55'],
  ])('rejects a representation with %s', async (_what, representation) => {
    const { errors } = await ask(55, [{ __typename: 'User', id: 'user_55' }, representation])
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: expect.stringMatching(/^representations\.1/) })
  })

  test('requires a signed-in user', async () => {
    expect((await ask(undefined, [{ __typename: 'User', id: 'user_55' }])).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ __typename: index % 2 ? 'User' : 'Organisation', id: `${index + 55}` }))

  test('accepts at most 1000 representations', async () => {
    expect((await ask(55, many(1000))).data._entities).toHaveLength(1000)
    expect((await ask(55, many(1001))).errors?.[0]).toMatchObject({
      message: expect.stringContaining('at most 1000'),
      extensions: { code: 'BAD_USER_INPUT', field: 'representations' },
    })
  })

  test.each<[string, number | 'admin']>([
    ['a customer', 55],
    ['an administrator', 'admin'],
  ])('takes the same number of statements for two representations as for 200, for %s', async (_name, who) => {
    await ask(who, many(2))
    const few = await countStatements(() => ask(who, many(2)))
    expect(await countStatements(() => ask(who, many(200)))).toEqual(few)
  })

  test.each<[string, unknown, number]>([
    ['each representation', many(30), 30],
    ['a single representation', { __typename: 'User', id: 'user_55' }, 1],
  ])('costs a point for %s', async (_what, representations, cost) => {
    expect(await costOf(ENTITIES, { representations })).toBe(cost)
  })
})

test('sends no traces to clients that request them', async () => {
  const headers = { 'content-type': 'application/json', 'apollo-federation-include-trace': 'ftv1' }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: '{ billingEnabled }' }) })
  expect(((await response.json()) as { extensions: object }).extensions).not.toHaveProperty('ftv1')
})

async function costOf(query: string, variables: object = {}): Promise<number> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('admin')}` },
    body: JSON.stringify({ query, variables }),
  })
  return ((await response.json()) as { extensions: { cost: { requested: number } } }).extensions.cost.requested
}

describe('_service', () => {
  test('returns the schema with the directives of federation', async () => {
    const sdl = await readSubgraph()
    expect(sdl).toContain('@link(url: "https://specs.apollo.dev/federation/v2.3"')
    for (const type of ['User', 'Organisation']) expect(sdl).toMatch(new RegExp(`type ${type} implements Node @key\\(fields: "id"\\)`))
    for (const type of ['PageInfo', 'Money']) expect(sdl).toContain(`type ${type} @shareable`)
    expect(sdl).toMatch(/currentPlan\(.*\n?[^@]*@access\(role: ADMINISTRATOR, scope: \[READ\]\)/)
  })

  test('lets other subgraphs share `me`', async () => {
    const other = parse(`${LINK} type User @key(fields: "id") { id: ID! } type Query { me: User @shareable }`)
    const { errors } = composeServices([
      { name: 'quittance', typeDefs: parse(await readSubgraph()) },
      { name: 'other', typeDefs: other },
    ])
    expect(errors).toBeUndefined()
  })

  test('costs as much as introspection, and can be selected only once', async () => {
    expect(await costOf('{ _service { sdl } }')).toBe(101)
    const { errors } = await server.ask('admin', '{ _service { sdl again: sdl } }')
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  })

  test('is readable by those who may use introspection', async () => {
    const other = await startServer({ environment: { DEMO: 'false' } })
    expect((await other.ask(undefined, '{ _service { sdl } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await other.ask(undefined, '{ _service { ...f } } fragment f on _Service { x: sdl }')).errors?.[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    )
    expect((await other.ask(55, '{ _service { sdl } }')).data._service.sdl).toContain('type User')
    await other.close()
  })
})

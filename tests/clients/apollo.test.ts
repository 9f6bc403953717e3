import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { MeDocument, OrderUpdatedDocument, PlansDocument } from '@quittance/client/operations'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { createApolloClient, isSubscription } from './snippets/apollo.js'
import { errorCode } from './snippets/apollo-errors.js'
import { webSocketLink } from './snippets/apollo-websocket.js'

let server: TestServer
let plans: Catalog
let token: string
const clients: ApolloClient[] = []

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  token = await server.token(55)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.stop()
  vi.unstubAllGlobals()
})
afterAll(() => server.close())

function connect(bearer = token): ApolloClient {
  const client = createApolloClient(server.url, () => bearer)
  clients.push(client)
  return client
}

const MEMORY = gql('query Memory { me { id limits { memory } } }')
const SERVERS = gql('query Servers { me { id limits { serverLimit } } }')

test('keeps the limits of several queries in the cache, and reads any object by its id', async () => {
  const client = connect()
  await client.query({ query: MEMORY })
  await client.query({ query: SERVERS })
  const both = gql('query Both { me { id limits { memory serverLimit } } }')
  expect(client.readQuery<object>({ query: both })).toMatchObject({ me: { id: 'user_55', limits: { memory: 512, serverLimit: 1 } } })
  await client.query({ query: PlansDocument })
  const id = client.cache.identify({ __typename: 'Plan', id: `plan_${plans.pro}` })
  expect(client.readFragment<object>({ id, fragment: gql('fragment Name on Plan { name }') })).toMatchObject({ name: 'Pro' })
})

test('loses limits in a cache without the policies', async () => {
  const headers = { authorization: `Bearer ${token}` }
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: `${server.url}/graphql`, headers }) })
  clients.push(client)
  await client.query({ query: MEMORY })
  await client.query({ query: SERVERS })
  expect(client.readQuery({ query: MEMORY })).toBeNull()
})

test('accepts the documents of the package with their types', async () => {
  const { data } = await connect().query({ query: MeDocument })
  expect(data?.me?.limits.serverLimit).toBe(1)
})

test('rejects with UNAUTHENTICATED for a wrong token, which is a response with status 401', async () => {
  const error: unknown = await connect('wrong')
    .query({ query: MEMORY })
    .catch((each: unknown) => each)
  expect(errorCode(error)).toBe('UNAUTHENTICATED')
})

test('sends the text after the hash of an automatic persisted query is refused, and from then on at once', async () => {
  const bodies: { query?: string; extensions?: object }[] = []
  const http = new HttpLink({
    uri: `${server.url}/graphql`,
    fetch: (address, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return fetch(address, init)
    },
  })
  const persisted = new PersistedQueryLink({ sha256: async (text) => Buffer.from(text).toString('hex').slice(0, 64).padEnd(64, '0') })
  const client = new ApolloClient({ cache: new InMemoryCache(), link: persisted.concat(http) })
  clients.push(client)
  const { data } = await client.query({ query: PlansDocument })
  expect(data?.plans).toHaveLength(4)
  await client.query({ query: PlansDocument, fetchPolicy: 'network-only' })
  expect(bodies.map(({ query }) => query !== undefined)).toEqual([false, true, true])
})

/** Receives the events of new orders until there is one. */
async function receiveOrder(client: ApolloClient): Promise<void> {
  const received: (string | undefined)[] = []
  const failures: unknown[] = []
  const subscription = client.subscribe({ query: OrderUpdatedDocument }).subscribe({
    next: ({ data, error }) => (error ? failures.push(error) : received.push(data?.orderUpdated.status)),
    error: (error) => failures.push(error),
  })
  // The stream opens in the background, so orders are placed until one is received.
  await expect
    .poll(async () => {
      await server.ask(55, 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }', {
        input: { planId: plans.pro },
      })
      return [received[0], failures]
    })
    .toEqual(['PENDING', []])
  subscription.unsubscribe()
}

test('subscribes over server-sent events', () => receiveOrder(connect()))

test('reports the error of a refused subscription', async () => {
  const failures: unknown[] = []
  connect('wrong')
    .subscribe({ query: OrderUpdatedDocument })
    .subscribe({ next: ({ error }) => failures.push(error), error: (error) => failures.push(error) })
  await expect.poll(() => failures).toMatchObject([{ code: 'UNAUTHENTICATED' }])
})

test('subscribes over WebSocket', async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  const link = webSocketLink(server.url, () => token)
  const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.split(isSubscription, link) })
  clients.push(client)
  await receiveOrder(client)
  await link.client.dispose()
})

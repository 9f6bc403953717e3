import { createHash } from 'node:crypto'
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const JSON_TYPE = 'application/json; charset=utf-8'
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8'
const APOLLO_CLIENT = 'application/graphql-response+json,application/json;q=0.9'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
  await createCatalog(server)
})
afterAll(() => server.close())

interface RequestParts {
  path?: string
  headers?: Record<string, string>
  body?: string
}

async function send(
  accept: string | undefined,
  { path = '/graphql', headers = {}, body = '{"query":"{ billingEnabled }"}' }: RequestParts,
) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept && { accept }), ...headers },
    body,
  })
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
  return { status: response.status, type: response.headers.get('content-type'), code: errors[0]?.extensions.code }
}

const WRONG_TOKEN = { headers: { authorization: 'Bearer expired' } }

describe('an error before execution has the media type that the client prefers', () => {
  test.each<[string, RequestParts, number, string]>([
    ['an invalid token', WRONG_TOKEN, 401, 'UNAUTHENTICATED'],
    ['malformed JSON', { body: '{' }, 400, 'BAD_REQUEST'],
    ['an unsupported content type', { headers: { 'content-type': 'text/plain' } }, 415, 'BAD_REQUEST'],
    ['a body that is too large', { body: JSON.stringify({ query: 'x'.repeat(1_100_000) }) }, 413, 'BAD_REQUEST'],
    ['an unknown persisted operation', { body: '{"documentId":"sha256:none"}' }, 404, 'PERSISTED_OPERATION_NOT_FOUND'],
    [
      'an operation that is too complex',
      { body: JSON.stringify({ query: `{ ${'plans { id } '.repeat(200)} }` }) },
      400,
      'QUERY_TOO_COMPLEX',
    ],
    ['a stream without a token', { path: '/graphql/stream', headers: { accept: 'text/event-stream' } }, 401, 'UNAUTHENTICATED'],
  ])('%s', async (_what, sent, status, code) => {
    expect(await send(APOLLO_CLIENT, sent)).toEqual({ status, code, type: sent.headers?.accept ? JSON_TYPE : GRAPHQL_TYPE })
    for (const accept of ['application/json', '*/*', 'application/json, application/graphql-response+json;q=0.5']) {
      expect(await send(accept, sent)).toEqual({ status, code, type: JSON_TYPE })
    }
  })

  test('after the rate limit is reached', async () => {
    const limited = await startServer({ environment: { RATE_LIMIT_POINTS: '2', RATE_LIMIT_RESTORE_RATE: '1' } })
    const post = () =>
      fetch(`${limited.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: APOLLO_CLIENT },
        body: '{"query":"{"}',
      })
    for (let count = 0; count < 2; count += 1) expect((await post()).status).toBe(400)
    const response = await post()
    expect([response.status, response.headers.get('content-type')]).toEqual([429, GRAPHQL_TYPE])
    expect(response.headers.get('retry-after')).toBe('1')
    await limited.close()
  })

  test('but not on plain routes, which return JSON', async () => {
    const response = await fetch(`${server.url}/invoices/1/pdf`, { headers: { accept: APOLLO_CLIENT } })
    expect([response.status, response.headers.get('content-type')]).toEqual([401, JSON_TYPE])
  })
})

describe('Apollo Client', () => {
  function clientOf(headers: Record<string, string>, isPersisted = false) {
    const requests: Record<string, any>[] = []
    const http = new HttpLink({
      uri: `${server.url}/graphql`,
      headers,
      fetch: (url, init) => {
        requests.push(JSON.parse(String(init?.body)))
        return fetch(url, init)
      },
    })
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const link = isPersisted ? new PersistedQueryLink({ sha256 }).concat(http) : http
    return { client: new ApolloClient({ link, cache: new InMemoryCache() }), requests }
  }

  test('reads the code of an expired token', async () => {
    const { signToken } = await import('../../../src/modules/identity/token.js')
    const expired = await signToken(server.config, server.clock, { userId: '55', role: 'user', lifetimeSeconds: -60 })
    const { client } = clientOf({ authorization: `Bearer ${expired}` })
    const error: unknown = await client.query({ query: gql`{ me { id } }` }).catch((reason: unknown) => reason)
    expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  })

  test('sends the text after an unknown hash, and only the text from then on', async () => {
    const { client, requests } = clientOf({}, true)
    expect((await client.query({ query: gql`{ plans { id name } }` })).data).toMatchObject({ plans: expect.any(Array) })
    expect(requests.map(({ query, extensions }) => [query !== undefined, extensions?.persistedQuery !== undefined])).toEqual([
      [false, true],
      [true, false],
    ])
    expect((await client.query({ query: gql`{ billingEnabled }` })).data).toEqual({ billingEnabled: true })
    expect(requests).toHaveLength(3)
  })
})

describe('an automatic persisted query', () => {
  const post = async (body: object, to = server) => {
    const response = await fetch(`${to.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, ...((await response.json()) as object) }
  }
  const persistedQuery = { version: 1, sha256Hash: '0'.repeat(64) }

  test('that is unknown gets the response of Apollo, in a body and in a query string', async () => {
    const expected = { errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] }
    expect(await post({ extensions: { persistedQuery } })).toEqual({ status: 200, ...expected })
    const parameters = new URLSearchParams({ extensions: JSON.stringify({ persistedQuery }) })
    const response = await fetch(`${server.url}/graphql?${parameters}`, { headers: { accept: 'application/json' } })
    expect([response.status, response.headers.get('cache-control'), await response.json()]).toEqual([200, 'no-store', expected])
  })

  test('runs when its text is sent as well, in a body and in a query string', async () => {
    const query = '{ billingEnabled }'
    expect(await post({ query, extensions: { persistedQuery } })).toMatchObject({ status: 200, data: { billingEnabled: true } })
    const parameters = new URLSearchParams({ query, extensions: JSON.stringify({ persistedQuery }) })
    const response = await fetch(`${server.url}/graphql?${parameters}`, { headers: { accept: 'application/json' } })
    expect(await response.json()).toMatchObject({ data: { billingEnabled: true } })
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ environment: { DEMO: 'false', PUBLIC_URL: 'https://billing.example.com' } })
})
afterAll(() => server.close())

async function send(payload: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
  const text = await response.text()
  return { status: response.status, text, body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined) as any }
}

const repeat = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ')

describe('withstands the probes of audit tools in production', () => {
  test('refuses a hundred aliases', async () => {
    const { body } = await send({ query: `{ ${Array.from({ length: 101 }, (_, n) => `alias${n}: __typename`).join(' ')} }` })
    expect(body.data).toBeUndefined()
    expect(body.errors).toHaveLength(1)
  })

  test('refuses a field that is repeated five hundred times', async () => {
    const { body } = await send({ query: `query cop { ${repeat(500, '__typename')} }` })
    expect(body.data).toBeUndefined()
  })

  test('refuses batches of operations', async () => {
    const { status, body } = await send(Array.from({ length: 11 }, () => ({ query: '{ __typename }' })))
    expect(status).toBe(400)
    expect(Array.isArray(body)).toBe(false)
    expect(body.errors).toHaveLength(1)
  })

  test('limits the errors for ten unknown directives on a field', async () => {
    const { body } = await send({ query: `query cop { __typename ${'@aa'.repeat(10)} }` })
    expect(body.data).toBeUndefined()
    expect(body.errors.length).toBeLessThan(10)
  })

  test('refuses introspection to anonymous clients, and circular introspection to everybody', async () => {
    expect((await send({ query: '{ __schema { types { name } } }' })).body.data).toBeUndefined()
    const circle = `{ __schema { types { ${repeat(4, 'fields { type {')} name ${repeat(4, '} }')} } } }`
    expect((await send({ query: circle })).body.data).toBeUndefined()
    const admin = { authorization: `Bearer ${await server.token(1, 'admin')}` }
    expect((await send({ query: circle }, admin)).body.data).toBeUndefined()
  })

  test('suggests no names for a misspelt field', async () => {
    const { text } = await send({ query: 'query cop { plan(id: 1) { nam } pla }' })
    expect(text).not.toMatch(/did you mean/i)
    expect(text).not.toContain('"name"')
  })

  test('refuses a mutation by GET', async () => {
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('mutation cop { __typename }')}`, {
      headers: { authorization: `Bearer ${await server.token(1, 'admin')}` },
    })
    expect(response.status).toBe(405)
    expect(((await response.json()) as any).data).toBeUndefined()
  })

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/graphql', ''])(
    'refuses a form of another site, sent as "%s"',
    async (type) => {
      const body = type.startsWith('application/x') ? 'query=%7B__typename%7D' : JSON.stringify({ query: '{ __typename }' })
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type, cookie: `session=${await server.token(55)}` },
        body,
      })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
      expect(await response.text()).not.toContain('"data"')
    },
  )

  test('returns no traces', async () => {
    const { body } = await send({ query: '{ billingEnabled }' }, { 'x-apollo-tracing': '1' })
    expect(Object.keys(body.extensions)).toEqual(['cost'])
  })

  test('reveals no stack or exception in errors', async () => {
    for (const query of [
      'qwerty cop { abc }',
      '{ plan(id: "x") { name } }',
      '{ plan(id: "99999999999999999999") { name } }',
      '{ me { id } }',
    ]) {
      const { text } = await send({ query })
      expect(text).not.toMatch(/exception|stack|node_modules|prisma|postgres|\.[jt]s:/i)
    }
  })

  test('serves no tokens in the explorer', async () => {
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toMatch(/-token"|GraphQL Playground|cdn/)
  })

  test('refuses a body of more than a megabyte', async () => {
    expect((await send({ query: '{ billingEnabled }', variables: { a: 'x'.repeat(1_100_000) } })).status).toBe(413)
  })

  test('refuses an operation of more than 4000 tokens', async () => {
    const { body } = await send({ query: `{ ${repeat(5000, 'billingEnabled')} }` })
    expect(body.errors[0].message).toContain('4000 tokens')
  })

  test('refuses pages of more than a hundred entries', async () => {
    const admin = { authorization: `Bearer ${await server.token(1, 'admin')}` }
    const { body } = await send({ query: '{ allOrders(first: 101) { nodes { id } } }' }, admin)
    expect(body.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' })
  })
})

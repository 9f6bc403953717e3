import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ environment: { DEMO: 'false', PUBLIC_URL: 'https://billing.example.com' } })
})
afterAll(() => server.close())

async function send(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, text, answer: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined) as any }
}

const repeat = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ')

describe('what an audit tool tries as a stranger in production finds nothing', () => {
  test('a hundred aliases', async () => {
    const { answer } = await send({ query: `{ ${Array.from({ length: 101 }, (_, n) => `alias${n}: __typename`).join(' ')} }` })
    expect(answer.data).toBeUndefined()
    expect(answer.errors).toHaveLength(1)
  })

  test('a field five hundred times', async () => {
    const { answer } = await send({ query: `query cop { ${repeat(500, '__typename')} }` })
    expect(answer.data).toBeUndefined()
  })

  test('batches of operations', async () => {
    const { status, answer } = await send(Array.from({ length: 11 }, () => ({ query: '{ __typename }' })))
    expect(status).toBe(400)
    expect(Array.isArray(answer)).toBe(false)
    expect(answer.errors).toHaveLength(1)
  })

  test('ten unknown directives on a field', async () => {
    const { answer } = await send({ query: `query cop { __typename ${'@aa'.repeat(10)} }` })
    expect(answer.data).toBeUndefined()
    expect(answer.errors.length).toBeLessThan(10)
  })

  test('introspection, and introspection in circles', async () => {
    expect((await send({ query: '{ __schema { types { name } } }' })).answer.data).toBeUndefined()
    const circle = `{ __schema { types { ${repeat(4, 'fields { type {')} name ${repeat(4, '} }')} } } }`
    expect((await send({ query: circle })).answer.data).toBeUndefined()
    const admin = { authorization: `Bearer ${await server.token(1, 'admin')}` }
    expect((await send({ query: circle }, admin)).answer.data).toBeUndefined()
  })

  test('suggestions for a field that is misspelt', async () => {
    const { text } = await send({ query: 'query cop { plan(id: 1) { nam } pla }' })
    expect(text).not.toMatch(/did you mean/i)
    expect(text).not.toContain('"name"')
  })

  test('a mutation by GET', async () => {
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('mutation cop { __typename }')}`, {
      headers: { authorization: `Bearer ${await server.token(1, 'admin')}` },
    })
    expect(response.status).toBe(405)
    expect(((await response.json()) as any).data).toBeUndefined()
  })

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/graphql', ''])(
    'a form of another site, sent as "%s"',
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

  test('traces', async () => {
    const { answer } = await send({ query: '{ billingEnabled }' }, { 'x-apollo-tracing': '1' })
    expect(Object.keys(answer.extensions)).toEqual(['cost'])
  })

  test('errors with a stack or an exception', async () => {
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

  test('an explorer with tokens in it', async () => {
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toMatch(/-token"|GraphQL Playground|cdn/)
  })

  test('a body of more than a megabyte', async () => {
    expect((await send({ query: '{ billingEnabled }', variables: { a: 'x'.repeat(1_100_000) } })).status).toBe(413)
  })

  test('more tokens than anybody writes', async () => {
    const { answer } = await send({ query: `{ ${repeat(5000, 'billingEnabled')} }` })
    expect(answer.errors[0].message).toContain('4000 tokens')
  })

  test('pages of more than a hundred', async () => {
    const admin = { authorization: `Bearer ${await server.token(1, 'admin')}` }
    const { answer } = await send({ query: '{ allOrders(first: 101) { nodes { id } } }' }, admin)
    expect(answer.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' })
  })
})

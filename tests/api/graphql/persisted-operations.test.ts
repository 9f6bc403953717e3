import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QUITTANCE, ROOT } from '../../e2e/program.js'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const folder = await mkdtemp(join(tmpdir(), 'quittance-documents-'))
const CLIENT =
  'query Catalog { plans { ...Shown } }\nfragment Shown on Plan { name }\nquery Me { me { id } }\nsubscription Watch { orderUpdated { id } }\nmutation Off { setBillingEnabled(input: { enabled: false }) { enabled } }'

interface ManifestOperation {
  id: string
  name: string
  type: string
  body: string
}

let server: TestServer
let strict: TestServer
let operations: Map<string, ManifestOperation>

function runDocuments(...parameters: string[]) {
  return spawnSync(process.execPath, [QUITTANCE, 'documents', ...parameters], { cwd: ROOT, encoding: 'utf8' })
}

beforeAll(async () => {
  await writeFile(join(folder, 'client.graphql'), CLIENT)
  const manifest = join(folder, 'manifest.json')
  expect(runDocuments(join(folder, 'client.graphql'), '--out', manifest)).toMatchObject({ status: 0, stderr: '' })
  const read = JSON.parse(await readFile(manifest, 'utf8')) as { operations: ManifestOperation[] }
  operations = new Map(read.operations.map((operation) => [operation.name, operation]))
  server = await startServer({ environment: { PERSISTED_OPERATIONS: manifest } })
  strict = await startServer({
    environment: { PERSISTED_OPERATIONS: manifest, PERSISTED_OPERATIONS_ONLY: 'true' },
    database: server.database,
  })
  await createCatalog(server)
})
afterAll(async () => {
  await strict.close()
  await server.close()
})

const idOf = (name: string) => operations.get(name)?.id ?? ''

async function post(to: TestServer, body: object) {
  const response = await fetch(`${to.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as any) }
}

function get(to: TestServer, parameters: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(`${to.url}/graphql?${new URLSearchParams(parameters)}`, { headers: { accept: 'application/json', ...headers } })
}

test('quittance documents writes every operation with its fragments, under the hash of its text', () => {
  expect([...operations.keys()]).toEqual(['Catalog', 'Me', 'Off', 'Watch'])
  expect(operations.get('Catalog')?.body).toContain('fragment Shown')
  expect(operations.get('Me')?.body).not.toContain('fragment')
  for (const { id, body } of operations.values()) expect(createHash('sha256').update(body).digest('hex')).toBe(id)
})

test.each([
  ['that does not match the schema', 'query A { nothing }', 'A: Cannot query field'],
  ['without a name', '{ plans { id } }', 'every operation needs a name'],
  ['with a duplicate name', 'query A { plans { id } } query A { me { id } }', '"A" occurs twice'],
])('quittance documents refuses an operation %s', async (_what, text, message) => {
  const file = join(folder, 'wrong.graphql')
  await writeFile(file, text)
  const { status, stderr } = runDocuments(file, '--out', join(folder, 'none.json'))
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)])
  await expect(readFile(join(folder, 'none.json'))).rejects.toThrow()
})

test('runs an operation by its hash, as in GraphQL over HTTP and as Apollo clients send it', async () => {
  const expected = { status: 200, data: { plans: expect.arrayContaining([{ name: 'Pro' }]) } }
  expect(await post(server, { documentId: `sha256:${idOf('Catalog')}` })).toMatchObject(expected)
  expect(await post(server, { extensions: { persistedQuery: { version: 1, sha256Hash: idOf('Catalog') } } })).toMatchObject(expected)
  const byGet = await get(server, { extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: idOf('Catalog') } }) })
  expect(await byGet.json()).toMatchObject({ data: expected.data })
})

test('refuses an unknown hash, and runs an operation sent as text', async () => {
  expect(await post(server, { documentId: `sha256:${'0'.repeat(64)}` })).toMatchObject({
    status: 404,
    errors: [{ extensions: { code: 'PERSISTED_OPERATION_NOT_FOUND' } }],
  })
  expect(await post(server, { query: '{ billingEnabled }' })).toMatchObject({ data: { billingEnabled: true } })
})

test('refuses every other operation with PERSISTED_OPERATIONS_ONLY, as text, by GET and as a stream', async () => {
  expect(await post(strict, { query: '{ billingEnabled }' })).toMatchObject({
    status: 404,
    errors: [{ extensions: { code: 'PERSISTED_OPERATION_NOT_FOUND' } }],
  })
  expect((await get(strict, { query: '{ billingEnabled }' })).status).toBe(404)
  const persistedQuery = { version: 1, sha256Hash: '0'.repeat(64) }
  for (const query of [undefined, '{ billingEnabled }']) {
    expect(await post(strict, { query, extensions: { persistedQuery } })).toMatchObject({
      status: 404,
      errors: [{ extensions: { code: 'PERSISTED_OPERATION_NOT_FOUND' } }],
    })
  }
  expect(await post(strict, { query: operations.get('Catalog')?.body })).toMatchObject({ status: 200 })
  expect(await post(strict, { documentId: idOf('Catalog') })).toMatchObject({ status: 200 })
  const stream = await fetch(`${strict.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${await strict.token(55)}` },
    body: JSON.stringify({ query: 'subscription { orderUpdated { id } }' }),
  })
  expect(await stream.json()).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_OPERATION_NOT_FOUND' } }] })
  // The operations of the REST routes are exempt.
  expect((await fetch(`${strict.url}/api/plans`, { headers: { authorization: `Bearer ${await strict.token(55)}` } })).status).toBe(200)
})

test('runs a subscription by its hash, in a body and in a query string', async () => {
  for (const to of [server, strict]) {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${await to.token(55)}` }
    const persistedQuery = { version: 1, sha256Hash: idOf('Watch') }
    for (const reference of [{ documentId: `sha256:${idOf('Watch')}` }, { extensions: { persistedQuery } }]) {
      const stop = new AbortController()
      const init = { method: 'POST', headers, body: JSON.stringify(reference), signal: stop.signal }
      const response = await fetch(`${to.url}/graphql/stream`, init)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
      stop.abort()
    }
    const stop = new AbortController()
    const url = `${to.url}/graphql/stream?${new URLSearchParams({ documentId: idOf('Watch') })}`
    expect((await fetch(url, { headers, signal: stop.signal })).status).toBe(200)
    stop.abort()
  }
})

test('lets shared caches store the response of an anonymous GET, and returns 304 for its ETag', async () => {
  const response = await get(server, { documentId: `sha256:${idOf('Catalog')}` })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'public, max-age=30',
    vary: 'Origin, accept, authorization, cookie',
    etag: expect.stringMatching(/^"[\w-]{27}"$/),
  })
  const revalidated = await get(
    server,
    { documentId: `sha256:${idOf('Catalog')}` },
    {
      'if-none-match': response.headers.get('etag') ?? '',
      'cache-control': 'max-age=0',
    },
  )
  expect([revalidated.status, await revalidated.text()]).toEqual([304, ''])
})

test('marks the GET response of a user as private and errors as no-store, and refuses mutations by GET', async () => {
  const getMe = async (userId: number) => get(server, { documentId: idOf('Me') }, { authorization: `Bearer ${await server.token(userId)}` })
  const [one, other] = [await getMe(55), await getMe(56)]
  expect(one.headers.get('cache-control')).toBe('private, no-cache')
  expect(one.headers.get('etag')).not.toBe(other.headers.get('etag'))
  expect((await get(server, { documentId: idOf('Me') })).headers.get('cache-control')).toBe('no-store')
  expect((await get(server, { documentId: idOf('Off') }, { authorization: `Bearer ${await server.token(1, 'admin')}` })).status).toBe(405)
  expect((await server.ask(undefined, '{ billingEnabled }')).data).toEqual({ billingEnabled: true })
})

test.each([
  ['that does not exist', undefined],
  ['in another format', '{}'],
  [
    'with a hash that does not match its text',
    JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: '0'.repeat(64), body: '{ me { id } }' }] }),
  ],
])('does not start with a manifest %s', async (_what, content) => {
  const file = join(folder, `${Math.abs(content?.length ?? 0)}.json`)
  if (content) await writeFile(file, content)
  await expect(startServer({ environment: { PERSISTED_OPERATIONS: file } })).rejects.toThrow(/^PERSISTED_OPERATIONS: /)
})

test('also runs the operations of the pages that it serves, as their pages send them, if nothing else runs', async () => {
  const pages = JSON.parse(await readFile(join(ROOT, 'dist/pages/persisted-operations.json'), 'utf8')) as {
    operations: ManifestOperation[]
  }
  const { body } = pages.operations.find(({ name }) => name === 'PortalStart') as ManifestOperation
  expect(await post(strict, { query: body })).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  expect(await post(strict, { query: `${body} ` })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_OPERATION_NOT_FOUND' } }] })
})

import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { graphQLSchema } from '../../src/api/graphql/schema.js'
import { createCatalog } from '../support/catalog.js'
import { applyPlan } from '../support/requests.js'
import { startServer, type TestServer } from '../support/server.js'

/** Each of the four tests runs this long. The generated inputs depend only on the seed. */
const TEST_DURATION_MS = 15_000
const seed = Number(process.env.FUZZ_SEED ?? 20261121)
const FUZZ_PARAMETERS = { interruptAfterTimeLimit: TEST_DURATION_MS, numRuns: 1_000_000, seed, endOnFailure: true }

const WEBHOOK_SECRET = 'secret of Lemon Squeezy webhooks'
const ESCLUSE_SECRET = 'secret of Escluse events'
const INTERNAL_DETAILS =
  /[Pp]risma|[Pp]ostgre|pg_|node_modules|\.[cm]?[jt]s:\d|at Object\.|ECONN|relation "|column "|syntax error at|\bstack/

let server: TestServer
let tokens: (string | undefined)[]

beforeAll(async () => {
  server = await startServer({
    environment: {
      LEMONSQUEEZY_WEBHOOK_SECRET: WEBHOOK_SECRET,
      ESCLUSE_WEBHOOK_SECRET: ESCLUSE_SECRET,
      RATE_LIMIT_POINTS: '1000000000',
      RATE_LIMIT_RESTORE_RATE: '1000000',
    },
  })
  const { pro } = await createCatalog(server)
  await applyPlan(server, { userId: '55', planId: pro })
  tokens = [undefined, await server.token(55), await server.token(1, 'admin')]
})
afterEach(() => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  server.logged.splice(0)
  heaps.push(process.memoryUsage().heapUsed)
})
afterAll(() => server.close())

const MAX_HEAP_GROWTH_BYTES = 48 * 1_048_576
const heaps: number[] = []

/** Asserts that a response is not an internal error and reveals no internal details. */
async function assertHarmless(response: Response): Promise<void> {
  const text = await response.text()
  const problem = response.status >= 500 || INTERNAL_DETAILS.test(text)
  // These errors may have the status 503.
  if (problem && !/PAYMENT_PROVIDER_UNAVAILABLE|"BUSY"|FEATURE_DISABLED/.test(text))
    throw new Error(`${response.status}: ${text.slice(0, 1000)}`)
}

const failures = () => server.logged.filter((line) => /"level":[56]0/.test(line))

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e400',
    'null',
    'true',
    "' OR 1=1 --",
    '../../etc/passwd',
    '\u0000',
    '\ud800',
    '{{7*7}}',
    '<script>',
    '=1+1',
  ),
  fc.constantFrom(
    '1',
    '2',
    '55',
    '99999999999999999999',
    '2147483647',
    '2147483648',
    'USD',
    'de-DE',
    '2026-05-01T00:00:00Z',
    'http://127.0.0.1/',
  ),
)
const number = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e308, 100, 101))
const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.object({ maxDepth: 2, maxKeys: 3 }),
)

/** Mostly values of the right type, because values that validation refuses do not reach the resolvers. */
function valueFor(type: GraphQLInputType, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type))
    return fc.oneof({ weight: 40, arbitrary: valueFor(type.ofType as GraphQLInputType, depth) }, { weight: 1, arbitrary: anything })
  const present = presentFor(type, depth)
  return fc.oneof({ weight: 6, arbitrary: present }, { weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: anything })
}

function presentFor(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
  if (isListType(type)) return fc.array(valueFor(type.ofType as GraphQLInputType, depth + 1), { maxLength: 3 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map(({ name, type: inner }) => [name, valueFor(inner, depth + 1)] as const)
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: fields.filter(([name]) => isNonNullType(type.getFields()[name]?.type)).map(([name]) => name),
    })
  }
  const { name } = getNamedType(type)
  if (name === 'Int' || name === 'Float' || name === 'MinorUnits') return number
  if (name === 'Boolean') return fc.boolean()
  if (name === 'DateTime')
    return fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      text,
    )
  if (name === 'JSONObject') return fc.object({ maxDepth: 3 })
  return text
}

function selectionFor(type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields()).filter(({ args }) => args.every((argument) => !isNonNullType(argument.type)))
  const inner = fields.map((field) => {
    const named = getNamedType(field.type)
    if (isLeafType(named)) return field.name
    return depth > 0 && isObjectType(named) ? `${field.name} ${selectionFor(named, depth - 1)}` : ''
  })
  return `{ __typename ${inner.join(' ')} }`
}

interface Operation {
  query: string
  variables: Record<string, unknown>
}

function operationFor(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): fc.Arbitrary<Operation> {
  const named = getNamedType(field.type)
  const declared = field.args.map(({ name, type }: GraphQLArgument) => `$${name}: ${type}`).join(', ')
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ')
  const variables = fc.record(Object.fromEntries(field.args.map(({ name, type }) => [name, valueFor(type)])))
  return fc.tuple(variables, fc.integer({ min: 0, max: 2 })).map(([values, depth]) => ({
    query: `${kind}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${isObjectType(named) ? selectionFor(named, depth) : ''} }`,
    variables: values,
  }))
}

describe(`hostile input, seed ${seed}`, () => {
  test('is handled in the variables of every operation', async () => {
    const schema = graphQLSchema()
    // Disabling billing, moving the clock or removing all data would make the other operations pointless.
    const excluded = new Set(['setBillingEnabled', 'advanceClock', 'resetDemo'])
    const operations = (
      [
        ['query', schema.getQueryType()],
        ['mutation', schema.getMutationType()],
      ] as const
    ).flatMap(([kind, root]) =>
      Object.values(root?.getFields() ?? {})
        .filter(({ name }) => !excluded.has(name))
        .map((field) => operationFor(kind, field)),
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(...operations), fc.integer({ min: 0, max: 2 }), async (operation, principal) => {
        const token = tokens[principal]
        const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
        await assertHarmless(await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(operation) }))
        expect(failures()).toEqual([])
      }),
      FUZZ_PARAMETERS,
    )
  })

  test('is handled in texts that are almost GraphQL', async () => {
    const words = [
      '{',
      '}',
      '(',
      ')',
      'query',
      'mutation',
      'fragment f on Plan',
      '...f',
      '... on Query',
      'plans',
      'id',
      'me',
      'a: id',
      '@include(if: $x)',
      '@skip(if: true)',
    ]
    const word = fc.oneof(
      fc.constantFrom(
        ...words,
        '$x: Int',
        '"""',
        '"\\uD800"',
        '#',
        '\u0000',
        '__schema',
        '__typename',
        'orders(first: 1e9)',
        '[',
        ']',
        ':',
        '!',
      ),
      text,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 60 }), anything, anything, async (tokensOfText, variables, extensions) => {
        const body = JSON.stringify({ query: tokensOfText.join(' '), variables, extensions, operationName: tokensOfText[0] })
        await assertHarmless(
          await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
        )
        expect(failures()).toEqual([])
      }),
      FUZZ_PARAMETERS,
    )
  })

  test('is handled in bodies and signatures of webhooks', async () => {
    const name = fc.constantFrom(
      'subscription_created',
      'subscription_updated',
      'subscription_payment_success',
      'order_refunded',
      'nonsense',
    )
    const body = fc.oneof(
      fc.record({
        meta: fc.record({ event_name: fc.oneof(name, anything), custom_data: anything }),
        data: fc.record({
          type: fc.oneof(fc.constantFrom('subscriptions', 'orders'), anything),
          id: fc.oneof(text, number),
          attributes: anything,
        }),
      }),
      fc.record({
        event: fc.oneof(fc.constantFrom('subscription_created', 'subscription_updated', 'subscription_canceled', 'refund_processed'), name),
        data: fc.oneof(
          fc.record({ subscription_id: text, plan: text, customer_email: text, status: text, effective_date: text }, { requiredKeys: [] }),
          fc.record({ refund_id: text, amount: number, order_id: fc.oneof(text, number), invoice_id: text }, { requiredKeys: [] }),
          anything,
        ),
      }),
      anything,
    )
    const type = fc.constantFrom(
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      '',
      'application/json; charset=utf-16',
    )
    await fc.assert(
      fc.asyncProperty(body, type, fc.boolean(), text, async (content, contentType, isSigned, junk) => {
        const raw = contentType.startsWith('multipart') ? `--x\r\n${junk}\r\n--x--` : (JSON.stringify(content) ?? '')
        for (const [route, secret] of [
          ['lemonsqueezy', WEBHOOK_SECRET],
          ['escluse', ESCLUSE_SECRET],
        ] as const) {
          const signature = isSigned ? createHmac('sha256', secret).update(raw).digest('hex') : Buffer.from(junk).toString('hex')
          const headers = { 'content-type': contentType, 'x-signature': signature }
          await assertHarmless(await fetch(`${server.url}/webhooks/${route}`, { method: 'POST', headers, body: raw }))
        }
        expect(failures()).toEqual([])
      }),
      FUZZ_PARAMETERS,
    )
  })

  test('is handled as raw bytes on every route', async () => {
    const { port } = new URL(server.url)
    const routes = server.app.printRoutes({ commonPrefix: false }).match(/\/[\w:./*()^\\+-]*/g) ?? []
    const path = fc
      .tuple(fc.constantFrom('/', '/graphql', '/graphql/stream', ...routes), text)
      .map(([route, value]) => route.replace(/:(\w+)(\([^)]*\))?/g, () => encodeURIComponent(Buffer.from(value).toString('latin1'))))
    const header = fc.tuple(
      fc.constantFrom(
        'Authorization',
        'Cookie',
        'Content-Type',
        'Range',
        'If-None-Match',
        'Accept',
        'Content-Length',
        'Transfer-Encoding',
        'X-Forwarded-For',
      ),
      text,
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'nonsense'),
        path,
        fc.array(header, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 200 }),
        async (method, target, headers, body) => {
          const head = [
            `${method} ${target} HTTP/1.1`,
            'Host: localhost',
            ...headers.map(([field, value]) => `${field}: ${value}`),
            'Connection: close',
          ]
          const response = await sendRaw(Number(port), Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
          expect(response).not.toMatch(/^HTTP\/1\.1 5(?!0[13])/)
          expect(response).not.toMatch(INTERNAL_DETAILS)
          expect(failures()).toEqual([])
        },
      ),
      FUZZ_PARAMETERS,
    )
  })

  test('leaves the server working, without a memory leak', async () => {
    const [afterFirstTest = 0, ...later] = heaps
    // The first test fills the caches, so later growth would be a leak.
    for (const heap of later) expect(heap - afterFirstTest).toBeLessThan(MAX_HEAP_GROWTH_BYTES)
    expect((await server.ask(55, '{ me { id } orders { totalCount } }')).data.me).toEqual({ id: 'user_55' })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })
})

/**
 * @returns everything that the server sends until it closes the connection, or until two seconds without data
 */
function sendRaw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((done) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => undefined).on('close', () => done(received))
  })
}

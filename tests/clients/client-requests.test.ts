import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type ClientOptions, createClient, type SubscribeOptions } from '@quittance/client'
import { MeDocument, OrderUpdatedDocument } from '@quittance/client/operations'
import { parse } from 'graphql'
import { expect, test } from 'vitest'

/** Only fakes of \`fetch\` receive requests to it. */
const URL_OF_FAKE = 'https://billing.example.com'
const busy = () => Response.json({ errors: [{ message: 'Busy', extensions: { code: 'BUSY', retryAfter: 0 } }] })
const emptyStream = async () => new Response('', { headers: { 'content-type': 'text/event-stream' } })

const KEYED = { idempotencyKey: 'key-1' }
const PLACE = 'mutation M($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
const TWO_FIELDS =
  'mutation M($a: PlaceOrderInput!, $b: PlaceOrderInput!) { a: placeOrder(input: $a) { order { id } } b: placeOrder(input: $b) { order { id } } }'
const INLINE_FIELD =
  'mutation M($a: PlaceOrderInput!) { a: placeOrder(input: $a) { order { id } } b: placeOrder(input: {plan: "pro"}) { order { id } } }'
const FRAGMENT_FIELDS =
  'mutation M($a: PlaceOrderInput!) { ...F } fragment F on Mutation { a: placeOrder(input: $a) { order { id } } b: placeOrder(input: {}) { order { id } } }'
const QUERY_FRAGMENT = 'fragment F on Query { order(id: "#1") { id } }'

test.each<[string, string, object, number]>([
  ['a query with a comment before it', '# {\nquery A { plans { id } }', {}, 2],
  ['a mutation with a key', PLACE, { input: KEYED }, 2],
  ['a mutation with a key for each field', TWO_FIELDS, { a: KEYED, b: KEYED }, 2],
  ['a mutation with a key for one of two fields', TWO_FIELDS, { a: KEYED, b: {} }, 1],
  ['a mutation with a key, and a field without variables', INLINE_FIELD, { a: KEYED }, 1],
  ['a mutation with its fields in a fragment', FRAGMENT_FIELDS, { a: KEYED }, 1],
  ['a mutation after a comma', `,${PLACE}`, { input: {} }, 1],
  ['a mutation after a query and a comma', `query A { plans { id } } ,${PLACE}`, { input: {} }, 1],
  ['a mutation after a fragment with a number sign', `${QUERY_FRAGMENT} ${PLACE}`, { input: {} }, 1],
])('sends %s as often as it is safe, as a document and as a text', async (_case, text, variables, expected) => {
  const sent: string[] = []
  const fetchBusy: typeof fetch = async (_address, init) => {
    sent.push(String(init?.body))
    return busy()
  }
  const client = createClient({ url: URL_OF_FAKE, fetch: fetchBusy, retries: 1 })
  await expect(client.request<unknown, object>(parse(text), variables)).rejects.toMatchObject({ code: 'BUSY' })
  expect(sent).toHaveLength(expected)
  await expect(client.request<unknown, object>(text, variables)).rejects.toMatchObject({ code: 'BUSY' })
  expect(sent).toHaveLength(2 * expected)
})

/** Iterates over the events of a new subscription. */
async function subscribe(options: ClientOptions, subscribeOptions: SubscribeOptions = {}): Promise<void> {
  for await (const _event of createClient(options).subscribe(OrderUpdatedDocument, {}, subscribeOptions))
    throw new Error('an event arrived')
}

test('does not follow redirects, so that no other host receives the credential', async () => {
  const received: unknown[] = []
  const other = createServer((request, response) => {
    received.push(request.headers.authorization)
    response.writeHead(307, { location: `http://127.0.0.1:${port(other)}/elsewhere` }).end()
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const options = { url: `http://127.0.0.1:${port(other)}`, token: 'secret' }
  const controller = new AbortController()
  const expected = { code: 'INVALID_RESPONSE', status: 307, message: expect.stringContaining('/elsewhere') }
  await expect(createClient(options).request(MeDocument)).rejects.toMatchObject(expected)
  const onDisconnected = () => controller.abort()
  await expect(subscribe(options, { signal: controller.signal, onDisconnected })).rejects.toMatchObject(expected)
  expect(received).toEqual(['Bearer secret', 'Bearer secret'])
  await new Promise((resolve) => other.close(resolve))
})

test.each([
  ['without a scheme', { url: 'localhost:4000' }],
  ['of the page itself, outside a page', { url: '' }],
  ['with an invalid host', { url: 'http://[billing' }],
  ['with a token that no header can contain', { url: 'http://127.0.0.1:9', token: 'a\nb' }],
])('ends a subscription to an address %s', async (_case, options) => {
  const controller = new AbortController()
  const onDisconnected = () => controller.abort()
  await expect(subscribe(options, { signal: controller.signal, onDisconnected })).rejects.toThrow('cannot be sent')
  const sent: string[] = []
  const counting: typeof fetch = (address, init) => {
    sent.push(String(address))
    return fetch(address, init)
  }
  if (options.url) await expect(createClient({ ...options, fetch: counting }).request(MeDocument)).rejects.toThrow('cannot be sent')
  expect(sent).toEqual([])
})

test('ends a subscription with the error that the application throws after the connection', async () => {
  const failure = new TypeError('undefined is not a function')
  for (const onConnected of [() => raise(failure), async () => raise(failure)]) {
    const controller = new AbortController()
    const onDisconnected = () => controller.abort()
    await expect(
      subscribe({ url: URL_OF_FAKE, fetch: emptyStream }, { signal: controller.signal, onConnected, onDisconnected }),
    ).rejects.toBe(failure)
  }
})

function raise(error: Error): never {
  throw error
}

function port(listening: Server): number {
  return Number(Object(listening.address()).port)
}

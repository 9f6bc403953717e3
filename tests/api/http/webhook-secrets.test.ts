import { createHmac } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installErrorHandler } from '../../../src/api/http/error-handler.js'
import { type Config, parseConfig } from '../../../src/config/config.js'
import { StartError } from '../../../src/core/errors.js'
import { isSignedBy, signWebhook } from '../../../src/core/webhook-signature.js'
import { webhookRoutes } from '../../../src/modules/payments/inbound-webhooks/webhook-routes.js'
import { withPayments } from '../../../src/modules/payments/provider-registry.js'
import { startServer, type TestServer } from '../../support/server.js'

const ROUTES = { lemonsqueezy: 'LEMONSQUEEZY_WEBHOOK_SECRET', escluse: 'ESCLUSE_WEBHOOK_SECRET' } as const
type Source = keyof typeof ROUTES
const BODIES: Record<Source, string> = {
  lemonsqueezy: '{"meta":{"event_name":"x"},"data":{"type":"x","id":"1"}}',
  escluse: '{"event":"x","data":{}}',
}

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const part = fc.oneof(
  fc.constantFrom('', ' ', 'short', 'fifteen letters', 'sixteen letters!', 'whsec_test_secret', 'whsec_next_secret'),
  fc.string({ maxLength: 40 }),
)
const validPart = fc.constantFrom('sixteen letters!', 'whsec_test_secret', 'whsec_next_secret')
/** Often valid, so that many configurations start. */
const list = fc.oneof(fc.array(part, { maxLength: 3 }), fc.array(validPart, { minLength: 1, maxLength: 3 })).map((parts) => parts.join(','))
const environment = fc.record({
  NODE_ENV: fc.constantFrom('test', 'production'),
  PAYMENT_PROVIDER: fc.constantFrom('sandbox', 'lemonsqueezy', 'none'),
  LEMONSQUEEZY_WEBHOOK_SECRET: list,
  ESCLUSE_WEBHOOK_SECRET: list,
})
type Environment = typeof environment extends fc.Arbitrary<infer T> ? T : never

const sign = (body: string, secret: string) => createHmac('sha256', secret).update(body).digest('hex')
const partsOf = (secrets: string) => secrets.split(',').flatMap((each) => [each, each.trim()])

/** @returns undefined for a configuration with which the server does not start */
function parseIfValid(variables: Environment): Config | undefined {
  const required = { AUTH_JWT_SECRET: 'x'.repeat(32), LEMONSQUEEZY_API_KEY: 'key', LEMONSQUEEZY_STORE_ID: '1' }
  try {
    return parseConfig({ ...required, ...variables })
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    expect((error as Error).message).toMatch(/^(LEMONSQUEEZY|ESCLUSE)_WEBHOOK_SECRET: [^\n]+$/)
    return undefined
  }
}

/** @returns the status of a delivery signed with each of the secrets, under this configuration */
async function deliverTo(config: Config, source: Source, secrets: readonly string[]): Promise<number[]> {
  const app = Fastify()
  installErrorHandler(app)
  await webhookRoutes(app, withPayments({ ...server.services, config }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/webhooks/${source}`
  const statuses: number[] = []
  for (const secret of secrets) {
    const headers = { 'content-type': 'application/json', 'x-signature': sign(BODIES[source], secret) }
    statuses.push((await fetch(url, { method: 'POST', headers, body: BODIES[source] })).status)
  }
  await app.close()
  return statuses
}

test('never accepts an empty or short secret or that of the other route, with any valid configuration', async () => {
  let started = 0
  const property = fc.asyncProperty(environment, async (variables) => {
    const config = parseIfValid(variables)
    if (!config) return
    started += 1
    for (const source of ['lemonsqueezy', 'escluse'] as const) {
      const other = source === 'escluse' ? 'lemonsqueezy' : 'escluse'
      const own = partsOf(variables[ROUTES[source]].trim())
      const forged = ['', ...[...own, ...partsOf(variables[ROUTES[other]])].filter((secret) => secret.length < 16)]
      const foreign = partsOf(variables[ROUTES[other]]).filter((secret) => !own.includes(secret))
      for (const status of await deliverTo(config, source, [...forged, ...foreign])) expect([401, 404]).toContain(status)
      const valid = own.filter((secret) => secret === secret.trim() && secret.length >= 16)
      expect(new Set(await deliverTo(config, source, valid))).toEqual(new Set(valid.map(() => 200)))
    }
  })
  await fc.assert(property, { numRuns: 150 })
  expect(started).toBeGreaterThan(10)
})

test('returns 404 for the route of Escluse without ESCLUSE_WEBHOOK_SECRET', async () => {
  const response = await fetch(`${server.url}/webhooks/escluse`, { method: 'POST', body: BODIES.escluse })
  expect([response.status, await response.json()]).toEqual([404, { error: 'not_found' }])
})

describe('an empty secret', () => {
  const body = Buffer.from('{}')
  test('cannot sign a webhook', () => {
    expect(() => signWebhook(body, '')).toThrow(RangeError)
  })
  test('cannot verify a webhook, whatever the signature is', () => {
    expect(() => isSignedBy(body, sign('{}', ''), ['whsec_test_secret', ''])).toThrow(RangeError)
    expect(() => isSignedBy(body, undefined, [''])).toThrow(RangeError)
  })
})

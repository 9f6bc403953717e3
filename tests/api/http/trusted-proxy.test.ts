import type { IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { fromTrustedProxy } from '../../../src/api/http/trusted-proxy.js'
import { startServer, type TestServer } from '../../support/server.js'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

test.each<[string[], string | undefined, boolean]>([
  [['10.0.0.0/8'], '10.1.2.3', true],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.0/8'], '11.1.2.3', false],
  [['192.0.2.1'], '192.0.2.1', true],
  [['192.0.2.1'], '192.0.2.2', false],
  [['::ffff:192.0.2.1'], '192.0.2.1', true],
  [['2001:db8::/32'], '2001:db8::7', true],
  [['2001:db8::/32'], '10.1.2.3', false],
  [['::1'], '127.0.0.1', false],
  [['10.0.0.0/8', '::1'], '::1', true],
  [[], '127.0.0.1', false],
  [['10.0.0.0/8'], undefined, false],
])('with TRUST_PROXY %j, whether %s is a trusted proxy is %s', (networks, remoteAddress, expected) => {
  expect(fromTrustedProxy(networks)({ socket: { remoteAddress } } as IncomingMessage)).toBe(expected)
})

async function warningsOf(environment: Record<string, string>): Promise<Record<string, unknown>[]> {
  const server = await startServer({ environment })
  servers.push(server)
  for (let request = 0; request < 3; request += 1) await fetch(`${server.url}/livez`, { headers: { 'x-forwarded-for': '203.0.113.7' } })
  return server.logged.map((line) => JSON.parse(line)).filter(({ msg }) => /TRUST_PROXY/.test(msg))
}

test('warns once about a proxy that TRUST_PROXY does not name, in production', async () => {
  expect(await warningsOf({ DEMO: 'false' })).toEqual([expect.objectContaining({ level: 40, proxy: '127.0.0.1' })])
  expect(await warningsOf({ DEMO: 'false', TRUST_PROXY: '127.0.0.1' })).toEqual([])
  expect(await warningsOf({})).toEqual([])
})

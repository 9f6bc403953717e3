import { verifyWebhook, type WebhookEvent, WebhookVerificationError } from '@quittance/client/webhooks'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signedHeaders } from '../../src/modules/webhooks/http-sender.js'
import { receiveEvent } from './snippets/webhooks.js'

const NOW = new Date('2026-05-01T10:00:00.000Z')
const SECRETS = [1, 2].map((seed) => new Uint8Array(32).fill(seed))
const [CURRENT = '', PREVIOUS = ''] = SECRETS.map((secret) => `whsec_${Buffer.from(secret).toString('base64')}`)
const BODY = JSON.stringify({
  type: 'limits.changed',
  timestamp: NOW.toISOString(),
  data: { userId: '55', planId: '2', plan: 'starter', limits: { serverLimit: 5, memory: null }, features: {} },
})
/** During a rotation the server signs with both secrets. */
const HEADERS = signedHeaders('evt-1', BODY, SECRETS, NOW)

function verify(changes: Partial<Parameters<typeof verifyWebhook>[0]>): Promise<WebhookEvent> {
  return verifyWebhook({ body: BODY, headers: HEADERS, secret: CURRENT, now: NOW.getTime(), ...changes })
}

test('returns the event with its id, whichever form the headers and the body have', async () => {
  const expected = { id: 'evt-1', ...JSON.parse(BODY) }
  expect(await verify({})).toEqual(expected)
  expect(await verify({ headers: new Headers(HEADERS), body: new TextEncoder().encode(BODY) })).toEqual(expected)
})

test('accepts any of several secrets while one replaces the other', async () => {
  const byPrevious = signedHeaders('evt-1', BODY, SECRETS.slice(1), NOW)
  await expect(verify({ headers: byPrevious })).rejects.toThrow('webhook-signature: does not match the body')
  await expect(verify({ headers: byPrevious, secret: [CURRENT, PREVIOUS] })).resolves.toMatchObject({ id: 'evt-1' })
  await expect(verify({ secret: PREVIOUS })).resolves.toMatchObject({ id: 'evt-1' })
})

test('accepts what the library of Standard Webhooks signs', async () => {
  const signature = new Webhook(CURRENT).sign('evt-2', NOW, BODY)
  const headers = { 'webhook-id': 'evt-2', 'webhook-timestamp': String(NOW.getTime() / 1000), 'webhook-signature': signature }
  await expect(verify({ headers })).resolves.toMatchObject({ id: 'evt-2' })
})

test.each([
  ['another body', { body: BODY.replace('5', '6') }, 'webhook-signature: does not match the body'],
  ['another id', { headers: { ...HEADERS, 'webhook-id': 'evt-3' } }, 'webhook-signature: does not match the body'],
  ['a signature of another version', { headers: { ...HEADERS, 'webhook-signature': 'v1a,AAAA v1,?' } }, 'webhook-signature'],
  ['an attempt of six minutes ago', { now: NOW.getTime() + 360_000 }, 'webhook-timestamp: too far from now'],
  ['an attempt in six minutes', { now: NOW.getTime() - 360_000 }, 'webhook-timestamp: too far from now'],
  ['a time that is not a number', { headers: { ...HEADERS, 'webhook-timestamp': 'now' } }, 'webhook-timestamp: too far from now'],
  ['a missing header', { headers: {} }, 'webhook-id: missing'],
])('rejects %s', async (_case, changes, message) => {
  const verified = verify(changes as object)
  await expect(verified).rejects.toThrow(WebhookVerificationError)
  await expect(verified).rejects.toThrow(message)
})

test('returns the signed id, whatever the body contains', async () => {
  const body = JSON.stringify({ ...JSON.parse(BODY), id: 'evt-9' })
  await expect(verify({ body, headers: signedHeaders('evt-1', body, SECRETS, NOW) })).resolves.toMatchObject({ id: 'evt-1' })
})

test.each(['{', 'null', '"limits.changed"', '[]'])('rejects the signed body %s, which is not a JSON object', async (body) => {
  const verified = verify({ body, headers: signedHeaders('evt-1', body, SECRETS, NOW) })
  await expect(verified).rejects.toThrow(WebhookVerificationError)
  await expect(verified).rejects.toThrow('body: not a JSON object')
})

test('the example of the documentation responds with 204 to an event and with 401 to a forged one', async () => {
  const limits: unknown[] = []
  const send = (headers: Record<string, string>) =>
    receiveEvent(new Request('http://localhost/events', { method: 'POST', headers, body: BODY }), [CURRENT], (...limit) =>
      limits.push(limit),
    )
  const fresh = signedHeaders('evt-1', BODY, SECRETS, new Date())
  expect((await send(fresh)).status).toBe(204)
  expect(limits).toEqual([['55', 5]])
  expect((await send({ ...fresh, 'webhook-id': 'evt-3' })).status).toBe(401)
})

import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { signedHeaders } from '../../../src/modules/webhooks/http-sender.js'

const SENT_AT = new Date('2021-02-25T15:02:10.999Z')

test('signs the published example of Standard Webhooks', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  expect(signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', [secret], SENT_AT)).toEqual({
    'content-type': 'application/json',
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('writes one signature per secret, the current one first', () => {
  const secrets = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const body = '{"name":"Zoë 中"}'
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(`evt_1.1614265330.${body}`).digest('base64')}`)
  expect(signedHeaders('evt_1', body, secrets, SENT_AT)['webhook-signature']).toBe(signatures.join(' '))
})

import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/config.js'
import { retryDelay } from '../../../src/modules/webhooks/delivery.rules.js'
import { createWebhookSender } from '../../../src/modules/webhooks/http-sender.js'
import { validateTargetUrl } from '../../../src/modules/webhooks/ssrf-guard.js'
import { Receiver } from '../../support/receiver.js'

describe('validation of webhook URLs in production', () => {
  const production = { ...parseConfig({}), production: true, webhookPrivateHosts: ['panel.internal', '10.0.0.5'] }

  test.each([
    'https://127.0.0.1/',
    'https://localhost/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'http://203.0.113.7/',
    'http://8.8.8.8/',
    'https://no-such-host.invalid/',
    // Embedded IPv4 addresses: IPv4-compatible, IPv4-mapped, IPv4-translated, NAT64, 6to4, Teredo.
    'https://[::7f00:1]/',
    'https://[::8.8.8.8]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:168.63.129.16]/',
    'https://[::ffff:0:127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b::168.63.129.16]/',
    'https://[64:ff9b:1::8.8.8.8]/',
    'https://[2002:7f00:1::]/',
    'https://[2002:808:808::1]/',
    'https://[2001:0:7f00:1::]/',
    // A service of the host of a virtual machine, at an address that is registered as public.
    'https://168.63.129.16/metadata',
    // The rest of IANA's special-purpose registries.
    'https://0.1.2.3/',
    'https://192.0.0.8/',
    'https://192.0.2.1/',
    'https://192.31.196.1/',
    'https://192.52.193.1/',
    'https://192.88.99.1/',
    'https://192.175.48.1/',
    'https://198.18.0.1/',
    'https://198.19.255.255/',
    'https://198.51.100.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[100::1]/',
    'https://[100:0:0:1::1]/',
    'https://[2001:1::1]/',
    'https://[2001:2::1]/',
    'https://[2001:3::1]/',
    'https://[2001:4:112::1]/',
    'https://[2001:10::1]/',
    'https://[2001:20::1]/',
    'https://[2001:30::1]/',
    'https://[2001:db8::1]/',
    'https://[2620:4f:8000::1]/',
    'https://[3fff::1]/',
    'https://[5f00::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    // Unallocated.
    'https://[4000::1]/',
    'https://[8000::1]/',
    'https://[1::1]/',
    'https://[200::1]/',
  ])('rejects %s', async (url) => {
    expect(await validateTargetUrl(production, url)).toBeDefined()
  })

  test.each([
    'https://8.8.8.8/',
    'https://168.63.129.17/',
    'https://[2606:4700:4700::1111]/',
    'https://[2a01:4f8::1]/',
    'https://[2001:4860:4860::8888]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::8.8.8.8]/',
    'http://panel.internal/',
    'http://10.0.0.5:8080/events',
  ])('allows %s', async (url) => {
    expect(await validateTargetUrl(production, url)).toBeUndefined()
  })

  test('resolves a host name again when it connects (DNS rebinding)', async () => {
    const receiver = await Receiver.start()
    const sender = await createWebhookSender(production)
    const { port } = new URL(receiver.url)
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      expect(await sender.send(`http://${host}:${port}/`, {}, '{}')).toMatchObject({
        status: null,
        response: 'the host is in a private network',
      })
    }
    expect(receiver.received).toEqual([])
    await sender.close()
    const trusting = await createWebhookSender({ ...production, webhookPrivateHosts: ['localhost', '127.0.0.1'] })
    expect(await trusting.send(`http://localhost:${port}/`, {}, '{}')).toMatchObject({ status: 200 })
    await trusting.close()
    await receiver.close()
  })
})

test('increases the retry delay exponentially, up to a quarter of an hour', () => {
  expect([1, 2, 3, 4, 8, 9, 100].map((failures) => retryDelay(failures) / 1000)).toEqual([5, 10, 20, 40, 640, 900, 900])
  expect(retryDelay(1, 120)).toBe(120_000)
  expect(retryDelay(1, 1_000_000)).toBe(900_000)
})

import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.js'
import { waitAfter } from '../../src/events/delivery.rules.js'
import { refusedTarget } from '../../src/events/event-target.js'
import { createEventSender } from '../../src/events/send-event.js'
import { Receiver } from '../support/receiver.js'

describe('in production', () => {
  const production = { ...parseConfig({}), production: true, eventPrivateHosts: ['panel.internal', '10.0.0.5'] }

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
  ])('%s is no address for events', async (url) => {
    expect(await refusedTarget(production, url)).toBeDefined()
  })

  test.each(['https://8.8.8.8/', 'https://[2606:4700:4700::1111]/', 'http://panel.internal/', 'http://10.0.0.5:8080/events'])(
    '%s is one',
    async (url) => {
      expect(await refusedTarget(production, url)).toBeUndefined()
    },
  )

  test('what a name means is looked at when it is connected to, not only when it was stored', async () => {
    const receiver = await Receiver.start()
    const sender = await createEventSender(production)
    const { port } = new URL(receiver.url)
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      expect(await sender.send(`http://${host}:${port}/`, {}, '{}')).toMatchObject({
        status: null,
        response: 'the host is one of a private network',
      })
    }
    expect(receiver.received).toEqual([])
    await sender.close()
    const trusting = await createEventSender({ ...production, eventPrivateHosts: ['localhost', '127.0.0.1'] })
    expect(await trusting.send(`http://localhost:${port}/`, {}, '{}')).toMatchObject({ status: 200 })
    await trusting.close()
    await receiver.close()
  })
})

test('attempts come later each time, and never later than after a quarter of an hour', () => {
  expect([1, 2, 3, 4, 8, 9, 100].map((failures) => waitAfter(failures) / 1000)).toEqual([5, 10, 20, 40, 640, 900, 900])
  expect(waitAfter(1, 120)).toBe(120_000)
  expect(waitAfter(1, 1_000_000)).toBe(900_000)
})

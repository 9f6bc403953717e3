import { afterEach, beforeEach, expect, test } from 'vitest'
import { deliver, event, type FakeLemonSqueezy, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import type { TestServer } from '../../support/server.js'
import { stableText, TestSmtpServer } from '../../support/smtp-server.js'

// Mails about what only a payment provider reports.

const START = '2026-05-01T10:00:00.000Z'
let smtp: TestSmtpServer
let api: FakeLemonSqueezy
let server: TestServer

beforeEach(async () => {
  smtp = await new TestSmtpServer().start()
  ;({ api, server } = await startWithLemonSqueezy(START, {
    MAIL_URL: smtp.url,
    MAIL_FROM: 'billing@example.com',
    COMPANY_NAME: 'Example Hosting',
  }))
})
afterEach(async () => {
  await server.close()
  await api.close()
  await smtp.stop()
})

async function report(name: string, changes: Record<string, unknown> = {}): Promise<void> {
  await deliver(server.url, event(name, subscription(1, START, changes), { user_id: '10' }))
  await server.settle()
}

async function advanceTo(time: string): Promise<void> {
  server.clock.set(time)
  await server.tick()
  await server.settle()
}

const textsOf = () => smtp.received.splice(0).map(({ subject, text }) => `${subject}\n${stableText(text).split('\n-- ')[0]}`)

test('a failed payment states until when the plan remains active', async () => {
  await report('subscription_created')
  server.clock.set('2026-06-01T10:00:00.000Z')
  await report('subscription_updated', { status: 'past_due', updated_at: wireTime('2026-06-01T10:00:00.000Z') })
  const [failed, ...others] = textsOf()
  expect(others).toEqual([])
  await expect(failed).toMatchFileSnapshot('../../golden/mail/payment-failed.txt')
  await advanceTo('2026-06-08T10:00:00.000Z')
  expect(textsOf()).toEqual([expect.stringMatching(/^Your plan Pro is suspended/)])
})

test('a change of plan at the provider is confirmed', async () => {
  await report('subscription_created')
  await report('subscription_updated', { variant_id: 1002, product_name: 'Starter', updated_at: wireTime('2026-05-02T10:00:00.000Z') })
  expect(await server.services.db.subscription.findMany({ select: { planName: true } })).toEqual([{ planName: 'Starter' }])
  expect(textsOf()).toEqual([expect.stringMatching(/^Your plan is now Starter\n.*Your plan has changed from Pro to Starter\./s)])
})

test('a cancellation at the provider is confirmed with the time of the provider, once', async () => {
  await report('subscription_created')
  server.clock.set('2026-05-03T12:00:00.000Z')
  const cancelled = { status: 'cancelled', cancelled: true, ends_at: wireTime('2026-06-01T10:00:00.000Z') }
  await report('subscription_updated', { ...cancelled, updated_at: wireTime('2026-05-03T09:05:00.000Z') })
  await report('subscription_cancelled', { ...cancelled, updated_at: wireTime('2026-05-03T09:06:00.000Z') })
  const [mail, ...others] = textsOf()
  expect(others).toEqual([])
  expect(mail).toMatch(/^Your cancellation of Pro\n/)
  expect(mail).toContain('Received on: May 3, 2026 at 9:05 AM UTC')
  expect(mail).toContain('Ends on: June 1, 2026 at 10:00 AM UTC')
  await report('subscription_updated', { updated_at: wireTime('2026-05-04T09:00:00.000Z') })
  expect(textsOf()).toEqual([])
})

test('a subscription that was cancelled before it is known is not confirmed', async () => {
  const cancelled = { status: 'cancelled', cancelled: true, ends_at: wireTime('2026-06-01T10:00:00.000Z') }
  await report('subscription_created', cancelled)
  expect(textsOf()).toEqual([])
})

const TRIAL = { status: 'on_trial', trial_ends_at: wireTime('2026-05-15T10:00:00Z'), renews_at: wireTime('2026-05-15T10:00:00Z') }

test('a trial that ends in three days has one mail', async () => {
  await report('subscription_created', TRIAL)
  await advanceTo('2026-05-12T09:59:59.999Z')
  expect(textsOf()).toEqual([])
  await advanceTo('2026-05-12T10:00:00.000Z')
  const [ending, ...others] = textsOf()
  expect(others).toEqual([])
  await expect(ending).toMatchFileSnapshot('../../golden/mail/trial-ending.txt')
  await Promise.all([server.tick(), server.tick()])
  await advanceTo('2026-05-14T10:00:00.000Z')
  expect(textsOf()).toEqual([])
})

test('a trial that was cancelled or that has ended has none', async () => {
  await report('subscription_created', { ...TRIAL, cancelled: true, status: 'cancelled', ends_at: wireTime('2026-05-15T10:00:00Z') })
  await advanceTo('2026-05-13T10:00:00.000Z')
  expect(textsOf()).toEqual([])
})

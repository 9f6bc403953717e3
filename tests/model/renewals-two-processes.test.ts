import { expect, test } from 'vitest'
import { periodNumber } from '../../src/core/period.js'
import { Random } from '../support/random.js'
import { BillingModel } from './billing-model.js'
import { type Command, execute } from './commands.js'
import { describeFailure } from './real/describe-failure.js'
import { takeWalks } from './real/take-walks.js'
import { TwoProcesses } from './real/two-processes.js'
import { REAL_SETTINGS, START } from './real/walked-server.js'
import { DEFAULT_SETTINGS } from './settings.js'

// The examples of "Renewal by invoice" to the second, on two processes, which are killed in the middle of commands and jobs.

const DAY_MS = 86_400_000
const BUY: readonly Command[] = [
  { type: 'placeOrder', plan: 'pro' },
  { type: 'applyPlan', order: 1 },
]

const advanceTo = (at: Date): Command => ({ type: 'advanceTo', at })
const endOf = (period: number) => periodNumber(START, 'MONTH', period).end
/** Days after, or before, the end of a period. */
const around = (period: number, days: number) => new Date(endOf(period).getTime() + days * DAY_MS)
const pay = (invoice: number): Command => ({
  type: 'recordPayment',
  invoice,
  amount: 1500n,
  kind: 'BANK_TRANSFER',
  reference: `transfer for ${invoice}`,
})

/** Fourteen periods, each renewal paid the day before it begins. */
const PAID = [
  ...BUY,
  ...Array.from({ length: 13 }, (_, index) => index + 1).flatMap((period) => [
    advanceTo(around(period, -7)),
    advanceTo(around(period, -1)),
    pay(period + 1),
    advanceTo(endOf(period)),
  ]),
]
/** Past due, suspended, and paid on the 15th day. */
const LATE = [...BUY, advanceTo(around(1, -7)), advanceTo(endOf(1)), advanceTo(around(1, 3)), advanceTo(around(1, 15)), pay(2)]
const UNPAID = [...BUY, advanceTo(around(1, -7)), advanceTo(endOf(1)), advanceTo(around(1, 3)), advanceTo(around(1, 30))]

function modelAfter(commands: readonly Command[]) {
  const model = new BillingModel(START, { ...DEFAULT_SETTINGS, ...REAL_SETTINGS })
  for (const command of commands) execute(model, command)
  return model.snapshot()
}

test('renewals are issued, paid, suspended and terminated once each', { timeout: 1_800_000 }, async () => {
  const { orders, invoices } = modelAfter(PAID)
  expect([orders.length, invoices.length, invoices.every(({ status }) => status === 'PAID')]).toEqual([14, 14, true])
  expect(modelAfter(LATE).subscriptions).toMatchObject([{ status: 'ACTIVE' }])
  expect(modelAfter(UNPAID).subscriptions).toMatchObject([{ status: 'EXPIRED' }])

  const walks = [PAID, LATE, UNPAID].map((commands) => commands.map((command) => ({ command })))
  let server: TwoProcesses | undefined
  const failures = await takeWalks(walks, REAL_SETTINGS, async (settings) => {
    server = await TwoProcesses.start(settings, new Random(1), { killEvery: 6, killJobsEvery: 5 })
    return server
  })
  expect(failures.map(describeFailure)).toEqual([])
  expect(server?.kills).toBeGreaterThanOrEqual(8)
})

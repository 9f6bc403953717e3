import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BillingModel } from './billing-model.js'
import { type Command, execute } from './commands.js'
import { differences } from './real/compare.js'
import { startInProcess } from './real/in-process.js'
import { RealSystem } from './real/real-system.js'
import { createPlans, createUser, REAL_SETTINGS, START } from './real/walked-server.js'
import { World } from './real/world.js'
import { DEFAULT_SETTINGS } from './settings.js'

// The job of every minute may be late: by seconds, or by hours after an outage. A command that comes first must have the
// outcome that it has after the job. Pro 1500 is bought on 2026-01-31; its first renewal is due on 02-28.

const SETTINGS = { ...DEFAULT_SETTINGS, ...REAL_SETTINGS }
const at = (time: string) => new Date(`${time}:00.000Z`)

const advanceTo = (time: string): Command => ({ type: 'advanceTo', at: at(time) })
const pay = (invoice: number, amount: bigint): Command => ({
  type: 'recordPayment',
  invoice,
  amount,
  kind: 'BANK_TRANSFER',
  reference: `transfer for ${invoice}`,
})

const BUY: readonly Command[] = [
  { type: 'placeOrder', plan: 'pro' },
  { type: 'applyPlan', order: 1 },
]
const PAID: readonly Command[] = [...BUY, advanceTo('2026-02-25T10:00'), pay(2, 1500n)]
const SCHEDULED: readonly Command[] = [...BUY, { type: 'changePlan', plan: 'starter', when: 'PERIOD_END' }]

/** What has happened, and the time to which the clock moves without a job. */
const SITUATIONS: readonly [string, readonly Command[], string][] = [
  ['a renewal is to be issued', BUY, '2026-02-21T10:00'],
  ['a paid period begins', PAID, '2026-02-28T10:00'],
  ['a paid period has begun two days ago', PAID, '2026-03-02T12:00'],
  ['a scheduled plan that is paid begins', [...SCHEDULED, advanceTo('2026-02-25T10:00'), pay(2, 500n)], '2026-02-28T10:00'],
  ['a scheduled plan that is not paid begins', [...SCHEDULED, advanceTo('2026-02-25T10:00')], '2026-02-28T10:00'],
  ['an unpaid renewal becomes overdue', [...BUY, advanceTo('2026-02-25T10:00')], '2026-02-28T10:00'],
  ['the grace period ends', [...BUY, advanceTo('2026-03-01T10:00')], '2026-03-03T10:00'],
  ['an unpaid plan is terminated', [...BUY, advanceTo('2026-03-10T10:00')], '2026-03-30T10:00'],
  ['a cancelled plan ends', [...BUY, { type: 'cancelSubscription' }], '2026-02-28T10:00'],
  ['a month of outage', PAID, '2026-04-05T10:00'],
]

const COMMANDS: readonly Command[] = [
  { type: 'placeOrder', plan: 'starter' },
  { type: 'cancelOrder', order: 1 },
  { type: 'cancelOrder', order: 2 },
  { type: 'applyPlan', order: 2 },
  { type: 'applyPlan', plan: 'enterprise' },
  { type: 'cancelPlan', creditUnused: true },
  { type: 'cancelPlan', creditUnused: false },
  { type: 'changePlan', plan: 'enterprise' },
  { type: 'changePlan', plan: 'starter' },
  { type: 'changePlan', plan: 'pro-yearly', when: 'NOW' },
  { type: 'revokeChange' },
  { type: 'cancelSubscription' },
  { type: 'resumeSubscription' },
  pay(1, 100n),
  { type: 'recordPayment', invoice: 2, amount: 1600n, kind: 'CASH', reference: 'too much' },
  { type: 'recordPayment', order: 2, amount: 700n, kind: 'CASH', reference: 'a part' },
  { type: 'reversePayment', payment: 1 },
  { type: 'reversePayment', payment: 2 },
  { type: 'grantCredit', amount: 2000n, expiresAt: null, reason: 'An apology' },
  { type: 'payOutBalance', amount: 100n },
  { type: 'requestRefund', order: 1, to: 'BALANCE', admin: false },
  { type: 'requestRefund', order: 2, to: 'ORIGINAL', admin: true, amount: 300n, endPlan: true },
  { type: 'requestRefund', order: 2, to: 'BALANCE', admin: true, amount: 300n, endPlan: false },
  { type: 'creditInvoice', invoice: 2, amount: 300n },
  { type: 'voidInvoice', invoice: 2 },
  { type: 'extendDueDate', invoice: 2, at: at('2026-05-20T10:00') },
  { type: 'setCollection', collection: 'NONE' },
  { type: 'suspend', reason: 'ADMIN' },
  { type: 'topUp', amount: 900n },
]

/** The commands whose rows exist in a situation. */
function commandsFor(history: readonly Command[]): readonly Command[] {
  const model = new BillingModel(START, SETTINGS)
  for (const step of history) execute(model, step)
  const { orders, invoices, payments } = model.snapshot()
  const exists = (position: unknown, rows: readonly unknown[]) => typeof position !== 'number' || position <= rows.length
  return COMMANDS.filter((command) => {
    const { order, invoice, payment } = command as { order?: unknown; invoice?: unknown; payment?: unknown }
    return exists(order, orders) && exists(invoice, invoices) && exists(payment, payments)
  })
}

const nameOf = (command: Command) =>
  Object.values(command)
    .map((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)))
    .join(' ')

describe.each(SITUATIONS)(
  'a command that comes before the job, when %s, has the outcome that it has after the job',
  (_name, history, time) => {
    const commands = commandsFor(history)
    let found: Map<string, readonly string[]>
    let close = () => Promise.resolve()

    beforeAll(async () => {
      const server = await startInProcess(SETTINGS)
      close = () => server.close()
      const plans = await createPlans(server, SETTINGS)
      const world = new World(server, SETTINGS)
      const customers = commands.map((command, index) => ({ command, user: 100 + index, model: new BillingModel(START, SETTINGS) }))
      for (const { user } of customers) {
        world.join(String(user))
        await createUser(server, user)
      }
      const systems = customers.map(({ user }) => new RealSystem(world, user, plans))
      await Promise.all(
        customers.map(async ({ model }, index) => {
          for (const step of history) {
            execute(model, step)
            await systems[index]?.execute(step)
            await systems[index]?.read()
          }
        }),
      )
      server.moveClock(at(time))
      const outcomes = await Promise.all(
        customers.map(async ({ command, model }, index) => {
          model.advanceTo(at(time))
          return { result: execute(model, command), realResult: await systems[index]?.execute(command) }
        }),
      )
      await world.tick()
      const all = customers.map(async ({ command, model }, index): Promise<[string, readonly string[]]> => {
        const { result, realResult } = outcomes[index] ?? {}
        const data = await systems[index]?.read()
        if (!result || !realResult || !data) throw new Error('the walk has no outcome')
        return [nameOf(command), differences({ result, snapshot: model.snapshot() }, { result: realResult, data })]
      })
      found = new Map(await Promise.all(all))
    }, 300_000)
    afterAll(() => close())

    test.each(commands.map((command) => [nameOf(command)]))('%s', (name) => {
      expect(found.get(name)).toEqual([])
    })
  },
)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sum } from './amounts.js'
import { BillingModel, type Result } from './billing-model.js'
import type { ChangePreview } from './change.js'
import { type Command, execute } from './commands.js'
import { holds } from './laws.js'
import { ACCOUNTS } from './ledger.js'
import { resolveStep } from './resolve-step.js'
import type { Settings } from './settings.js'
import type { Snapshot } from './snapshot.js'
import { type Step, walkArbitrary } from './walk.js'

const WALKS = Number(process.env.MODEL_WALKS ?? 300)
const SEED = Number(process.env.MODEL_SEED ?? 20_261_126)
const STEPS = 60
const START = new Date('2026-01-31T10:00:00.000Z')

function checkInvariants(model: BillingModel, before: Snapshot, after: Snapshot, isDunned: boolean): void {
  const { first, second } = model.laws()
  expect(holds(first), `law 1: ${first.left} = ${first.right}`).toBe(true)
  expect(holds(second), `law 2: ${second.left} = ${second.right} within ${second.tolerance}`).toBe(true)
  const { balance, ledger, invoices } = after
  for (const amount of Object.values(balance)) expect(amount).toBeGreaterThanOrEqual(0n)
  for (const { due, paid, credited, total } of invoices) {
    expect(due).toBeGreaterThanOrEqual(0n)
    expect(total - credited - paid).toBe(due)
  }
  expect(ledger.receivable).toBe(sum(invoices.map(({ due }) => due)))
  expect(-ledger.balance).toBe(sum(Object.values(balance)))
  for (const { amounts } of model.postings()) expect(sum(ACCOUNTS.map((account) => amounts[account]))).toBe(0n)
  checkBilledTime(model)
  checkGrants(after)
  checkMoney(after)
  checkStatuses(before, after, isDunned)
}

function checkMoney({ payments, refunds, invoices, balance }: Snapshot): void {
  for (const { id, amount, held, allocations, reversedAt } of payments) {
    const parts = refunds.flatMap((refund) => refund.parts).filter((part) => part.payment === id && part.destination === 'ORIGINAL')
    const used = sum([held, ...allocations.map((allocation) => allocation.amount), ...parts.map((part) => part.amount)])
    expect(used <= (reversedAt ? 0n : amount)).toBe(true)
  }
  // Whatever is on the balance has settled what is owed.
  if (invoices.some(({ due }) => due > 0n)) expect(balance.free + balance.granted).toBe(0n)
}

function checkStatuses(before: Snapshot, { subscriptions, orders, invoices, now }: Snapshot, isDunned: boolean): void {
  const live = subscriptions.filter(({ status }) => status !== 'EXPIRED')
  expect(live.length).toBeLessThanOrEqual(1)
  expect(orders.filter(({ status }) => status === 'ACTIVE').length).toBeLessThanOrEqual(1)
  for (const { id, status, collection, period } of live) {
    if (status !== 'PAST_DUE' && status !== 'UNPAID') expect(now < period.end).toBe(true)
    const overdue = invoices.some((invoice) => invoice.subscription === id && invoice.due > 0n && invoice.dueAt <= now)
    if (status === 'ACTIVE' && isDunned && collection !== 'PROVIDER') expect(overdue).toBe(false)
  }
  expect(orders.filter(({ kind, status }) => kind === 'PLAN_CHANGE' && status === 'PENDING').length).toBeLessThanOrEqual(1)
  for (const { id, status } of before.subscriptions) if (status === 'EXPIRED') expect(subscriptions[id - 1]?.status).toBe('EXPIRED')
}

/** Only a reversed payment takes an invoice from settled to OPEN. */
function checkReopened(command: Command, before: Snapshot, after: Snapshot): void {
  if (command.type === 'reversePayment') return
  for (const { id, status } of before.invoices) if (status !== 'OPEN') expect(after.invoices[id - 1]?.status).not.toBe('OPEN')
}

/** Granted credit is spent only before it expires. */
function checkGrants({ payments, grants }: Snapshot): void {
  for (const { grant, receivedAt } of payments) {
    const expiresAt = grant === null ? null : grants[grant - 1]?.expiresAt
    if (expiresAt) expect(receivedAt < expiresAt).toBe(true)
  }
}

/** No moment is billed twice, whatever replaced what. */
function checkBilledTime(model: BillingModel): void {
  const spans = model.billedTime().filter(({ from, until }) => from < until)
  spans.sort((a, b) => a.from.getTime() - b.from.getTime())
  for (const [index, { from }] of spans.entries()) {
    const previous = spans[index - 1]
    if (previous) expect(from >= previous.until, `billed twice from ${from.toISOString()}`).toBe(true)
  }
}

/** The preview and the change are the same calculation at the same instant. */
function checkPreview(preview: Result<ChangePreview>, result: Result, before: Snapshot, after: Snapshot): void {
  if ('error' in result) {
    if (result.error !== 'PAYMENT_FAILED') expect(preview).toEqual(result)
    return
  }
  if ('error' in preview) throw new Error(`the preview was refused: ${preview.error}`)
  const order = after.orders[before.orders.length]
  if (preview.when === 'PERIOD_END' || order?.status !== 'ACTIVE') return
  const invoice = after.invoices.find((candidate) => candidate.order === order.id)
  const payments = after.payments.filter((payment) => payment.order === order.id)
  const paidBy = (isBalance: boolean) => sum(payments.filter(({ kind }) => (kind === 'BALANCE') === isBalance).map(({ amount }) => amount))
  expect(invoice?.total ?? 0n).toBe(preview.charge)
  expect([paidBy(true), paidBy(false)]).toEqual([preview.fromBalance, preview.toPay])
  const previousOrder = before.subscriptions.at(-1)?.order
  const notes = after.creditNotes.slice(before.creditNotes.length)
  const credited = notes.filter((note) => after.invoices[note.invoice - 1]?.order === previousOrder)
  expect(sum(credited.map(({ amount }) => amount))).toBe(preview.credit)
}

function takeWalk(steps: readonly Step[], settings: Partial<Settings>): void {
  const model = new BillingModel(START, settings)
  let before = model.snapshot()
  for (const [index, step] of steps.entries()) {
    const command = resolveStep(step, before, index)
    if (!command) continue
    const preview = command.type === 'changePlan' ? model.previewChange(command.plan, command.when) : undefined
    const result = execute(model, command)
    const after = model.snapshot()
    if ('error' in result) expect(after).toEqual(before)
    else checkInvariants(model, before, after, settings.renewalsByInvoice !== false)
    checkReopened(command, before, after)
    if (preview) checkPreview(preview, result, before, after)
    before = after
  }
}

describe('both laws and the invariants hold after every step of a random walk', () => {
  const variants: [string, Partial<Settings>][] = [
    ['with renewals by invoice', {}],
    ['without renewals by invoice', { renewalsByInvoice: false }],
    ['with tax in the prices', { taxBasisPoints: 2000 }],
    ['with tax on top of the prices', { taxBasisPoints: 1900, pricesIncludeTax: false }],
  ]
  test.each(variants)('%s', (_name, settings) => {
    const property = fc.property(walkArbitrary(STEPS), (steps) => takeWalk(steps, settings))
    fc.assert(property, { numRuns: Math.ceil(WALKS / variants.length), seed: SEED })
  })
})

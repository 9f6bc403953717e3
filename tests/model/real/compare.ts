import type { Result } from '../billing-model.js'
import type { ChangePreview } from '../change.js'
import type { RefusalCode } from '../refusal.js'
import type { Snapshot } from '../snapshot.js'
import type { RealData } from './real-snapshot.js'
import type { RealPreview, RealResult } from './real-system.js'

// Both systems in one form that can be compared: what a customer or an administrator can see.

type Comparable = Readonly<Record<string, readonly string[]>>

const time = (at: string) => new Date(at).toISOString().slice(0, 19)

export function comparableModel(snapshot: Snapshot): Comparable {
  const { subscriptions, orders, invoices, creditNotes, payments, grants, refunds, payouts, balance, ledger, mrr } = snapshot
  return {
    subscriptions: subscriptions.map(({ plan, status, collection, order, period, boughtAt, pendingPlan, suspendedReason }) =>
      [
        plan,
        status,
        `suspended ${suspendedReason}`,
        collection,
        `order ${order}`,
        `bought ${time(boughtAt)}`,
        ...(status === 'EXPIRED' ? [] : [time(period.start), time(period.end), `pending ${pendingPlan}`]),
      ].join(' '),
    ),
    orders: orders.map(({ kind, status, plan, amount, fullAmount, subscription }) =>
      [kind, status, plan, amount, `of ${fullAmount}`, `subscription ${subscription}`].join(' '),
    ),
    invoices: invoices.map(({ order, status, total, tax, credited, paid, due, dueAt }) =>
      [
        `order ${order}`,
        status,
        total,
        `tax ${tax}`,
        `credited ${credited}`,
        `paid ${paid}`,
        `due ${due}`,
        ...(due > 0n ? [time(dueAt)] : []),
      ].join(' '),
    ),
    creditNotes: creditNotes.map(({ invoice, amount, tax }) => `invoice ${invoice} ${amount} tax ${tax}`),
    payments: payments.map(({ kind, amount, held, grant, reversedAt, allocations }) =>
      [kind, amount, `held ${held}`, `grant ${grant}`, ...(reversedAt ? ['reversed'] : []), ...pays(allocations)].join(' '),
    ),
    grants: grants.map(({ amount, remaining }) => `${amount} left ${remaining}`),
    refunds: refunds.map(({ order, amount, parts }) => [`order ${order} ${amount}`, ...parts.map(describePart)].join('; ')),
    payouts: payouts.map(({ amount }) => String(amount)),
    balance: [`free ${balance.free} held ${balance.held} granted ${balance.granted}`],
    ledger: [JSON.stringify(ledger, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))],
    mrr: [String(mrr)],
  }
}

export function comparableReal(data: RealData): Comparable {
  const { account } = data
  const [receivable, balance, cash, revenue, tax] = (['receivable', 'balance', 'cash', 'revenue', 'tax'] as const).map(
    (name) => account?.[name] ?? 0,
  )
  const [held, granted] = [account?.held ?? 0, account?.granted ?? 0]
  const rows = <T>(list: readonly T[] | null, describe: (row: T) => string) => (list ?? []).map(describe)
  return {
    subscriptions: rows(
      data.subscriptions,
      ({ plan, status, collection, order, periodStart, periodEnd, boughtAt, pendingPlan, suspendedBy }) =>
        [
          plan,
          status,
          `suspended ${suspendedBy ?? (status === 'UNPAID' ? 'OVERDUE' : null)}`,
          collection,
          `order ${order}`,
          `bought ${time(boughtAt)}`,
          ...(status === 'EXPIRED' ? [] : [time(periodStart), time(periodEnd), `pending ${pendingPlan}`]),
        ].join(' '),
    ),
    orders: rows(data.orders, ({ kind, status, plan, amount, fullAmount, subscription }) =>
      [kind, status, plan, amount, `of ${fullAmount}`, `subscription ${subscription}`].join(' '),
    ),
    invoices: rows(data.invoices, ({ order, status, total, tax, credited, paid, due, dueAt }) =>
      [
        `order ${order}`,
        status,
        total,
        `tax ${tax}`,
        `credited ${credited}`,
        `paid ${paid}`,
        `due ${due}`,
        ...(due > 0 ? [time(dueAt)] : []),
      ].join(' '),
    ),
    creditNotes: rows(data.creditNotes, ({ invoice, amount, tax }) => `invoice ${invoice} ${amount} tax ${tax}`),
    payments: rows(data.payments, ({ kind, amount, held, grant, isReversed, allocations }) =>
      [kind, amount, `held ${held}`, `grant ${grant}`, ...(isReversed ? ['reversed'] : []), ...pays(allocations ?? [])].join(' '),
    ),
    grants: rows(data.grants, ({ amount, remaining }) => `${amount} left ${remaining}`),
    refunds: rows(data.refunds, ({ order, amount, parts }) => [`order ${order} ${amount}`, ...rows(parts, describePart)].join('; ')),
    payouts: rows(data.payouts, String),
    balance: [`free ${-(balance ?? 0) - held - granted} held ${held} granted ${granted}`],
    ledger: [JSON.stringify({ receivable, balance, cash, revenue, tax })],
    mrr: [String(data.mrr ?? 0)],
  }
}

function pays(allocations: readonly { invoice: number; amount: bigint | number }[]): string[] {
  const paid = new Map<number, bigint>()
  for (const { invoice, amount } of allocations) paid.set(invoice, (paid.get(invoice) ?? 0n) + BigInt(amount))
  return [...paid].sort(([a], [b]) => a - b).map(([invoice, amount]) => `pays ${amount} of invoice ${invoice}`)
}

interface Part {
  readonly payment: number | null
  readonly amount: bigint | number
  readonly destination: string
  readonly status: string
}

function describePart({ payment, amount, destination, status }: Part): string {
  return `${amount} of payment ${payment} to ${destination} ${status}`
}

/** The code of the API for each code of the model. */
const API_CODES: Partial<Record<RefusalCode, string>> = {
  SUBSCRIPTION_NOT_FOUND: 'INVALID_TRANSITION',
  DUPLICATE_REFERENCE: 'BAD_USER_INPUT',
  INSUFFICIENT_BALANCE: 'BAD_USER_INPUT',
  REFUND_NOT_FOUND: 'BAD_USER_INPUT',
}

/** What differs between two previews of the same change. */
export function differentPreviews(model: Result<ChangePreview>, real: RealPreview | { readonly error: string }): string[] {
  const [left, right] = [
    'error' in model ? codeOf(model.error) : describePreview(model),
    'error' in real ? real.error : describePreview(real),
  ]
  return left === right ? [] : [`preview:\n  model ${left}\n  real  ${right}`]
}

function describePreview({ when, credit, charge, fromBalance, toPay, toBalance }: ChangePreview | RealPreview): string {
  return `${when}: ${-BigInt(credit)} + ${charge}, ${fromBalance} from the balance, ${toPay} to pay, ${toBalance} to the balance`
}

/** Commands of administrators name a subscription; those of customers do not. */
function codeOf(code: string): string {
  return API_CODES[code as RefusalCode] ?? code
}

/** What differs between the results and the states; empty if nothing does. */
export function differences(model: { result: Result; snapshot: Snapshot }, real: { result: RealResult; data: RealData }): string[] {
  const expected = 'error' in model.result ? codeOf(model.result.error) : 'ok'
  const actual = 'error' in real.result ? codeOf(real.result.error) : 'ok'
  const message = 'error' in real.result && real.result.message ? ` (${real.result.message})` : ''
  const found = expected === actual ? [] : [`result: model ${expected}, real ${actual}${message}`]
  const [left, right] = [comparableModel(model.snapshot), comparableReal(real.data)]
  for (const [name, rows] of Object.entries(left)) {
    const others = right[name] ?? []
    for (let index = 0; index < Math.max(rows.length, others.length); index += 1) {
      if (rows[index] !== others[index]) found.push(`${name} ${index + 1}:\n  model ${rows[index]}\n  real  ${others[index]}`)
    }
  }
  return found
}

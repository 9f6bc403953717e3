import { BillingModel, type Result } from './billing-model.js'
import type { Settings } from './settings.js'

/** "05-16", "05-16T12:00" or a whole ISO time, in 2026 unless it names the year; UTC. */
export function at(text: string): Date {
  const withYear = /^\d{4}-/.test(text) ? text : `2026-${text}`
  const withTime = withYear.includes('T') ? withYear : `${withYear}T00:00`
  return new Date(withTime.endsWith('Z') ? withTime : `${withTime}Z`)
}

/** The result of a command that must succeed. */
export function ok<T extends object>(result: Result<T>): { readonly ok: true } & T {
  if ('error' in result) throw new Error(`the command was refused: ${result.error}`)
  return result
}

/** A customer without a plan. */
export function newCustomer(start: string, settings: Partial<Settings> = {}): BillingModel {
  return new BillingModel(at(start), settings)
}

/** A customer that bought a plan with a card. */
export function buyer(plan: string, start: string, settings: Partial<Settings> = {}): BillingModel {
  const model = newCustomer(start, settings)
  ok(model.buy(plan))
  return model
}

/** A customer whose order an administrator approved; renewals are collected by invoice. */
export function approved(plan: string, start: string, settings: Partial<Settings> = {}): BillingModel {
  const model = newCustomer(start, settings)
  const { order } = ok(model.placeOrder(plan))
  ok(model.applyPlan({ order }))
  return model
}

export function subscriptionOf(model: BillingModel) {
  const subscription = model.snapshot().subscriptions.at(-1)
  if (!subscription) throw new Error('the customer has never had a subscription')
  return subscription
}

/** Status, total and what has been credited of each invoice. */
export function invoicesOf(model: BillingModel) {
  return model.snapshot().invoices.map(({ status, total, credited }) => [status, total, credited])
}

/** Invoice and amount of each credit note. */
export function creditNotesOf(model: BillingModel) {
  return model.snapshot().creditNotes.map(({ invoice, amount }) => [invoice, amount])
}

import { BAD_USER_INPUT, type DomainError, type ErrorDefinition, INVALID_TRANSITION } from '../../../core/errors.js'
import type { MoneyAmount } from '../../../core/money.js'
import { IDEMPOTENCY_CONFLICT } from '../../../platform/postgres/idempotency.js'
import { PLAN_NOT_FOUND } from '../../catalog/index.js'
import { ORGANISATION_NOT_FOUND } from '../../identity/index.js'
import { CURRENCY_MISMATCH, type PlanChangePreview } from '../../subscriptions/index.js'
import { PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE } from '../payment.errors.js'

/** What the customer has seen before confirming. */
export interface ShownAmount {
  readonly when: string
  /** Minor units. */
  readonly due: bigint
}

/** Whether the customer would pay more than was shown, or at another time. */
export function exceedsShown({ when, dueNow }: PlanChangePreview, shown: ShownAmount): boolean {
  return when !== shown.when || dueNow.minorUnits > shown.due
}

export interface PageFormat {
  money(amount: MoneyAmount): string
  date(at: Date): string
}

export interface PreviewRow {
  readonly label: string
  readonly value: string
  readonly isDue?: boolean
}

/** The lines of the page, without those that are zero. */
export function previewRows(preview: PlanChangePreview, names: { from: string; to: string }, format: PageFormat): PreviewRow[] {
  const { when, effectiveAt, credit, charge, fromBalance, dueNow, creditLeft, nextRenewal, nextRenewalAt, isEstimate } = preview
  const { money, date } = format
  const amount = (label: string, value: MoneyAmount) => (value.minorUnits === 0n ? [] : [{ label, value: money(value) }])
  return [
    { label: 'Current plan', value: names.from },
    { label: 'New plan', value: names.to },
    { label: 'Takes effect', value: when === 'NOW' ? 'Now' : date(effectiveAt) },
    ...amount(`Unused part of ${names.from}`, credit),
    ...amount(`${names.to} until ${date(nextRenewalAt)}`, charge),
    ...amount('From your balance', { ...fromBalance, minorUnits: -fromBalance.minorUnits }),
    { label: 'Due now', value: money(dueNow), isDue: true },
    ...amount(isEstimate ? 'Credit that is left' : 'Goes to your balance', creditLeft),
    { label: `Renewal on ${date(nextRenewalAt)}`, value: money(nextRenewal) },
  ]
}

/** The errors that the page shows. */
const SHOWN_ERRORS: readonly ErrorDefinition[] = [
  BAD_USER_INPUT,
  CURRENCY_MISMATCH,
  IDEMPOTENCY_CONFLICT,
  INVALID_TRANSITION,
  ORGANISATION_NOT_FOUND,
  PAYMENT_IN_PROGRESS,
  PAYMENT_PROVIDER_UNAVAILABLE,
  PLAN_NOT_FOUND,
]

/** @returns the HTTP status and the sentence for the customer; null for an error that is none of theirs */
export function explainError(error: DomainError): { status: number; sentence: string } | null {
  const definition = SHOWN_ERRORS.find(({ code }) => code === error.code)
  if (!definition) return null
  const reason = error.message.replace(/^[\w.]+: /, '')
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
  return { status: definition.status, sentence: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` }
}

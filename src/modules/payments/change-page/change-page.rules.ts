import type { MoneyAmount } from '../../../core/money.js'
import type { PlanChangePreview } from '../../subscriptions/index.js'

/** The time and the amount that the customer saw before confirming. */
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
    ...amount(isEstimate ? 'Remaining credit' : 'Goes to your balance', creditLeft),
    { label: `Renewal on ${date(nextRenewalAt)}`, value: money(nextRenewal) },
  ]
}

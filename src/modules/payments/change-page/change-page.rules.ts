import type { MoneyAmount } from '../../../core/money.js'
import type { PlanChangePreview } from '../../subscriptions/index.js'
import type { CustomerPageMessages } from '../i18n/messages.js'

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

interface PreviewNames {
  from: string
  to: string
}

/** The lines of the page, without those that are zero. */
export function previewRows(
  preview: PlanChangePreview,
  names: PreviewNames,
  { money, date }: PageFormat,
  { change, fromBalance: fromBalanceLabel, renewalOn }: CustomerPageMessages,
): PreviewRow[] {
  const { when, effectiveAt, credit, charge, fromBalance, dueNow, creditLeft, nextRenewal, nextRenewalAt, isEstimate } = preview
  const amount = (label: string, value: MoneyAmount) => (value.minorUnits === 0n ? [] : [{ label, value: money(value) }])
  return [
    { label: change.currentPlan, value: names.from },
    { label: change.newPlan, value: names.to },
    { label: change.takesEffect, value: when === 'NOW' ? change.now : date(effectiveAt) },
    ...amount(change.unusedPart(names.from), credit),
    ...amount(change.until(names.to, date(nextRenewalAt)), charge),
    ...amount(fromBalanceLabel, { ...fromBalance, minorUnits: -fromBalance.minorUnits }),
    { label: change.dueNow, value: money(dueNow), isDue: true },
    ...amount(isEstimate ? change.remainingCredit : change.toBalance, creditLeft),
    { label: renewalOn(date(nextRenewalAt)), value: money(nextRenewal) },
  ]
}

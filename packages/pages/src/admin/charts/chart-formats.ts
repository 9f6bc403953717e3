import { type Amount, useLocale } from '../../ui/locale'

/** The color of the seller, in a shade that is visible in light and dark: blocks.module.css. */
export const ACCENT = 'var(--chart-accent)'
export const NEUTRAL = 'var(--chart-neutral)'

export const CHART_HEIGHT = 260

/** The table below a chart is for the keyboard and screen readers. */
export const WITHOUT_FOCUS = { accessibilityLayer: false }

/** The height of a bar of a chart. Digits that a number lacks cannot be seen in it. */
export const heightOf = ({ decimal }: Amount) => Number(decimal)

/** Months and amounts as the axes and tooltips of a chart show them. */
export function useFormats(currency: string) {
  const { tag } = useLocale()
  const months = new Intl.DateTimeFormat(tag, { month: 'short', year: '2-digit', timeZone: 'UTC' })
  const compact = new Intl.NumberFormat(tag, {
    style: 'currency',
    currency: currency || 'EUR',
    notation: 'compact',
    maximumFractionDigits: 1,
  })
  return {
    month: (month: string) => months.format(new Date(`${month}-01T00:00:00Z`)),
    compact: (amount: number) => compact.format(amount),
  }
}

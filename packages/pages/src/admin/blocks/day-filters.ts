import { settings } from '../../ui/settings'
import { useTexts } from '../use-texts'
import { endOfDay, startOfDay } from './days'
import type { ListFilter } from './list-filters'
import type { ListValues } from './list-state'

/** The filters of a list by time. */
export function useDayFilters(): ListFilter[] {
  const { fields } = useTexts()
  return [
    { name: 'from', label: fields.from, kind: 'day' },
    { name: 'to', label: fields.to, kind: 'day' },
  ]
}

/** The range of the chosen days, for the API. */
export function timesOfDays({ from, to }: ListValues): { from: string | undefined; to: string | undefined } {
  return { from: startOfDay(from, settings.timeZone), to: endOfDay(to, settings.timeZone) }
}

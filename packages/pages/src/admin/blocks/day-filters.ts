import { useTexts } from '../use-texts'
import type { ListFilter } from './list-filters'

/** The filters of a list by time. */
export function useDayFilters(): ListFilter[] {
  const { fields } = useTexts()
  return [
    { name: 'from', label: fields.from, kind: 'day' },
    { name: 'to', label: fields.to, kind: 'day' },
  ]
}

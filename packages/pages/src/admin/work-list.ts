import { useTimeSorts } from './blocks/choices'
import type { ListFilter } from './blocks/list-filters'
import { useTexts } from './use-texts'

/** What the lists of pending work have in common: the oldest entry is first by default. */
export function useWorkList(label: string, prefix: string) {
  const { work } = useTexts()
  const sorts = useTimeSorts().toReversed()
  return { label, prefix: `${prefix}-`, pageSize: 10, empty: work.none, isBrief: true, sorts }
}

/** The filters by time of a list of pending work. */
export function useDayFilters(): ListFilter[] {
  const { fields } = useTexts()
  return [
    { name: 'from', label: fields.from, kind: 'day' },
    { name: 'to', label: fields.to, kind: 'day' },
  ]
}

/** Their status is the same in all rows. */
export const withoutStatus = <TColumn extends { key: string }>(columns: readonly TColumn[]) => columns.filter(({ key }) => key !== 'status')

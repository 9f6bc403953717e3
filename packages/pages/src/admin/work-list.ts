import { useTimeSorts } from './blocks/choices'
import { useTexts } from './use-texts'

/** What the lists of pending work have in common: the oldest entry is first by default. */
export function useWorkList(label: string, prefix: string) {
  const { work } = useTexts()
  const sorts = useTimeSorts().toReversed()
  return { label, prefix: `${prefix}-`, pageSize: 10, empty: work.none, isBrief: true, sorts }
}

/** Their status is the same in all rows. */
export const withoutStatus = <TColumn extends { key: string }>(columns: readonly TColumn[]) => columns.filter(({ key }) => key !== 'status')

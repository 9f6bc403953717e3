import { useTexts } from './use-texts'

export const OLDEST_FIRST = 'OLDEST_FIRST' as const

/** What the lists of pending work have in common. */
export function useWorkList(label: string, prefix: string) {
  const { work } = useTexts()
  return { label, prefix: `${prefix}-`, pageSize: 10, empty: work.none }
}

/** Their status is the same in all rows. */
export const withoutStatus = <TColumn extends { key: string }>(columns: readonly TColumn[]) => columns.filter(({ key }) => key !== 'status')

import type { EnumTexts } from '../texts'
import { useTexts } from '../use-texts'
import type { Choice } from './list-filters'

/** The values of an enum of the API as choices. */
export function useChoices(): (of: keyof EnumTexts) => Choice[] {
  const { enums } = useTexts()
  return (of) => Object.entries(enums[of]).map(([value, label]) => ({ value, label: label as string }))
}

/** The sort orders of a list by time, the newest first by default. */
export function useTimeSorts(): Choice[] {
  const choices = useChoices()
  return choices('timeSort')
}

import { useLocale } from '../ui/locale'
import type { AdminTexts } from './texts'

/** The texts of the administration in the chosen language. */
export function useTexts(): AdminTexts {
  return useLocale().texts.page as AdminTexts
}

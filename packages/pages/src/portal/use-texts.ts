import { useLocale } from '../ui/locale'
import type { PortalTexts } from './texts'

/** The texts of the portal in the chosen language. */
export function useTexts(): PortalTexts {
  return useLocale().texts.page as PortalTexts
}

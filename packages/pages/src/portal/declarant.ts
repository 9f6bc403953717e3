import { usePortal } from './customer'
import { useTexts } from './use-texts'

/** The person who makes a declaration, for `Facts`. */
export function useDeclarant(): { label: string; value: string } {
  const texts = useTexts()
  const { name, email } = usePortal().customer
  return { label: texts.cancelPerson, value: email ? `${name}, ${email}` : name }
}

import type { Customer } from '../identity/index.js'
import type { Services } from '../services.js'

/** The page on which a customer manages the plan without signing in. Null while there is no such page. */
export function portalLink(_services: Pick<Services, 'clock' | 'config'>, _customer: Customer): string | null {
  return null
}

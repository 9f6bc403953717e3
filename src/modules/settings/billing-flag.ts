import { DomainError } from '../../core/errors.js'
import type { BillingFlag } from '../services.js'
import { FEATURE_DISABLED } from './settings.errors.js'

/** @throws FEATURE_DISABLED while billing is disabled */
export function assertBillingEnabled({ enabled }: BillingFlag): void {
  if (!enabled) throw new DomainError(FEATURE_DISABLED, 'Billing is disabled')
}

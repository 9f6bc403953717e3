import { defineError } from '../../core/errors.js'

export const FEATURE_DISABLED = defineError('FEATURE_DISABLED', {
  status: 503,
  description: 'Billing is disabled. The HTTP status is 503.',
  isOutcome: false,
})

import { z } from 'zod'
import { defineError } from '../../core/errors.js'

export const REFUND_NOT_ELIGIBLE = defineError('REFUND_NOT_ELIGIBLE', {
  status: 409,
  description: 'This order can no longer be refunded.',
  extensions: { daysSincePurchase: z.int().optional().describe('whole days since the purchase') },
})
export const PAYMENT_PROVIDER_UNAVAILABLE = defineError('PAYMENT_PROVIDER_UNAVAILABLE', {
  status: 503,
  description: 'The payment provider did not respond. Retry later.',
})

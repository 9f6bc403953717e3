import { z } from 'zod'
import { defineError } from '../../core/errors.js'

export const REFUND_NOT_ELIGIBLE = defineError('REFUND_NOT_ELIGIBLE', {
  status: 409,
  description: 'The order cannot be refunded. The message states the reason.',
  extensions: { daysSincePurchase: z.int().optional().describe('whole days since the purchase') },
})
export const PAYMENT_PROVIDER_UNAVAILABLE = defineError('PAYMENT_PROVIDER_UNAVAILABLE', {
  status: 503,
  description: 'The payment provider did not respond, refused the request or is not configured. The message states which.',
})

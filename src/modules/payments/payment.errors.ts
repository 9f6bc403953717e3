import { z } from 'zod'
import { DomainError, defineError, RETRY_AFTER } from '../../core/errors.js'

export const REFUND_NOT_ELIGIBLE = defineError('REFUND_NOT_ELIGIBLE', {
  status: 409,
  description: 'The order cannot be refunded. The message states the reason.',
  extensions: { daysSincePurchase: z.int().optional().describe('whole days since the purchase') },
})
export const PAYMENT_PROVIDER_UNAVAILABLE = defineError('PAYMENT_PROVIDER_UNAVAILABLE', {
  status: 503,
  description: 'The payment provider did not respond, refused the request or is not configured. The message states which.',
  isOutcome: false,
})
export const PAYMENT_IN_PROGRESS = defineError('PAYMENT_IN_PROGRESS', {
  status: 409,
  description: 'A plan change or refund of this customer waits for the payment provider. Retry later.',
  extensions: RETRY_AFTER,
  isOutcome: false,
})

/** No attempt of a call has changed anything at the provider. After any other error, it may have. */
export class NothingChangedError extends DomainError {
  constructor(message: string) {
    super(PAYMENT_PROVIDER_UNAVAILABLE, message)
  }
}

/** The provider has refused a request. */
export class ProviderRefusalError extends NothingChangedError {}

import { DomainError } from '../../core/errors.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { ESCLUSE } from '../subscriptions/index.js'
import { PAYMENT_PROVIDER_UNAVAILABLE } from './payment.errors.js'
import type { PaymentProvider } from './payment-provider.port.js'

/** @throws PAYMENT_PROVIDER_UNAVAILABLE when its provider is not configured */
export function getBillingProvider({ providers }: Pick<Services, 'providers'>, { id, provider: billedBy }: Subscription): PaymentProvider {
  if (billedBy === ESCLUSE) throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, `Subscription ${id} is billed by Escluse; change it there`)
  const provider = providers.find(billedBy)
  if (provider) return provider
  throw new DomainError(
    PAYMENT_PROVIDER_UNAVAILABLE,
    `Subscription ${id} is billed by ${billedBy}, which is not a configured payment provider`,
  )
}

/**
 * A plan that is ended here would still be charged by a provider that cannot be called.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE
 */
export function assertBillable(services: Pick<Services, 'providers'>, subscription: Subscription): void {
  if (subscription.provider !== null) getBillingProvider(services, subscription)
}

import { DomainError } from '../../core/errors.js'
import type { Services } from '../services.js'
import { LemonSqueezy } from './lemon-squeezy/lemon-squeezy.js'
import { PAYMENT_PROVIDER_UNAVAILABLE } from './payment.errors.js'
import type { PaymentProvider } from './payment-provider.port.js'
import { SandboxProvider } from './sandbox/sandbox-provider.js'

/** Adds the configured payment provider to the services. */
export function withPayments(parts: Omit<Services, 'payments'>): Services {
  const services = { ...parts, payments: null as PaymentProvider | null }
  const { provider, lemonSqueezy } = parts.config.payments
  if (provider === 'sandbox') services.payments = new SandboxProvider(services)
  if (lemonSqueezy) services.payments = new LemonSqueezy(lemonSqueezy)
  return services
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE when none is configured */
export function getProvider({ payments }: Services): PaymentProvider {
  if (!payments) throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, 'No payment provider is configured; set PAYMENT_PROVIDER')
  return payments
}

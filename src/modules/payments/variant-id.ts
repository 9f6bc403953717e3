import type { Plan } from '../../platform/postgres/generated/client.js'
import type { PaymentProvider } from './payment-provider.port.js'

/** What the provider calls a plan; in the sandbox its own number will do. Null where it is not on sale there. */
export function findVariantId({ name }: PaymentProvider, { providerVariantId, id }: Plan): string | null {
  return providerVariantId ?? (name === 'sandbox' ? String(id) : null)
}

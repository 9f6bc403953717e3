import type { Plan } from '../../platform/postgres/generated/client.js'
import type { PaymentProvider } from './payment-provider.port.js'

/**
 * Finds the provider's id of a plan. The sandbox falls back to our id.
 * @returns null when it is not sold there
 */
export function findVariantId({ name }: PaymentProvider, { providerVariantId, id }: Plan): string | null {
  return providerVariantId ?? (name === 'sandbox' ? String(id) : null)
}

import type { Services } from '../services.js'

interface BilledSubscription {
  provider: string
  /** The provider's id. */
  subscriptionId: string
}

/** Cancels a subscription, unless another provider bills it or the provider does not know it. */
export async function cancelAtProvider(
  { payments }: Pick<Services, 'payments'>,
  { provider, subscriptionId }: BilledSubscription,
): Promise<void> {
  if (provider !== payments?.name || !(await payments.readSubscription(subscriptionId))) return
  await payments.cancel(subscriptionId)
}

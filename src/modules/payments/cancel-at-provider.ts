import type { Services } from '../services.js'

interface BilledSubscription {
  provider: string
  /** The provider's id. */
  subscriptionId: string
}

/** Cancels a subscription at its provider. Does nothing if the provider is not configured or does not have it. */
export async function cancelAtProvider(
  { providers }: Pick<Services, 'providers'>,
  { provider: name, subscriptionId }: BilledSubscription,
): Promise<void> {
  const provider = providers.find(name)
  if (await provider?.readSubscription(subscriptionId)) await provider?.cancel(subscriptionId)
}

import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { ESCLUSE } from '../subscriptions/index.js'

interface ProviderSubscription {
  provider: string
  /** The provider's id. */
  subscriptionId: string
}

/**
 * Cancels a subscription at its provider. Does nothing if the provider does not have it. If the provider is not configured,
 * only the log names the subscription.
 */
export async function cancelAtProvider(
  { providers }: Pick<Services, 'providers'>,
  log: Logger,
  { provider: name, subscriptionId }: ProviderSubscription,
): Promise<void> {
  const provider = providers.find(name)
  if (!provider && name !== ESCLUSE)
    log.warn({ provider: name, subscriptionId }, 'cancel this subscription at its provider, which is not configured')
  if (await provider?.readSubscription(subscriptionId)) await provider?.cancel(subscriptionId)
}

import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { ESCLUSE } from '../subscriptions/index.js'

interface BilledSubscription {
  provider: string
  /** The provider's id. */
  subscriptionId: string
}

/** Cancels a subscription at its provider. Does nothing if the provider does not have it. */
export async function cancelAtProvider(
  { providers }: Pick<Services, 'providers'>,
  log: Logger,
  { provider: name, subscriptionId }: BilledSubscription,
): Promise<void> {
  const provider = providers.find(name)
  if (!provider && name !== ESCLUSE)
    log.warn({ provider: name, subscriptionId }, 'cancel this subscription at its provider, which is not configured')
  if (await provider?.readSubscription(subscriptionId)) await provider?.cancel(subscriptionId)
}

import pLimit from 'p-limit'
import { busyError } from '../../core/errors.js'

const MAX_CONCURRENT_CALLS = 2
const MAX_QUEUED_CALLS = 100

const limiter = pLimit(MAX_CONCURRENT_CALLS)

/**
 * Limits the calls to the provider that run inside a transaction, because each occupies a connection of the
 * pool. The sandbox needs further connections for its own transactions.
 * @throws BUSY when too many calls are waiting
 */
export async function limitProviderCalls<T>(work: () => Promise<T>): Promise<T> {
  if (limiter.pendingCount >= MAX_QUEUED_CALLS)
    throw busyError('Too many requests to the payment provider are waiting; try again in a few seconds')
  return limiter(work)
}

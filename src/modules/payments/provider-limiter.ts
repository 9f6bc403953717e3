import pLimit from 'p-limit'
import { busyError } from '../../core/errors.js'

const MAX_CONCURRENT_CALLS = 10
const MAX_QUEUED_CALLS = 100

const limiter = pLimit(MAX_CONCURRENT_CALLS)

/**
 * Limits the concurrent calls to the provider that customers cause, so that those of a slow one do not pile up.
 * @throws BUSY when too many calls are waiting
 */
export async function limitProviderCalls<T>(work: () => Promise<T>): Promise<T> {
  if (limiter.pendingCount >= MAX_QUEUED_CALLS)
    throw busyError('Too many requests to the payment provider are waiting; try again in a few seconds')
  return limiter(work)
}

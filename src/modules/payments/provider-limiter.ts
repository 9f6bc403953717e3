import pLimit from 'p-limit'
import { busyError } from '../../core/errors.js'

const MAX_CONCURRENT_CALLS = 2
const MAX_QUEUED_CALLS = 100

const limiter = pLimit(MAX_CONCURRENT_CALLS)

/**
 * Work that asks the provider while it holds a transaction. Few at a time: the connections of the pool are there for
 * everybody, and the sandbox needs some of its own.
 * @throws BUSY when too many are waiting
 */
export async function limitProviderCalls<T>(work: () => Promise<T>): Promise<T> {
  if (limiter.pendingCount >= MAX_QUEUED_CALLS) throw busyError('The payment provider has too much to do; try again in a few seconds')
  return limiter(work)
}

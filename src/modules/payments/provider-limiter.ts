import pLimit from 'p-limit'
import { busy } from '../../core/errors.js'

const AT_ONCE = 2
const MAX_WAITING = 100

const limit = pLimit(AT_ONCE)

/**
 * Work that asks the provider while it holds a transaction. Few at a time: the connections of the pool are there for
 * everybody, and the sandbox needs some of its own.
 * @throws BUSY when too many are waiting
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= MAX_WAITING) throw busy('The payment provider has too much to do; try again in a few seconds')
  return limit(work)
}

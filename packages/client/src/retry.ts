import type { Operation } from './document.js'
import { QuittanceError } from './error.js'

const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000

/** Whether a repeated operation has the same effect as one: a query, or a mutation with an idempotency key in each input. */
export function isRepeatable(operation: Operation<unknown, never>, variables: unknown): boolean {
  const fields = countMutationFields(operation)
  if (fields === 0) return true
  const inputs = Object.values(Object(variables)).filter((value) => value === Object(value))
  return inputs.length >= fields && inputs.every((input) => Boolean(Object(input).idempotencyKey))
}

/** @returns 0 for a query. For a text, which is not parsed, the number may be too large. */
function countMutationFields(operation: Operation<unknown, never>): number {
  if (typeof operation === 'object' && 'definitions' in operation) {
    const mutations = operation.definitions.filter((definition) => definition.operation === 'mutation')
    const selections = mutations.flatMap(({ selectionSet }) => selectionSet.selections)
    return selections.every(({ kind }) => kind === 'Field') ? selections.length : Number.POSITIVE_INFINITY
  }
  const text = String(operation)
  if (!/\bmutation\b/.test(text)) return 0
  // Every mutation has arguments. The first parenthesis contains the definitions of the variables.
  return Math.max(1, text.split('(').length - 2)
}

/** A lost connection, or an error with the time of the next attempt. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof QuittanceError) return error.extensions.retryAfter !== undefined || error.status === 502 || error.status === 504
  // `fetch` rejects with a TypeError without a response.
  return error instanceof TypeError
}

/** @param attempt  number of failed attempts so far, at least 1 @returns milliseconds */
export function retryDelay(attempt: number, error: unknown): number {
  const requested = error instanceof QuittanceError ? (error.extensions.retryAfter ?? 0) * 1000 : 0
  // Clients that a restarted server has disconnected together must not return together.
  const backoff = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
  return Math.max(requested, backoff)
}

/** Resolves after the time, or when the signal is aborted. */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })
}

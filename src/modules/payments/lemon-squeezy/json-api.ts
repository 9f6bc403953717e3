import { setTimeout as pause } from 'node:timers/promises'
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, ExponentialBackoff, handleType, retry, wrap } from 'cockatiel'
import { DomainError } from '../../../core/errors.js'

const REQUEST_TIMEOUT_MS = 4000
const MAX_RETRIES = 2
const MAX_RETRY_AFTER_MS = 3000
const FAILURES_UNTIL_OPEN = 5
const CIRCUIT_OPEN_MS = 15_000

export interface Resource {
  type: string
  id: string
  attributes: Record<string, unknown>
}

/** It did not answer, or not with what helps: another try may. */
class TransientError extends Error {}

/**
 * A JSON:API server over HTTP. Every call has a time limit; those that may be repeated are, twice, with jitter; after five
 * failures in a row nothing is sent for a while, so that a server that is down costs nobody's time.
 */
export class JsonApi {
  readonly #url: string
  readonly #key: string
  readonly #breaker = circuitBreaker(handleType(TransientError), {
    halfOpenAfter: CIRCUIT_OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_UNTIL_OPEN),
  })
  readonly #repeating = wrap(
    retry(handleType(TransientError), { maxAttempts: MAX_RETRIES, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2000 }) }),
    this.#breaker,
  )

  constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, '')
    this.#key = key
  }

  /** @returns null for 404 */
  async read(path: string): Promise<{ data: Resource } | null> {
    return this.#run(this.#repeating, 'GET', path) as Promise<{ data: Resource } | null>
  }

  async list(path: string): Promise<{ data: Resource[]; isLast: boolean }> {
    const answer = (await this.#run(this.#repeating, 'GET', path)) as { data: Resource[]; meta?: { page?: Record<string, number> } } | null
    const { currentPage = 1, lastPage = 1 } = answer?.meta?.page ?? {}
    return { data: answer?.data ?? [], isLast: currentPage >= lastPage }
  }

  /** What has the same effect when it is done twice. */
  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, data?: object): Promise<{ data: Resource }> {
    return this.#required(await this.#run(this.#repeating, method, path, data), path)
  }

  /** What must not be done twice. */
  async sendOnce(method: 'POST', path: string, data: object): Promise<{ data: Resource }> {
    return this.#required(await this.#run(this.#breaker, method, path, data), path)
  }

  #required(answer: unknown, path: string): { data: Resource } {
    if (answer === null) throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `The payment provider knows no ${path}`)
    return answer as { data: Resource }
  }

  async #run(policy: { execute<T>(work: () => Promise<T>): Promise<T> }, method: string, path: string, data?: object): Promise<unknown> {
    try {
      return await policy.execute(() => this.#call(method, path, data))
    } catch (error) {
      if (error instanceof DomainError) throw error
      const open = error instanceof BrokenCircuitError
      throw new DomainError(
        'PAYMENT_PROVIDER_UNAVAILABLE',
        `The payment provider ${open ? 'has not answered lately' : 'did not answer'}; try again later`,
      )
    }
  }

  async #call(method: string, path: string, data?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { accept: 'application/vnd.api+json', 'content-type': 'application/vnd.api+json', authorization: `Bearer ${this.#key}` },
      ...(data && { body: JSON.stringify({ data }) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      redirect: 'error',
    }).catch((error: Error) => {
      throw new TransientError(error.message)
    })
    if (response.status === 404) return null
    if (response.status === 429 || response.status >= 500) throw await this.#later(response)
    const body = (await response.json().catch(() => undefined)) as { errors?: { detail?: string }[] } | undefined
    if (!response.ok || !body) {
      const detail = body?.errors?.[0]?.detail ?? `answered ${response.status}`
      throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `The payment provider refused: ${detail.slice(0, 200)}`)
    }
    return body
  }

  async #later(response: Response): Promise<TransientError> {
    const seconds = Number(response.headers.get('retry-after') ?? 0)
    await pause(Math.min(MAX_RETRY_AFTER_MS, Number.isFinite(seconds) ? seconds * 1000 : 0))
    return new TransientError(`answered ${response.status}`)
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, ExponentialBackoff, handleType, retry, wrap } from 'cockatiel'
import { DomainError } from '../../../core/errors.js'
import { NothingChangedError, PAYMENT_PROVIDER_UNAVAILABLE, ProviderRefusalError } from '../payment.errors.js'

const JSON_API_TIMEOUT_MS = 4000
const MAX_RETRIES = 2
const MAX_RETRY_AFTER_MS = 3000
const FAILURES_UNTIL_OPEN = 5
const CIRCUIT_OPEN_MS = 15_000

export interface JsonApiResource {
  type: string
  id: string
  attributes: Record<string, unknown>
}

/** No response, or a response that another attempt may change. */
class TransientError extends Error {}

/**
 * A client for JSON:API over HTTP. Every request has a timeout. Idempotent requests are retried twice, with
 * jitter. After five consecutive failures a circuit breaker rejects requests for 15 seconds, so that nobody
 * waits for a server that is down.
 */
export class JsonApi {
  readonly #url: string
  readonly #key: string
  readonly #breaker = circuitBreaker(handleType(TransientError), {
    halfOpenAfter: CIRCUIT_OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_UNTIL_OPEN),
  })
  readonly #retryPolicy = wrap(
    retry(handleType(TransientError), { maxAttempts: MAX_RETRIES, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2000 }) }),
    this.#breaker,
  )

  constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, '')
    this.#key = key
  }

  /** @returns null for 404 */
  async read(path: string): Promise<{ data: JsonApiResource } | null> {
    return this.#run(this.#retryPolicy, 'GET', path) as Promise<{ data: JsonApiResource } | null>
  }

  async list(path: string): Promise<{ data: JsonApiResource[]; isLast: boolean }> {
    const response = (await this.#run(this.#retryPolicy, 'GET', path)) as {
      data: JsonApiResource[]
      meta?: { page?: Record<string, number> }
    } | null
    const { currentPage = 1, lastPage = 1 } = response?.meta?.page ?? {}
    return { data: response?.data ?? [], isLast: currentPage >= lastPage }
  }

  /** Sends an idempotent request, which is retried after a transient failure. */
  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, data?: object): Promise<{ data: JsonApiResource }> {
    return this.#required(await this.#run(this.#retryPolicy, method, path, data), path)
  }

  /** Sends a request that is not idempotent, and is therefore never retried. */
  async sendOnce(method: 'POST' | 'PATCH', path: string, data: object): Promise<{ data: JsonApiResource }> {
    return this.#required(await this.#run(this.#breaker, method, path, data), path)
  }

  #required(response: unknown, path: string): { data: JsonApiResource } {
    if (response === null) throw new ProviderRefusalError(`The payment provider returned 404 for ${path}`)
    return response as { data: JsonApiResource }
  }

  async #run(policy: { execute<T>(work: () => Promise<T>): Promise<T> }, method: string, path: string, data?: object): Promise<unknown> {
    // An attempt without a response may have changed something, even if the provider has refused the next one.
    let isUnknown = false
    const attempt = () =>
      this.#call(method, path, data).catch((error: unknown) => {
        isUnknown ||= error instanceof TransientError
        throw error
      })
    try {
      return await policy.execute(attempt)
    } catch (error) {
      if (error instanceof DomainError && !isUnknown) throw error
      if (error instanceof BrokenCircuitError && !isUnknown) throw new NothingChangedError(describeFailure(error))
      throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, describeFailure(error))
    }
  }

  async #call(method: string, path: string, data?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { accept: 'application/vnd.api+json', 'content-type': 'application/vnd.api+json', authorization: `Bearer ${this.#key}` },
      ...(data && { body: JSON.stringify({ data }) }),
      signal: AbortSignal.timeout(JSON_API_TIMEOUT_MS),
      redirect: 'error',
    }).catch((error: Error) => {
      throw new TransientError(error.message)
    })
    if (response.status === 404) return null
    if (response.status === 408 || response.status === 429 || response.status >= 500) throw await this.#waitForRetryAfter(response)
    const body = (await response.json().catch(() => undefined)) as { errors?: { detail?: string }[] } | undefined
    if (!response.ok) {
      const detail = body?.errors?.[0]?.detail ?? `HTTP ${response.status}`
      throw new ProviderRefusalError(`The payment provider rejected the request: ${detail.slice(0, 200)}`)
    }
    // The provider has done it, but the rest of its response was lost.
    if (!body) throw new TransientError(`HTTP ${response.status} without JSON`)
    return body
  }

  async #waitForRetryAfter(response: Response): Promise<TransientError> {
    const seconds = Number(response.headers.get('retry-after') ?? 0)
    await pause(Math.min(MAX_RETRY_AFTER_MS, Number.isFinite(seconds) ? seconds * 1000 : 0))
    return new TransientError(`HTTP ${response.status}`)
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof DomainError) return error.message
  const isOpen = error instanceof BrokenCircuitError
  return `The payment provider ${isOpen ? 'is unavailable after repeated failures' : 'did not respond'}; try again later`
}

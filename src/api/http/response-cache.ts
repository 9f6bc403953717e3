import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { BillingFlag, PlanCache } from '../../modules/services.js'

const MAX_RESPONSE_CACHE_BYTES = 8_388_608
const MAX_CACHE_KEY_LENGTH = 10_000

interface CacheableRequest {
  query?: unknown
  operationName?: unknown
  variables?: unknown
}

interface CachedResponse {
  payload: string
  type: string
  cost: number
  version: number
}

/**
 * Caches responses about the catalog to anonymous requests, which are all the same until a plan changes. They
 * are cached as text, so that a hit skips parsing, execution and serialization.
 */
export class ResponseCache {
  readonly #responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_RESPONSE_CACHE_BYTES,
    sizeCalculation: ({ payload }, key) => payload.length + key.length,
  })
  readonly #planCache: PlanCache
  readonly #flag: BillingFlag

  constructor({ planCache, flag }: { planCache: PlanCache; flag: BillingFlag }) {
    this.#planCache = planCache
    this.#flag = flag
  }

  find(key: string | undefined): CachedResponse | undefined {
    const cached = key === undefined ? undefined : this.#responses.get(key)
    return cached && cached.version === this.#planCache.version && this.#flag.enabled ? cached : undefined
  }

  /**
   * @param version  of the plan cache before the operation ran; a response is stored only if no plan has
   *   changed since
   */
  store(key: string, response: Omit<CachedResponse, 'version'>, version: number | undefined): void {
    if (version !== undefined && version === this.#planCache.version) this.#responses.set(key, { ...response, version })
  }
}

/** The key that two requests with the same response share; undefined for a request that is not cached. */
export function cacheKeyOf(request: FastifyRequest): string | undefined {
  const { query, operationName, variables } = ((request.method === 'GET' ? request.query : request.body) ?? {}) as CacheableRequest
  if (typeof query !== 'string') return undefined
  const key = JSON.stringify([request.method, request.headers.accept, query, operationName, variables])
  return key.length > MAX_CACHE_KEY_LENGTH ? undefined : key
}

import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { BillingFlag, PlanCache } from '../../modules/services.js'

const MAX_RESPONSE_CACHE_BYTES = 8_388_608
const MAX_CACHE_KEY_LENGTH = 10_000

interface CacheableRequest {
  query?: unknown
  operationName?: unknown
  variables?: unknown
  extensions?: unknown
}

export interface CachedResponse {
  /** The response up to its extensions, which only state the cost. */
  text: string
  type: string
  /** Kind and name of the operation, for the log. */
  operation: string
  /** Points. */
  cost: number
  version: number
}

interface CacheableResponse extends Pick<CachedResponse, 'type' | 'operation' | 'cost'> {
  payload: string
  /** The value of `extensions.cost` in the payload. */
  costExtension: object | undefined
}

/**
 * Caches responses about the catalog, which are the same for all principals but administrators until a plan changes.
 * They are cached as text, so that a hit skips parsing, execution and serialization. The cost is not part of the text,
 * because it states the rate limit of one principal.
 */
export class ResponseCache {
  readonly #responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_RESPONSE_CACHE_BYTES,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  })
  readonly #planCache: PlanCache
  readonly #flag: BillingFlag

  constructor({ planCache, flag }: { planCache: PlanCache; flag: BillingFlag }) {
    this.#planCache = planCache
    this.#flag = flag
  }

  /** @param maxCost  of the principal. A more expensive operation is refused, although others may run it. */
  find(key: string | undefined, maxCost: number): CachedResponse | undefined {
    const cached = key === undefined ? undefined : this.#responses.get(key)
    const isCurrent = cached && cached.version === this.#planCache.version && this.#flag.enabled
    return isCurrent && cached.cost <= maxCost ? cached : undefined
  }

  /**
   * @param version  of the plan cache before the operation ran; a response is stored only if no plan has
   *   changed since
   */
  store(key: string, { payload, costExtension, ...response }: CacheableResponse, version: number | undefined): void {
    if (version === undefined || version !== this.#planCache.version || !costExtension) return
    const end = endOfResponse(costExtension)
    if (payload.endsWith(end)) this.#responses.set(key, { ...response, text: payload.slice(0, -end.length), version })
  }
}

/** @param cost  the value of `extensions.cost` for the principal */
export function responseFor({ text }: CachedResponse, cost: object): string {
  return text + endOfResponse(cost)
}

/** As Apollo Server ends it. */
function endOfResponse(cost: object): string {
  return `,"extensions":${JSON.stringify({ cost })}}\n`
}

/** The key that two requests with the same response share; undefined for a request that is not cached. */
export function cacheKeyOf(request: FastifyRequest): string | undefined {
  const { query, operationName, variables, extensions } = ((request.method === 'GET' ? request.query : request.body) ??
    {}) as CacheableRequest
  if (typeof query !== 'string') return undefined
  const key = JSON.stringify([request.method, request.headers.accept, query, operationName, variables, extensions])
  return key.length > MAX_CACHE_KEY_LENGTH ? undefined : key
}

import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { BillingFlag, PlanCache } from '../../modules/services.js'

const MAX_CACHE_BYTES = 8_388_608
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
 * Answers about the catalogue, as they went to strangers: all of them get the same until a plan changes. Kept as text, so that
 * who asks again costs neither reading, resolving nor writing it once more.
 */
export class ResponseCache {
  readonly #answers = new LRUCache<string, CachedResponse>({
    maxSize: MAX_CACHE_BYTES,
    sizeCalculation: ({ payload }, question) => payload.length + question.length,
  })
  readonly #catalogue: PlanCache
  readonly #flag: BillingFlag

  constructor({ planCache: catalogue, flag }: { planCache: PlanCache; flag: BillingFlag }) {
    this.#catalogue = catalogue
    this.#flag = flag
  }

  /** @returns what can be answered at once */
  find(question: string | undefined): CachedResponse | undefined {
    const kept = question === undefined ? undefined : this.#answers.get(question)
    return kept && kept.version === this.#catalogue.version && this.#flag.enabled ? kept : undefined
  }

  /** @param version  of the catalogue before the answer was made: a plan that changed meanwhile may be in it or not */
  store(question: string, kept: Omit<CachedResponse, 'version'>, version: number | undefined): void {
    if (version !== undefined && version === this.#catalogue.version) this.#answers.set(question, { ...kept, version })
  }
}

/** What two requests must have in common to be answered alike; undefined for what is not worth keeping. */
export function cacheKeyOf(request: FastifyRequest): string | undefined {
  const { query, operationName, variables } = ((request.method === 'GET' ? request.query : request.body) ?? {}) as CacheableRequest
  if (typeof query !== 'string') return undefined
  const question = JSON.stringify([request.method, request.headers.accept, query, operationName, variables])
  return question.length > MAX_CACHE_KEY_LENGTH ? undefined : question
}

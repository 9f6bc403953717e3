import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Flag, Plans } from '../../modules/services.js'

const MOST_BYTES = 8_388_608
const LONGEST_QUESTION = 10_000

interface Question {
  query?: unknown
  operationName?: unknown
  variables?: unknown
}

interface Kept {
  payload: string
  type: string
  cost: number
  version: number
}

/**
 * Answers about the catalogue, as they went to strangers: all of them get the same until a plan changes. Kept as text, so that
 * who asks again costs neither reading, resolving nor writing it once more.
 */
export class KeptAnswers {
  readonly #answers = new LRUCache<string, Kept>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ payload }, question) => payload.length + question.length,
  })
  readonly #catalogue: Plans
  readonly #flag: Flag

  constructor({ catalogue, flag }: { catalogue: Plans; flag: Flag }) {
    this.#catalogue = catalogue
    this.#flag = flag
  }

  /** @returns what can be answered at once */
  find(question: string | undefined): Kept | undefined {
    const kept = question === undefined ? undefined : this.#answers.get(question)
    return kept && kept.version === this.#catalogue.version && this.#flag.enabled ? kept : undefined
  }

  /** @param version  of the catalogue before the answer was made: a plan that changed meanwhile may be in it or not */
  keep(question: string, kept: Omit<Kept, 'version'>, version: number | undefined): void {
    if (version !== undefined && version === this.#catalogue.version) this.#answers.set(question, { ...kept, version })
  }
}

/** What two requests must have in common to be answered alike; undefined for what is not worth keeping. */
export function questionOf(request: FastifyRequest): string | undefined {
  const { query, operationName, variables } = ((request.method === 'GET' ? request.query : request.body) ?? {}) as Question
  if (typeof query !== 'string') return undefined
  const question = JSON.stringify([request.method, request.headers.accept, query, operationName, variables])
  return question.length > LONGEST_QUESTION ? undefined : question
}

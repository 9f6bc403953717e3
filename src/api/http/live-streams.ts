import type { ExecutionArgs, GraphQLSchema } from 'graphql'
import type { Clock } from '../../core/clock.js'
import { HOUR_MS } from '../../core/duration.js'
import { BAD_REQUEST, DomainError } from '../../core/errors.js'
import { type Principal, principalName, type RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import type { Authenticated } from './authenticate.js'
import { chargeParsing } from './charge-parsing.js'
import { OpenLimit } from './open-limit.js'
import { parseParameters, parseSubscription } from './parse-subscription.js'

const MAX_LIFETIME_MS = HOUR_MS
const MAX_STREAMS = 10_000
const MAX_STREAMS_PER_PRINCIPAL = 20
/** After this number of consecutive messages that the client has not read, its connection counts as lost. */
export const MAX_UNREAD_MESSAGES = 100

interface LiveStreamsOptions {
  schema: GraphQLSchema
  rateLimiter: RateLimiter
  tokenClock: Clock
}

export interface Lifetime {
  ms: number
  /** Whether the token expires at its end. */
  endsByExpiry: boolean
}

/** What GraphQL subscriptions have in common over server-sent events and over WebSocket. */
export class LiveStreams {
  readonly #options: LiveStreamsOptions
  readonly #limit = new OpenLimit({ what: 'streams', max: MAX_STREAMS, maxPerName: MAX_STREAMS_PER_PRINCIPAL })

  constructor(options: LiveStreamsOptions) {
    this.#options = options
  }

  /** Counts a stream, whatever its transport. @returns a function that releases it @throws BUSY */
  acquire(principal: Principal): () => void {
    return this.#limit.acquire(principalName(principal))
  }

  /** How long a connection may last: until its token expires, at the latest an hour. */
  lifetimeOf({ expiresAt }: Authenticated): Lifetime {
    const untilExpiry = expiresAt ? expiresAt.getTime() - this.#options.tokenClock.now().getTime() : Number.POSITIVE_INFINITY
    return { ms: Math.max(0, Math.min(MAX_LIFETIME_MS, untilExpiry)), endsByExpiry: untilExpiry <= MAX_LIFETIME_MS }
  }

  /**
   * Parses and validates a subscription, and consumes its points.
   * @param given  the parameters of the request in addition to the text
   * @throws InvalidOperationError, BAD_REQUEST, QUERY_TOO_COMPLEX, RATE_LIMITED
   */
  async prepare(context: RequestContext, given: unknown, text: string | undefined): Promise<ExecutionArgs> {
    const { schema, rateLimiter } = this.#options
    const parameters = parseParameters(given)
    if (text === undefined) throw new DomainError(BAD_REQUEST, 'query: must be the text of a GraphQL operation')
    await chargeParsing(rateLimiter, context, text)
    const document = await parseSubscription({ schema, context, rateLimiter, text, parameters })
    return { schema, document, contextValue: context, operationName: parameters.operationName, variableValues: parameters.variables }
  }
}

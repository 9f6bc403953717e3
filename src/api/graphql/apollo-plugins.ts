import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { Config } from '../../config/config.js'
import { type EndMeasurement, startMeasurement } from '../../core/instrumentation.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { consumePoints, rateLimitFor } from '../rate-limit-policy.js'
import { logInternalErrors } from './format-error.js'
import { analyzeOperation, MAX_COST } from './query-cost.js'

/** Subscriptions have a route of their own. */
export const rejectSubscriptions: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== 'subscription') return
        throw new GraphQLError('Subscriptions are served at /graphql/stream', {
          extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
        })
      },
    }
  },
}

/**
 * A cookie proves who the user is, not which site has made the browser send the request. Which kind an operation is, is known
 * only now.
 */
export const refuseUnprovenMutations: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue }) {
        if (operation?.operation !== 'mutation' || !contextValue.isReadOnly) return
        throw new GraphQLError(
          'A mutation with the session cookie needs an Origin header of this server or of CORS_ORIGINS; send a Bearer token instead',
          { extensions: { code: 'FORBIDDEN', http: { status: 403 } } },
        )
      },
    }
  },
}

/** Measures every operation, and writes down what its answer does not say. */
export const measureOperations: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ contextValue }) {
    let end: EndMeasurement | undefined
    return {
      async didResolveOperation({ operation, operationName }) {
        const name = `${operation?.operation ?? 'unknown'} ${operationName ?? 'unnamed'}`
        contextValue.response.operation = name
        end = startMeasurement('operation', { operation: name })
      },
      async didEncounterErrors({ errors }) {
        logInternalErrors(contextValue.log, errors)
      },
      async willSendResponse({ response: { body } }) {
        const code = body.kind === 'single' ? body.singleResult.errors?.[0]?.extensions?.code : undefined
        const { cost, prepaid } = contextValue.response
        // A document that is no operation of the schema has cost what it was to read.
        const finish = end ?? startMeasurement('operation', { operation: 'refused document' })
        finish(String(code ?? 'ok'), { cost: cost || prepaid })
      },
    }
  },
}

interface LimitOptions {
  budgets: RateLimiter
}

/** What an operation costs is known before it runs, taken from the caller's budget, and said in `extensions.cost`. */
export function limitOperations({ budgets }: LimitOptions): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let cost: object | undefined
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return
          const { principal: sender, services } = contextValue
          const maximum = Math.min(MAX_COST, rateLimitFor(sender, services.config).capacity)
          const checked = analyzeOperation({ schema, document, operation, variables: request.variables ?? {}, maximum })
          if (checked.introspects) requireIntrospection(contextValue)
          const standing = await consumePoints(budgets, contextValue, checked.cost, contextValue.response.prepaid)
          contextValue.response.isCatalogue = checked.isCatalogue && !sender
          contextValue.response.cost = checked.cost
          // An answer that is kept, here or by somebody in between, says nothing of whoever was the first to ask.
          const isKept = contextValue.response.isCatalogue || request.http?.method === 'GET'
          cost = { requested: checked.cost, maximum, ...(!isKept && { budget: standing }) }
        },
        async willSendResponse({ response: { body } }) {
          if (cost && body.kind === 'single') body.singleResult.extensions = { ...body.singleResult.extensions, cost }
        },
      }
    },
  }
}

/** @throws GraphQLError UNAUTHENTICATED, FORBIDDEN */
function requireIntrospection({ services, principal: sender }: RequestContext): void {
  const { introspection } = services.config
  if (introspection === 'everybody' || (introspection === 'signed-in' && sender)) return
  const [code, message] =
    introspection === 'nobody'
      ? (['FORBIDDEN', 'The schema is not for asking here; schema.graphql has it'] as const)
      : (['UNAUTHENTICATED', 'Sign in to ask for the schema'] as const)
  throw new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}

const REJECTED_BEFORE_EXECUTION = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])
const UNPROCESSABLE_CODES = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])
const STATUS_UNPROCESSABLE = 422
/** What says nothing of the operation: the same one can be answered later. */
const RETRYABLE_STATUS: Readonly<Record<string, number>> = {
  FEATURE_DISABLED: 503,
  DATABASE_UNAVAILABLE: 503,
  IDENTITY_PROVIDER_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
}
const STATUS_PARTIAL_SUCCESS = 294

/**
 * HTTP statuses after GraphQL over HTTP: who accepts only `application/json` gets 200 for a document that is wrong, for an older
 * proxy's 400 and ours could not be told apart; who accepts GraphQL's own type gets what the profile says; 503 while billing is
 * switched off or the database is away.
 */
export function setHttpStatus(profile: Config['statusProfile']): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart({ request }) {
      return {
        async willSendResponse({ response: { http, body } }) {
          const errors = (body.kind === 'single' && body.singleResult.errors) || []
          const codes = errors.map(({ extensions }) => String(extensions?.code))
          for (const { extensions = {} } of errors) {
            const status = RETRYABLE_STATUS[String(extensions.code)]
            if (status) http.status = status
            if (status && extensions.retryAfter !== undefined) http.headers.set('retry-after', String(extensions.retryAfter))
          }
          const wasRefused = http.status === 400 && codes.every((code) => REJECTED_BEFORE_EXECUTION.has(code))
          const isLegacy = !request.http?.headers.get('accept')?.includes('application/graphql-response+json')
          if (isLegacy) http.status = wasRefused ? 200 : http.status
          else if (profile === 'draft' && wasRefused && codes.every((code) => UNPROCESSABLE_CODES.has(code)))
            http.status = STATUS_UNPROCESSABLE
          else if (profile === 'draft' && isPartialSuccess(body) && (http.status ?? 200) === 200) http.status = STATUS_PARTIAL_SUCCESS
        },
      }
    },
  }
}

function isPartialSuccess(body: GraphQLResponse['body']): boolean {
  return body.kind === 'single' && body.singleResult.data !== undefined && Boolean(body.singleResult.errors?.length)
}

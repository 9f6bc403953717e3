import type { GraphQLResponse } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { Config } from '../../config/config.js'
import { BAD_REQUEST, BAD_USER_INPUT, FORBIDDEN, UNAUTHENTICATED } from '../../core/errors.js'
import { type EndMeasurement, startMeasurement } from '../../core/instrumentation.js'
import { IDENTITY_PROVIDER_UNAVAILABLE, isAdministrator, type RequestContext } from '../../modules/identity/index.js'
import { FEATURE_DISABLED } from '../../modules/settings/index.js'
import { DATABASE_UNAVAILABLE } from '../../platform/postgres/database-errors.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { RATE_LIMITED } from '../../platform/rate-limit/token-bucket.rules.js'
import { consumePoints } from '../rate-limit-policy.js'
import { costExtension, maxCostOf } from './cost-extension.js'
import { logInternalErrors } from './format-error.js'
import { GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED } from './graphql.errors.js'
import { analyzeOperation } from './query-cost.js'
import type { OperationPlugin } from './seen-operations.js'

/** Refuses subscriptions, which are served at /graphql/stream and over WebSocket. */
export const rejectSubscriptions: OperationPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== 'subscription') return
        throw new GraphQLError('Subscriptions are served at /graphql/stream, and over WebSocket at /graphql', {
          extensions: { code: BAD_REQUEST.code, http: { status: 400 } },
        })
      },
    }
  },
}

/**
 * Refuses mutations whose session cookie lacks a proof of origin: a cookie identifies the user, not the site
 * that made the browser send the request. The kind of an operation is known only after parsing, so the check
 * is here and not in authenticate.ts.
 */
export const refuseUnprovenMutations: OperationPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue }) {
        if (operation?.operation !== 'mutation' || !contextValue.isReadOnly) return
        throw new GraphQLError(
          'A mutation with the session cookie needs an Origin header that names this server or an origin in CORS_ORIGINS; send a Bearer token instead',
          { extensions: { code: FORBIDDEN.code, http: { status: 403 } } },
        )
      },
    }
  },
}

/** Measures every operation, and logs the internal errors that the response does not reveal. */
export const measureOperations: OperationPlugin = {
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
        // An operation that did not pass validation costs only its parsing.
        const finish = end ?? startMeasurement('operation', { operation: 'refused' })
        finish(String(code ?? 'ok'), { cost: cost || prepaid })
      },
    }
  },
}

interface OperationCostOptions {
  rateLimiter: RateLimiter
}

/**
 * Calculates the cost of an operation before it runs, consumes its points, and reports both in
 * `extensions.cost`. An operation that cannot be parsed or is not valid costs what was consumed for trying.
 */
export function limitOperations({ rateLimiter }: OperationCostOptions): OperationPlugin {
  return {
    async requestDidStart({ request, contextValue }) {
      const { principal, response } = contextValue
      const maximum = maxCostOf(contextValue)
      const isGet = request.http?.method === 'GET'
      response.costExtension = response.budget && costExtension(contextValue, response.prepaid, response.budget, isGet)
      return {
        async didResolveOperation({ schema, document, operation }) {
          response.costExtension = undefined
          if (!operation) return
          const analysis = analyzeOperation({ schema, document, operation, variables: request.variables ?? {}, maximum })
          if (analysis.introspects) requireIntrospection(contextValue)
          const status = await consumePoints(rateLimiter, contextValue, analysis.cost, response.prepaid)
          // Administrators also see hidden plans.
          response.isCacheable = analysis.isCatalog && !isAdministrator(principal)
          response.cost = analysis.cost
          response.costExtension = costExtension(contextValue, analysis.cost, status, isGet || (analysis.isCatalog && !principal))
        },
        async willSendResponse({ response: { body } }) {
          const { costExtension: cost } = response
          if (cost && body.kind === 'single') body.singleResult.extensions = { ...body.singleResult.extensions, cost }
        },
      }
    },
  }
}

/** @throws GraphQLError UNAUTHENTICATED, FORBIDDEN */
function requireIntrospection({ services, principal }: RequestContext): void {
  const { introspection } = services.config
  if (introspection === 'everybody' || (introspection === 'signed-in' && principal)) return
  const [{ code }, message] =
    introspection === 'nobody'
      ? ([FORBIDDEN, 'Introspection is disabled here; read schema.graphql instead'] as const)
      : ([UNAUTHENTICATED, 'Sign in to use introspection'] as const)
  throw new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}

const UNPROCESSABLE_CODES = new Set([GRAPHQL_VALIDATION_FAILED.code, BAD_USER_INPUT.code])
const REJECTED_BEFORE_EXECUTION = new Set([GRAPHQL_PARSE_FAILED.code, ...UNPROCESSABLE_CODES])
const STATUS_UNPROCESSABLE = 422
/** Errors that do not depend on the operation: it can be retried unchanged. */
const RETRYABLE_STATUS = new Map(
  [FEATURE_DISABLED, DATABASE_UNAVAILABLE, IDENTITY_PROVIDER_UNAVAILABLE, RATE_LIMITED].map(({ code, status }) => [code, status]),
)
const STATUS_PARTIAL_SUCCESS = 294

/**
 * Sets HTTP statuses as GraphQL over HTTP defines them. A client that accepts only `application/json` gets
 * 200 for an invalid operation, because it could not distinguish our 400 from that of an older proxy. A
 * client that accepts GraphQL's own media type gets the status of the profile. Both get 503 while billing is
 * disabled or the database is unavailable.
 */
export function setHttpStatus(profile: Config['statusProfile']): OperationPlugin {
  return {
    async requestDidStart({ request }) {
      return {
        async willSendResponse({ response: { http, body } }) {
          const errors = (body.kind === 'single' && body.singleResult.errors) || []
          const codes = errors.map(({ extensions }) => String(extensions?.code))
          for (const { extensions = {} } of errors) {
            const status = RETRYABLE_STATUS.get(String(extensions.code))
            if (status) http.status = status
            if (status && extensions.retryAfter !== undefined) http.headers.set('retry-after', String(extensions.retryAfter))
          }
          const wasRejected = http.status === 400 && codes.every((code) => REJECTED_BEFORE_EXECUTION.has(code))
          const isLegacy = !request.http?.headers.get('accept')?.includes('application/graphql-response+json')
          if (isLegacy) http.status = wasRejected ? 200 : http.status
          else if (profile === 'draft' && wasRejected && codes.every((code) => UNPROCESSABLE_CODES.has(code)))
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

import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { Config } from '../../config/config.js'
import { begin, type End } from '../../core/instrumentation.js'
import type { Context } from '../../modules/identity/index.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import { budgetOf, charge } from '../rate-limit-policy.js'
import { logFailures } from './format-error.js'
import { checkOperation, MAX_COST } from './query-cost.js'

/** Subscriptions have a route of their own. */
export const referSubscriptions: ApolloServerPlugin<Context> = {
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
export const refuseUnprovenMutations: ApolloServerPlugin<Context> = {
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
export const observeOperations: ApolloServerPlugin<Context> = {
  async requestDidStart({ contextValue }) {
    let end: End | undefined
    return {
      async didResolveOperation({ operation, operationName }) {
        const name = `${operation?.operation ?? 'unknown'} ${operationName ?? 'unnamed'}`
        contextValue.answer.operation = name
        end = begin('operation', { operation: name })
      },
      async didEncounterErrors({ errors }) {
        logFailures(contextValue.log, errors)
      },
      async willSendResponse({ response: { body } }) {
        const code = body.kind === 'single' ? body.singleResult.errors?.[0]?.extensions?.code : undefined
        const { cost, prepaid } = contextValue.answer
        // A document that is no operation of the schema has cost what it was to read.
        const finish = end ?? begin('operation', { operation: 'refused document' })
        finish(String(code ?? 'ok'), { cost: cost || prepaid })
      },
    }
  },
}

interface LimitOperations {
  budgets: CallerBudgets
}

/** What an operation costs is known before it runs, taken from the caller's budget, and said in `extensions.cost`. */
export function limitOperations({ budgets }: LimitOperations): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      let cost: object | undefined
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return
          const { sender, services } = contextValue
          const maximum = Math.min(MAX_COST, budgetOf(sender, services.config).capacity)
          const checked = checkOperation({ schema, document, operation, variables: request.variables ?? {}, maximum })
          if (checked.introspects) requireIntrospection(contextValue)
          const standing = await charge(budgets, contextValue, checked.cost, contextValue.answer.prepaid)
          contextValue.answer.isCatalogue = checked.isCatalogue && !sender
          contextValue.answer.cost = checked.cost
          // An answer that is kept, here or by somebody in between, says nothing of whoever was the first to ask.
          const isKept = contextValue.answer.isCatalogue || request.http?.method === 'GET'
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
function requireIntrospection({ services, sender }: Context): void {
  const { introspection } = services.config
  if (introspection === 'everybody' || (introspection === 'signed-in' && sender)) return
  const [code, message] =
    introspection === 'nobody'
      ? (['FORBIDDEN', 'The schema is not for asking here; schema.graphql has it'] as const)
      : (['UNAUTHENTICATED', 'Sign in to ask for the schema'] as const)
  throw new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}

const REFUSED_BEFORE_IT_RAN = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])
const WELL_FORMED_BUT_WRONG = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])
const UNPROCESSABLE = 422
/** What says nothing of the operation: the same one can be answered later. */
const COME_AGAIN: Readonly<Record<string, number>> = {
  FEATURE_DISABLED: 503,
  DATABASE_UNAVAILABLE: 503,
  IDENTITY_PROVIDER_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
}
const PARTIAL_SUCCESS = 294

/**
 * HTTP statuses after GraphQL over HTTP: who accepts only `application/json` gets 200 for a document that is wrong, for an older
 * proxy's 400 and ours could not be told apart; who accepts GraphQL's own type gets what the profile says; 503 while billing is
 * switched off or the database is away.
 */
export function answerStatus(profile: Config['statusProfile']): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      return {
        async willSendResponse({ response: { http, body } }) {
          const errors = (body.kind === 'single' && body.singleResult.errors) || []
          const codes = errors.map(({ extensions }) => String(extensions?.code))
          for (const { extensions = {} } of errors) {
            const status = COME_AGAIN[String(extensions.code)]
            if (status) http.status = status
            if (status && extensions.retryAfter !== undefined) http.headers.set('retry-after', String(extensions.retryAfter))
          }
          const wasRefused = http.status === 400 && codes.every((code) => REFUSED_BEFORE_IT_RAN.has(code))
          const isLegacy = !request.http?.headers.get('accept')?.includes('application/graphql-response+json')
          if (isLegacy) http.status = wasRefused ? 200 : http.status
          else if (profile === 'draft' && wasRefused && codes.every((code) => WELL_FORMED_BUT_WRONG.has(code))) http.status = UNPROCESSABLE
          else if (profile === 'draft' && isPartial(body) && (http.status ?? 200) === 200) http.status = PARTIAL_SUCCESS
        },
      }
    },
  }
}

function isPartial(body: GraphQLResponse['body']): boolean {
  return body.kind === 'single' && body.singleResult.data !== undefined && Boolean(body.singleResult.errors?.length)
}

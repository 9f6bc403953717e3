import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { Context } from '../identity/context.js'
import { checkOperation, MAX_COST } from './operation-limits.js'

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

/** What an operation costs is known before it runs, and said in `extensions.cost`. */
export const limitOperations: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    let cost: number | undefined
    return {
      async didResolveOperation({ schema, document, operation, request, contextValue }) {
        if (!operation) return
        const checked = checkOperation({ schema, document, operation, variables: request.variables ?? {} })
        if (checked.introspects) requireIntrospection(contextValue)
        cost = checked.cost
      },
      async willSendResponse({ response: { body } }) {
        if (cost !== undefined && body.kind === 'single') {
          body.singleResult.extensions = { ...body.singleResult.extensions, cost: { requested: cost, maximum: MAX_COST } }
        }
      },
    }
  },
}

/** @throws GraphQLError UNAUTHENTICATED, FORBIDDEN */
function requireIntrospection({ services, isSignedIn }: Context): void {
  const { introspection } = services.config
  if (introspection === 'everybody' || (introspection === 'signed-in' && isSignedIn)) return
  const [code, message] =
    introspection === 'nobody'
      ? (['FORBIDDEN', 'The schema is not for asking here; schema.graphql has it'] as const)
      : (['UNAUTHENTICATED', 'Sign in to ask for the schema'] as const)
  throw new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}

const REFUSED_BEFORE_IT_RAN = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])

/**
 * HTTP statuses after GraphQL over HTTP: who accepts only `application/json` gets 200 for a document that is wrong, for an older
 * proxy's 400 and ours could not be told apart; and 503 while billing is switched off.
 */
export const answerStatus: ApolloServerPlugin<Context> = {
  async requestDidStart({ request }) {
    return {
      async willSendResponse({ errors, response }) {
        const codes = (errors ?? []).map(
          ({ extensions, originalError }) => (originalError as { code?: string } | undefined)?.code ?? extensions.code,
        )
        if (codes.includes('FEATURE_DISABLED')) response.http.status = 503
        const isLegacy = !request.http?.headers.get('accept')?.includes('application/graphql-response+json')
        if (isLegacy && response.http.status === 400 && codes.every((code) => REFUSED_BEFORE_IT_RAN.has(String(code))))
          response.http.status = 200
      },
    }
  },
}

import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { Context } from '../identity/context.js'
import { createErrorFormatter } from './format-error.js'

export const MAX_TOKENS = 4000

/**
 * Apollo as it is, less what we do ourselves: the landing page (explorer), protection against cross-site
 * requests (http/authenticate.ts asks it of cookies only), stopping (main.ts).
 */
export function createGraphQLServer(schema: GraphQLSchema, log: FastifyBaseLogger): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    formatError: createErrorFormatter(log),
    includeStacktraceInErrorResponses: false,
    introspection: true,
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    plugins: [ApolloServerPluginLandingPageDisabled(), answerUnavailable, referSubscriptions],
  })
}

const referSubscriptions: ApolloServerPlugin<Context> = {
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

const answerUnavailable: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async willSendResponse({ errors, response }) {
        const off = errors?.some(
          (error) => error.originalError && 'code' in error.originalError && error.originalError.code === 'FEATURE_DISABLED',
        )
        if (off) response.http.status = 503
      },
    }
  },
}

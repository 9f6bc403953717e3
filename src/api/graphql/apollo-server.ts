import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../../config/config.js'
import type { Context } from '../../modules/identity/index.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import { answerStatus, limitOperations, observeOperations, referSubscriptions, refuseUnprovenMutations } from './apollo-plugins.js'
import { formatError } from './format-error.js'
import { createExecutor, gatewayOf } from './jit-executor.js'
import { MAX_TOKENS } from './operation-limits.js'
import { readFromReplica } from './read-replica-plugin.js'

/** Who has read so many mends the document first. */
const MAX_ERRORS = 5

interface GraphQLServer {
  schema: GraphQLSchema
  config: Config
  budgets: CallerBudgets
}

/**
 * Apollo as it is, less what we do ourselves: the landing page (explorer), protection against cross-site
 * requests (http/authenticate.ts asks it of cookies only), stopping (main.ts).
 */
export function createGraphQLServer({ schema, config, budgets }: GraphQLServer): ApolloServer<Context> {
  const { introspection, statusProfile, compileAfter } = config
  return new ApolloServer<Context>({
    gateway: gatewayOf(schema, createExecutor(schema, compileAfter)),
    formatError,
    includeStacktraceInErrorResponses: false,
    // Whether somebody may is decided for each request.
    introspection: true,
    hideSchemaDetailsFromClientErrors: introspection !== 'everybody',
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationOptions: { maxErrors: MAX_ERRORS },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It would go around every field of every object.
      ApolloServerPluginCacheControlDisabled(),
      observeOperations,
      referSubscriptions,
      refuseUnprovenMutations,
      limitOperations({ budgets }),
      readFromReplica,
      answerStatus(statusProfile),
    ],
  })
}

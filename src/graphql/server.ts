import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { CallerBudgets } from '../budgets/caller-budgets.js'
import type { Config } from '../config.js'
import type { Context } from '../identity/context.js'
import { MAX_TOKENS } from './document-limits.js'
import { createExecutor, gatewayOf } from './executor.js'
import { formatError } from './format-error.js'
import { answerStatus, limitOperations, observeOperations, referSubscriptions, refuseUnprovenMutations } from './http-plugins.js'
import { readFromReplica } from './replica-plugin.js'

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

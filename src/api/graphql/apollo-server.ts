import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../../config/config.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { limitOperations, measureOperations, refuseUnprovenMutations, rejectSubscriptions, setHttpStatus } from './apollo-plugins.js'
import { formatError } from './format-error.js'
import { createJitExecutor, createStaticGateway } from './jit-executor.js'
import { MAX_TOKENS } from './operation-limits.js'
import { routeReadsToReplica } from './read-replica-plugin.js'

/** Who has read so many mends the document first. */
const MAX_VALIDATION_ERRORS = 5

interface GraphQLServerOptions {
  schema: GraphQLSchema
  config: Config
  budgets: RateLimiter
}

/**
 * Apollo as it is, less what we do ourselves: the landing page (explorer), protection against cross-site
 * requests (http/authenticate.ts asks it of cookies only), stopping (main.ts).
 */
export function createGraphQLServer({ schema, config, budgets }: GraphQLServerOptions): ApolloServer<RequestContext> {
  const { introspection, statusProfile, compileAfter } = config
  return new ApolloServer<RequestContext>({
    gateway: createStaticGateway(schema, createJitExecutor(schema, compileAfter)),
    formatError,
    includeStacktraceInErrorResponses: false,
    // Whether somebody may is decided for each request.
    introspection: true,
    hideSchemaDetailsFromClientErrors: introspection !== 'everybody',
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It would go around every field of every object.
      ApolloServerPluginCacheControlDisabled(),
      measureOperations,
      rejectSubscriptions,
      refuseUnprovenMutations,
      limitOperations({ budgets }),
      routeReadsToReplica,
      setHttpStatus(statusProfile),
    ],
  })
}

import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../../config/config.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { limitOperations, measureOperations, refuseUnprovenMutations, rejectSubscriptions, setHttpStatus } from './apollo-plugins.js'
import { formatError } from './format-error.js'
import { createJitExecutor, createStaticGateway } from './jit-executor.js'
import { MAX_TOKENS } from './operation-limits.js'
import { routeReadsToReplica } from './read-replica-plugin.js'
import { SeenOperations } from './seen-operations.js'

/** More errors than this do not help to fix an operation. */
const MAX_VALIDATION_ERRORS = 5

interface GraphQLServerOptions {
  schema: GraphQLSchema
  config: Config
  rateLimiter: RateLimiter
}

interface GraphQLServer {
  apollo: ApolloServer<RequestContext>
  seenOperations: SeenOperations
}

/**
 * Apollo Server without the parts that are implemented elsewhere: the landing page (the explorer), protection
 * against cross-site requests (http/authenticate.ts, for cookies only) and shutdown (start.ts).
 */
export function createGraphQLServer({ schema, config, rateLimiter }: GraphQLServerOptions): GraphQLServer {
  const { introspection, statusProfile, jitThreshold } = config
  const seenOperations = new SeenOperations({
    schema,
    executor: createJitExecutor(schema, jitThreshold),
    plugins: [
      measureOperations,
      rejectSubscriptions,
      refuseUnprovenMutations,
      limitOperations({ rateLimiter }),
      routeReadsToReplica,
      setHttpStatus(statusProfile),
    ],
  })
  const apollo = new ApolloServer<RequestContext>({
    gateway: createStaticGateway(schema, seenOperations.execute),
    formatError,
    includeStacktraceInErrorResponses: false,
    // limitOperations decides for each request whether introspection is allowed.
    introspection: true,
    hideSchemaDetailsFromClientErrors: introspection !== 'everybody',
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // They would wrap the resolver of every field of every object. Apollo traces subgraphs by default.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      seenOperations,
    ],
  })
  return { apollo, seenOperations }
}

import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { z } from 'zod'
import { BAD_REQUEST, DomainError, type ErrorDefinition } from '../../core/errors.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, QUERY_TOO_COMPLEX } from '../graphql/graphql.errors.js'
import { MAX_TOKENS } from '../graphql/operation-limits.js'
import { analyzeOperation, MAX_COST } from '../graphql/query-cost.js'
import { consumePoints, rateLimitFor } from '../rate-limit-policy.js'

/** The parameters of a request in addition to its operation. */
export interface SubscriptionParameters {
  operationName: string | null
  variables: Record<string, unknown> | null
}

const parametersSchema = z.object({
  operationName: z.string({ error: 'operationName: must be a string' }).nullish(),
  variables: z.preprocess(parseQueryParameters, z.record(z.string(), z.unknown(), { error: 'variables: must be a JSON object' }).nullish()),
  extensions: z.preprocess(
    parseQueryParameters,
    z.record(z.string(), z.unknown(), { error: 'extensions: must be a JSON object' }).nullish(),
  ),
})

/** @throws BAD_REQUEST naming the invalid parameter */
export function parseParameters(given: unknown): SubscriptionParameters {
  const { data, error } = parametersSchema.safeParse(given ?? {})
  if (!data) throw new DomainError(BAD_REQUEST, error.issues[0]?.message ?? 'The request is malformed')
  return { operationName: data.operationName ?? null, variables: data.variables ?? null }
}

/** Parses an object from a query string, where it is JSON text. Any other text is returned unchanged. */
function parseQueryParameters(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

interface SubscriptionOperation {
  schema: GraphQLSchema
  context: RequestContext
  rateLimiter: RateLimiter
  text: string
  parameters: SubscriptionParameters
}

/** An operation that cannot be served, with all its errors. Each has a code. */
export class InvalidOperationError extends Error {
  readonly errors: readonly GraphQLError[]

  constructor({ code }: ErrorDefinition, errors: readonly GraphQLError[]) {
    super(code)
    this.errors = errors.map(
      ({ message, nodes, source, positions, originalError, extensions }) =>
        new GraphQLError(message, { nodes, source, positions, originalError, extensions: { code, ...extensions } }),
    )
  }
}

/**
 * Parses and validates a subscription, and consumes its points.
 * @throws InvalidOperationError, RATE_LIMITED
 */
export async function parseSubscription({ schema, context, rateLimiter, text, parameters }: SubscriptionOperation): Promise<DocumentNode> {
  const document = parseDocument(text)
  const problems = validate(schema, document)
  if (problems.length > 0) throw new InvalidOperationError(GRAPHQL_VALIDATION_FAILED, problems)
  const operation = getOperationAST(document, parameters.operationName)
  if (operation?.operation !== 'subscription') {
    const message = 'Only subscriptions are served here; send queries and mutations to /graphql by POST'
    throw new InvalidOperationError(BAD_REQUEST, [new GraphQLError(message)])
  }
  const maximum = Math.min(MAX_COST, rateLimitFor(context.principal, context.services.config).capacity)
  const { cost } = withInvalidOperationError(() =>
    analyzeOperation({ schema, document, operation, variables: parameters.variables ?? {}, maximum }),
  )
  await consumePoints(rateLimiter, context, cost, context.response.prepaid)
  return document
}

function parseDocument(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: MAX_TOKENS })
  } catch (error) {
    throw error instanceof GraphQLError ? new InvalidOperationError(GRAPHQL_PARSE_FAILED, [error]) : error
  }
}

function withInvalidOperationError<T>(analyze: () => T): T {
  try {
    return analyze()
  } catch (error) {
    throw error instanceof GraphQLError ? new InvalidOperationError(QUERY_TOO_COMPLEX, [error]) : error
  }
}

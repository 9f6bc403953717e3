import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { z } from 'zod'
import { DomainError, type ErrorCode } from '../../core/errors.js'
import type { Context } from '../../modules/identity/index.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import { formatError } from '../graphql/format-error.js'
import { MAX_TOKENS } from '../graphql/operation-limits.js'
import { checkOperation, MAX_COST } from '../graphql/query-cost.js'
import { budgetOf, charge } from '../rate-limit-policy.js'

/** What a request says beside its document. */
export interface SubscriptionParameters {
  operationName: string | null
  variables: Record<string, unknown> | null
}

const parameters = z.object({
  operationName: z.string({ error: 'operationName: must be a string' }).nullish(),
  variables: z.preprocess(fromAddress, z.record(z.string(), z.unknown(), { error: 'variables: must be a JSON object' }).nullish()),
  extensions: z.preprocess(fromAddress, z.record(z.string(), z.unknown(), { error: 'extensions: must be a JSON object' }).nullish()),
})

/** @throws BAD_REQUEST naming what is wrong */
export function readParameters(given: unknown): SubscriptionParameters {
  const { data, error } = parameters.safeParse(given ?? {})
  if (!data) throw new DomainError('BAD_REQUEST', error.issues[0]?.message ?? 'The request is malformed')
  return { operationName: data.operationName ?? null, variables: data.variables ?? null }
}

/** In an address objects are JSON text; what is none stays text. */
function fromAddress(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

interface Asked {
  schema: GraphQLSchema
  context: Context
  budgets: CallerBudgets
  text: string
  parameters: SubscriptionParameters
}

/** What is wrong with a document: all of it that validation found. */
export class InvalidDocument extends Error {
  readonly errors: readonly GraphQLFormattedError[]

  constructor(code: ErrorCode, errors: readonly GraphQLError[]) {
    super(code)
    this.errors = errors.map((error) => formatError({ ...error.toJSON(), extensions: { code, ...error.extensions } }, error))
  }
}

/**
 * The document, when it is a subscription of the schema, and paid for.
 * @throws InvalidDocument, RATE_LIMITED
 */
export async function readSubscription({ schema, context, budgets, text, parameters }: Asked): Promise<DocumentNode> {
  const document = parseDocument(text)
  const faults = validate(schema, document)
  if (faults.length > 0) throw new InvalidDocument('GRAPHQL_VALIDATION_FAILED', faults)
  const operation = getOperationAST(document, parameters.operationName)
  if (operation?.operation !== 'subscription') {
    const message = 'Only subscriptions are served here; send queries and mutations to /graphql'
    throw new InvalidDocument('BAD_REQUEST', [new GraphQLError(message)])
  }
  const maximum = Math.min(MAX_COST, budgetOf(context.sender, context.services.config).capacity)
  const { cost } = costOf(() => checkOperation({ schema, document, operation, variables: parameters.variables ?? {}, maximum }))
  await charge(budgets, context, cost, context.answer.prepaid)
  return document
}

function parseDocument(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: MAX_TOKENS })
  } catch (error) {
    throw error instanceof GraphQLError ? new InvalidDocument('GRAPHQL_PARSE_FAILED', [error]) : error
  }
}

function costOf<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw error instanceof GraphQLError ? new InvalidDocument('QUERY_TOO_COMPLEX', [error]) : error
  }
}

import type { GatewayExecutionResult, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface'
import { execute, GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues, type OperationDefinitionNode } from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import { retryableError } from '../../platform/postgres/database-errors.js'
import { isCompilable } from './is-compilable.js'

const MAX_COMPILED = 500
const MAX_COUNTED = 5000

interface ExecutorRequest extends Pick<GatewayGraphQLRequestContext, 'document' | 'operation' | 'operationName' | 'queryHash' | 'context'> {
  request: Pick<GatewayGraphQLRequestContext['request'], 'variables'>
}

/** A GatewayExecutor of Apollo that reads no more of a request than this. */
export type OperationExecutor = (request: ExecutorRequest) => Promise<GatewayExecutionResult>

/**
 * Executes operations for Apollo. graphql-jit compiles queries that are requested repeatedly to JavaScript,
 * where that is safe. graphql-js executes everything else, and every operation with invalid variables,
 * because its messages name the field.
 * @param after  the number of requests after which an operation is compiled; 0 compiles none
 */
export function createJitExecutor(schema: GraphQLSchema, after: number): OperationExecutor {
  const compiled = new LRUCache<string, CompiledQuery | 'not compilable'>({ max: MAX_COMPILED })
  const requested = new LRUCache<string, number>({ max: MAX_COUNTED })
  const findCompiled = (request: ExecutorRequest): CompiledQuery | undefined => {
    const key = `${request.queryHash}${request.operationName ?? ''}`
    const cached = compiled.get(key)
    if (cached) return cached === 'not compilable' ? undefined : cached
    const times = (requested.get(key) ?? 0) + 1
    requested.set(key, times)
    if (after === 0 || times < after) return undefined
    const query = compileOperation(schema, request)
    compiled.set(key, query ?? 'not compilable')
    return query
  }
  return async (request) => {
    const { operation, context } = request
    const variables = request.request.variables ?? {}
    const query = findCompiled(request)
    if (!query || !areValid(schema, operation, variables)) return interpret(schema, request)
    const result = (await query.query(undefined, context, variables)) as GatewayExecutionResult
    if (!result.errors) return result
    // Running the operation again would only wait for the database a second time.
    if (result.errors.some(({ originalError }) => retryableError(originalError) !== undefined)) return withGraphQLErrors(result)
    // Below a non-nullable field graphql-js reports the first error, and graphql-jit several or different
    // ones. Resolvers of queries only read, and loaders cache within a request, so a second run is safe and
    // reports the errors of graphql-js.
    return interpret(schema, request)
  }
}

function areValid(schema: GraphQLSchema, { variableDefinitions }: OperationDefinitionNode, variables: Record<string, unknown>): boolean {
  return !variableDefinitions?.length || getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).errors === undefined
}

async function interpret(
  schema: GraphQLSchema,
  { document, operationName, context, request }: ExecutorRequest,
): Promise<GatewayExecutionResult> {
  const variableValues = request.variables ?? {}
  return (await execute({ schema, document, contextValue: context, variableValues, operationName })) as GatewayExecutionResult
}

/** Converts the errors of compiled queries, because Apollo cannot serialize their class. */
function withGraphQLErrors({ data, errors = [] }: GatewayExecutionResult): GatewayExecutionResult {
  const converted = errors.map(({ message, path, originalError, locations }) =>
    Object.defineProperty(new GraphQLError(message, { path, originalError }), 'locations', { value: locations, enumerable: true }),
  )
  return { data, errors: converted }
}

function compileOperation(schema: GraphQLSchema, { document, operationName }: ExecutorRequest): CompiledQuery | undefined {
  const operation = getOperationAST(document, operationName)
  if (!operation || !isCompilable(document, operation)) return undefined
  const query = compileQuery(schema, document, operationName ?? '', { disablingCapturingStackErrors: true })
  return isCompiledQuery(query) ? query : undefined
}

/** Apollo accepts an executor only from a gateway. This one has a single schema that never changes. */
export function createStaticGateway(schema: GraphQLSchema, executor: OperationExecutor): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({ executor }),
    stop: async () => undefined,
  }
}

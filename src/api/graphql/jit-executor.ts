import type { GatewayExecutionResult, GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface'
import { execute, GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues, type OperationDefinitionNode } from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import { isDatabaseUnavailable } from '../../platform/postgres/connection-errors.js'
import { isCompilable } from './is-compilable.js'

const MAX_COMPILED = 500
const MAX_COUNTED = 5000

type ExecutorRequest = Parameters<GatewayExecutor>[0]

/**
 * Executes operations for Apollo. Queries that are requested repeatedly are compiled to JavaScript by graphql-jit where that is
 * safe. graphql-js executes everything else, and whatever has invalid variables: its messages name the field.
 * @param after  how often an operation must be requested before it is compiled; 0 compiles none
 */
export function createJitExecutor(schema: GraphQLSchema, after: number): GatewayExecutor {
  const compiled = new LRUCache<string, CompiledQuery | 'not'>({ max: MAX_COMPILED })
  const requested = new LRUCache<string, number>({ max: MAX_COUNTED })
  const findCompiled = (request: ExecutorRequest): CompiledQuery | undefined => {
    const key = `${request.queryHash}${request.operationName ?? ''}`
    const known = compiled.get(key)
    if (known) return known === 'not' ? undefined : known
    const times = (requested.get(key) ?? 0) + 1
    requested.set(key, times)
    if (after === 0 || times < after) return undefined
    const query = compileOperation(schema, request)
    compiled.set(key, query ?? 'not')
    return query
  }
  return async (request) => {
    const { operation, context } = request
    const variables = request.request.variables ?? {}
    const query = findCompiled(request)
    if (!query || !areValid(schema, operation, variables)) return interpret(schema, request)
    const result = (await query.query(undefined, context, variables)) as GatewayExecutionResult
    if (!result.errors) return result
    // An outage would only be waited for a second time.
    if (result.errors.some(({ originalError }) => isDatabaseUnavailable(originalError))) return withOrdinaryErrors(result)
    // Below a non-nullable field graphql-js reports the first failure; graphql-jit reports several of them, or others. Resolvers of
    // queries only read, and loaders remember within a request, so running them again is safe and gives what graphql-js reports.
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

/** Errors of compiled queries are of a class of their own, which Apollo cannot serialize. */
function withOrdinaryErrors({ data, errors = [] }: GatewayExecutionResult): GatewayExecutionResult {
  const ordinary = errors.map(({ message, path, originalError, locations }) =>
    Object.defineProperty(new GraphQLError(message, { path, originalError }), 'locations', { value: locations, enumerable: true }),
  )
  return { data, errors: ordinary }
}

function compileOperation(schema: GraphQLSchema, { document, operationName }: ExecutorRequest): CompiledQuery | undefined {
  const operation = getOperationAST(document, operationName)
  if (!operation || !isCompilable(document, operation)) return undefined
  const query = compileQuery(schema, document, operationName ?? '', { disablingCapturingStackErrors: true })
  return isCompiledQuery(query) ? query : undefined
}

/** Apollo accepts an executor only from a gateway: this one has one schema, which never changes. */
export function createStaticGateway(schema: GraphQLSchema, executor: GatewayExecutor): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({ executor }),
    stop: async () => undefined,
  }
}

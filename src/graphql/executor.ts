import type { GatewayExecutionResult, GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface'
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, getVariableValues } from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'

const MOST_COMPILED = 500
/** Times a document is seen before it is worth compiling: what is asked once is not asked again. */
const MOST_COUNTED = 5000

type Request = Parameters<GatewayExecutor>[0]

/**
 * How Apollo runs operations. Those that come again are compiled to JavaScript by graphql-jit; the others, and whatever has wrong
 * variables, are run by graphql-js, whose messages name the place.
 * @param after  how often a document must have come before it is compiled; 0 compiles none
 */
export function createExecutor(schema: GraphQLSchema, after: number): GatewayExecutor {
  const compiled = new LRUCache<string, CompiledQuery | 'not'>({ max: MOST_COMPILED })
  const seen = new LRUCache<string, number>({ max: MOST_COUNTED })
  const queryFor = ({ document, queryHash, operationName }: Request): CompiledQuery | undefined => {
    const key = `${queryHash}${operationName ?? ''}`
    const known = compiled.get(key)
    if (known) return known === 'not' ? undefined : known
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    if (after === 0 || times < after) return undefined
    const query = compile(schema, document, operationName)
    compiled.set(key, query ?? 'not')
    return query
  }
  return async (request) => {
    const { document, operation, operationName, context } = request
    const variables = request.request.variables ?? {}
    const query = queryFor(request)
    if (!query || getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) {
      return (await execute({
        schema,
        document,
        contextValue: context,
        variableValues: variables,
        operationName,
      })) as GatewayExecutionResult
    }
    const result = (await query.query(undefined, context, variables)) as GatewayExecutionResult
    return result.errors ? { ...result, errors: result.errors.map(ordinary) } : result
  }
}

/** Errors of compiled queries are of a class of their own, which Apollo cannot write. */
function ordinary({ message, path, originalError, locations }: GraphQLError): GraphQLError {
  const error = new GraphQLError(message, { path, originalError })
  return Object.defineProperty(error, 'locations', { value: locations, enumerable: true })
}

function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): CompiledQuery | undefined {
  const query = compileQuery(schema, document, operationName ?? '', { disablingCapturingStackErrors: true })
  return isCompiledQuery(query) ? query : undefined
}

/** Apollo takes an executor from a gateway only: this one has one schema, and is always there. */
export function gatewayOf(schema: GraphQLSchema, executor: GatewayExecutor): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({ executor }),
    stop: async () => undefined,
  }
}

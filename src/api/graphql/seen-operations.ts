import { type GraphQLRequest, type GraphQLResponse, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server'
import type { GatewayExecutionResult } from '@apollo/server-gateway-interface'
import { type DocumentNode, type GraphQLError, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RequestContext } from '../../modules/identity/index.js'
import type { OperationExecutor } from './jit-executor.js'

/** Of the texts; the parsed operations take about a hundred times as many bytes. */
const MAX_SEEN_CHARACTERS = 250_000
const MAX_KEY_CHARACTERS = 10_000
const NAME = /^\w+$/

interface SeenOperation {
  document: DocumentNode
  operation: OperationDefinitionNode
  operationName: string | null
  queryHash: string
}

interface OperationStart {
  contextValue: RequestContext
  request: { variables?: GraphQLRequest['variables']; http?: Pick<HTTPGraphQLRequest, 'method' | 'headers'> }
}

interface ResolvedOperation extends OperationStart, Omit<SeenOperation, 'operation'> {
  schema: GraphQLSchema
  operation?: OperationDefinitionNode
}

interface OperationHooks {
  didResolveOperation?(resolved: ResolvedOperation): Promise<void>
  didEncounterErrors?(failed: { errors: readonly GraphQLError[] }): Promise<void>
  willSendResponse?(done: { response: GraphQLResponse }): Promise<void>
}

/** A plugin of Apollo with no other hooks and no other facts than seen operations have. */
export interface OperationPlugin {
  requestDidStart(start: OperationStart): Promise<OperationHooks | undefined>
}

/** The `accept` of an operation that this server runs itself. No header can contain this character. */
export const IN_PROCESS = '\0'

/** The parameters of a request that runs one operation by POST. */
export interface OperationRequest {
  accept: string | undefined
  query?: unknown
  operationName?: unknown
  variables?: unknown
  extensions?: unknown
}

interface SeenResult {
  /** Data and extensions. */
  result: { data: GatewayExecutionResult['data'] }
  /** The media type of the response. */
  type: string
}

/** What has been done for a request. Apollo continues from here. */
interface Progress {
  hooks: OperationHooks
  result?: Promise<GatewayExecutionResult>
}

interface SeenOperationsOptions {
  schema: GraphQLSchema
  plugins: readonly OperationPlugin[]
  executor: OperationExecutor
}

/**
 * Runs queries that Apollo has run before without what Apollo would do again: hashing, finding and selecting
 * the operation, and preparing its own contexts and responses. The plugins and the executor are the same. Only
 * successes end here: whatever fails continues in Apollo with what has been done so far, so that nothing is
 * charged, measured or executed twice, and errors have one implementation. Nothing that is kept belongs to a
 * principal.
 */
export class SeenOperations implements OperationPlugin {
  readonly #seen = new LRUCache<string, { operation: SeenOperation; type: string }>({
    maxSize: MAX_SEEN_CHARACTERS,
    maxEntrySize: MAX_KEY_CHARACTERS,
    sizeCalculation: (_seen, key) => key.length,
  })
  // By `response` of the context, because Apollo passes on a copy of the context.
  readonly #progress = new WeakMap<RequestContext['response'], Progress>()
  readonly #ranInApollo = new WeakMap<RequestContext['response'], SeenOperation>()
  readonly #options: SeenOperationsOptions

  constructor(options: SeenOperationsOptions) {
    this.#options = options
  }

  /** The plugins, as one for Apollo. */
  async requestDidStart(start: OperationStart): Promise<OperationHooks> {
    const { response } = start.contextValue
    const progress = this.#progress.get(response)
    if (progress) return progress.hooks
    const hooks = await startAll(this.#options.plugins, start)
    return {
      ...hooks,
      didResolveOperation: async (resolved) => {
        const { document, operation, operationName, queryHash } = resolved
        const isQuery = operation?.operation === OperationTypeNode.QUERY
        if (isQuery) this.#ranInApollo.set(response, { document, operation, operationName, queryHash })
        await hooks.didResolveOperation(resolved)
      },
      didEncounterErrors: async (failed) => {
        this.#ranInApollo.delete(response)
        await hooks.didEncounterErrors(failed)
      },
    }
  }

  /** The executor for Apollo. */
  readonly execute: OperationExecutor = (request) =>
    this.#progress.get((request.context as RequestContext).response)?.result ?? this.#options.executor(request)

  /**
   * To be called when Apollo has run the operation without errors.
   * @param type  the media type of its response by HTTP
   */
  remember(request: OperationRequest, { response }: RequestContext, type = ''): void {
    const operation = this.#ranInApollo.get(response)
    const key = keyOf(request)
    if (operation && key !== undefined) this.#seen.set(key, { operation, type })
  }

  /** @returns undefined if Apollo must run or continue the request */
  async run(request: OperationRequest, contextValue: RequestContext): Promise<SeenResult | undefined> {
    const key = keyOf(request)
    const seen = key === undefined ? undefined : this.#seen.get(key)
    if (!seen) return undefined
    const { schema, plugins, executor } = this.#options
    const variables = (request.variables ?? {}) as Record<string, unknown>
    const headers = new HeaderMap(request.accept ? [['accept', request.accept]] : [])
    const start: OperationStart = { contextValue, request: { variables, http: { method: 'POST', headers } } }
    try {
      const hooks = await startAll(plugins, start)
      const resolved = hooks.didResolveOperation({ ...start, ...seen.operation, schema })
      const progress: Progress = { hooks: { ...hooks, didResolveOperation: () => resolved } }
      this.#progress.set(contextValue.response, progress)
      await resolved
      progress.result = executor({ ...seen.operation, context: contextValue, request: { variables } })
      const { data, errors } = await progress.result
      if (errors) return undefined
      const singleResult = { data: data ?? null }
      const sent = hooks.willSendResponse({ response: { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } } })
      progress.hooks.willSendResponse = () => sent
      await sent
      return { result: singleResult, type: seen.type }
    } catch {
      // Apollo meets the same failure again, and describes it.
      return undefined
    }
  }
}

async function startAll(plugins: readonly OperationPlugin[], start: OperationStart): Promise<Required<OperationHooks>> {
  const started = await Promise.all(plugins.map((plugin) => plugin.requestDidStart(start)))
  return {
    didResolveOperation: async (resolved) => void (await Promise.all(started.map((each) => each?.didResolveOperation?.(resolved)))),
    didEncounterErrors: async (failed) => void (await Promise.all(started.map((each) => each?.didEncounterErrors?.(failed)))),
    willSendResponse: async (done) => void (await Promise.all(started.map((each) => each?.willSendResponse?.(done)))),
  }
}

/** @returns undefined for parameters that Apollo may refuse, or that it must see */
function keyOf({ accept = '', query, operationName, variables, extensions }: OperationRequest): string | undefined {
  const isNamed = typeof operationName === 'string' && NAME.test(operationName)
  if (typeof query !== 'string' || extensions !== undefined || !(isNamed || operationName == null)) return undefined
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return undefined
  return `${accept}\n${operationName ?? ''}\n${query}`
}

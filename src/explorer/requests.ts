import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { type ExecutionResult, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { createClient } from 'graphql-sse'

interface FetcherOptions {
  /** The token of the selected identity, or an empty string. */
  token(): string
  /** Called with the response to every named query or mutation. */
  onResult(operation: string, result: ExecutionResult): void
}

/**
 * Sends GraphiQL's operations as the selected identity, unless the user has set an Authorization header in
 * the tab.
 */
export function createFetcher({ token, onResult }: FetcherOptions): Fetcher {
  return async ({ query, variables }, options) => {
    const userHeaders = options?.headers ?? {}
    const hasAuthorization = Object.keys(userHeaders).some((name) => name.toLowerCase() === 'authorization')
    const headers = hasAuthorization ? userHeaders : { ...userHeaders, ...authorization(token()) }
    // Right after a switch of tabs, GraphiQL passes the operation name of the previous tab. Use the text
    // instead.
    const operation = onlyOperation(query)
    const parameters = { query, variables, operationName: operation?.name?.value }
    if (operation?.operation === 'subscription') return subscribe(parameters, headers)
    const result = await post(parameters, headers)
    if (operation?.name) onResult(operation.name.value, result)
    return result
  }
}

export async function post(parameters: object, headers: Record<string, string>): Promise<ExecutionResult> {
  const accept = 'application/graphql-response+json, application/json'
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(parameters),
  })
  return response.json()
}

export function authorization(token: string): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {}
}

/** Iterates over the results until the user presses Stop. */
function subscribe({ query, variables }: FetcherParams, headers: Record<string, string>) {
  const client = createClient({ url: `${location.origin}/graphql/stream`, headers, retryAttempts: 0 })
  return client.iterate({ query, ...(variables && { variables }) }) as ReturnType<Fetcher>
}

function onlyOperation(query: string): OperationDefinitionNode | undefined {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    return operations.length === 1 ? (operations[0] as OperationDefinitionNode) : undefined
  } catch {
    // The server reports the syntax error.
    return undefined
  }
}

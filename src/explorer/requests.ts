import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { type ExecutionResult, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { createClient } from 'graphql-sse'

interface Options {
  /** The token of the selected identity, or an empty string. */
  token(): string
  /** Called with every answer to a named query or mutation. */
  onResult(operation: string, result: ExecutionResult): void
}

/** Sends what GraphiQL runs as the selected identity. An Authorization header that somebody wrote into a tab goes first. */
export function createFetcher({ token, onResult }: Options): Fetcher {
  return async ({ query, variables }, options) => {
    const own = options?.headers ?? {}
    const isOwn = Object.keys(own).some((name) => name.toLowerCase() === 'authorization')
    const headers = isOwn ? own : { ...own, ...authorization(token()) }
    // Right after another tab was opened, GraphiQL passes the operation name of the one before: the text counts.
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

/** Answers come one after the other, until Stop is pressed. */
function subscribe({ query, variables }: FetcherParams, headers: Record<string, string>) {
  const client = createClient({ url: `${location.origin}/graphql/stream`, headers, retryAttempts: 0 })
  return client.iterate({ query, ...(variables && { variables }) }) as ReturnType<Fetcher>
}

function onlyOperation(query: string): OperationDefinitionNode | undefined {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    return operations.length === 1 ? (operations[0] as OperationDefinitionNode) : undefined
  } catch {
    // The server says what is wrong with it.
    return undefined
  }
}

import { type Operation, operationText } from './document.js'
import { readData } from './response.js'
import { isRepeatable, isTemporary, retryDelay, wait } from './retry.js'
import { iterateEvents, type SubscribeOptions } from './subscribe.js'

const DEFAULT_RETRIES = 2
/** A longer wait is left to the application. */
const MAX_WAIT_MS = 10_000
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i

/** A string, or a function that returns the current one before each request. Undefined means an anonymous request. */
export type Credential = string | (() => string | undefined | Promise<string | undefined>)

export interface ClientOptions {
  /** The address of the server, such as `https://billing.example.com`. In a page of the server itself, `''`. */
  readonly url: string
  /** The token of a user. Without a token and an API key, browsers send the session cookie. */
  readonly token?: Credential | undefined
  /** The API key of a service, instead of a token. */
  readonly apiKey?: Credential | undefined
  /** Replaces the global `fetch`, for example to set `credentials: 'include'` for another origin. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * How often a query, or a mutation with an `idempotencyKey` in each input, is retried after a lost connection, a 502
   * or 504, or an error with `retryAfter` of at most ten seconds. Defaults to 2.
   */
  readonly retries?: number | undefined
}

export interface RequestOptions {
  readonly signal?: AbortSignal
}

/** The variables may be omitted if the operation requires none. */
export type VariablesAndOptions<TVariables, TOptions> =
  Record<never, never> extends TVariables ? [variables?: TVariables, options?: TOptions] : [variables: TVariables, options?: TOptions]

export interface QuittanceClient {
  /** Runs a query or a mutation. @throws QuittanceError, or TypeError without a response */
  request<TResult, TVariables>(
    operation: Operation<TResult, TVariables>,
    ...rest: VariablesAndOptions<TVariables, RequestOptions>
  ): Promise<TResult>
  /** Runs a subscription over server-sent events. It reconnects until the loop is left or the signal is aborted. */
  subscribe<TResult, TVariables>(
    operation: Operation<TResult, TVariables>,
    ...rest: VariablesAndOptions<TVariables, SubscribeOptions>
  ): AsyncIterable<TResult>
}

/** What `post` sends. */
interface Message {
  readonly path: string
  readonly accept: string
  readonly body: string
  readonly signal: AbortSignal | undefined
}

export function createClient({ url, token, apiKey, fetch, retries = DEFAULT_RETRIES }: ClientOptions): QuittanceClient {
  const base = url.replace(/\/+$/, '')
  const post = async ({ path, accept, body, signal }: Message): Promise<Response> => {
    const bearer = await readCredential(apiKey ?? token)
    const headers = { accept, 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
    const address = `${base}${path}`
    assertSendable(address, headers, fetch && 'http://localhost')
    // A followed redirect could send the credential to another host.
    const init = { method: 'POST', headers, body, redirect: 'manual', ...(signal && { signal }) } as const
    return (fetch ?? globalThis.fetch)(address, init)
  }
  return {
    request: async (operation, ...[variables, { signal } = {}]) => {
      const query = operationText(operation)
      const body = JSON.stringify({ query, variables })
      const send = async () => readData(await post({ path: '/graphql', accept: JSON_TYPES, body, signal }))
      const isRepeated = isRepeatable(operation, variables)
      return (await repeat(send, isRepeated ? retries : 0, signal)) as never
    },
    subscribe: (operation, ...[variables, options = {}]) => {
      const body = JSON.stringify({ query: operationText(operation), variables })
      const open = (signal: AbortSignal) => post({ path: '/graphql/stream', accept: 'text/event-stream', body, signal })
      return iterateEvents(open, options) as never
    },
  }
}

const JSON_TYPES = 'application/graphql-response+json, application/json;q=0.9'

/**
 * `fetch` rejects with a TypeError both after a lost connection and for a request that can never be sent.
 * @param otherBase  resolves a relative address outside a page; only a `fetch` of the application can know the true one
 * @throws Error for a request that can never be sent
 */
function assertSendable(address: string, headers: Record<string, string>, otherBase: string | undefined): void {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? otherBase
  try {
    new Request(new URL(address, base), { headers })
    if (OTHER_SCHEME.test(address)) throw new TypeError('the address must start with https:// or http://')
  } catch (cause) {
    throw new Error(`A request to ${JSON.stringify(address)} cannot be sent: ${(cause as Error).message}`, { cause })
  }
}

async function readCredential(credential: Credential | undefined): Promise<string | undefined> {
  return typeof credential === 'function' ? credential() : credential
}

/** Repeats a request after temporary errors. */
async function repeat<T>(send: () => Promise<T>, retries: number, signal: AbortSignal | undefined): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send()
    } catch (error) {
      const delay = retryDelay(attempt, error)
      if (attempt > retries || signal?.aborted || !isTemporary(error) || delay > MAX_WAIT_MS) throw error
      await wait(delay, signal)
    }
  }
}

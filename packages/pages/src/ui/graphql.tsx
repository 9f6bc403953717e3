import { createClient as createQuittance, QuittanceError } from '@quittance/client'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import {
  Client,
  CombinedError,
  cacheExchange,
  type Exchange,
  makeOperation,
  makeResult,
  type Operation,
  Provider,
  useClient,
  useQuery,
} from 'urql'
import { filter, fromPromise, mergeMap, pipe, takeUntil, tap } from 'wonka'
import type { PageOperation } from './operation'
import { token } from './token'

declare module 'urql' {
  interface OperationContext {
    /** The operation as packages/pages/operations has it. */
    text?: string
  }
}

export type PageName = 'portal' | 'admin'

/** Sends operations by the client of Quittance, which retries queries and mutations with an idempotency key. */
function quittanceExchange(page: PageName): Exchange {
  // The server reads the cookie of this page only, and refuses to run anything as another user than the page shows.
  const identity: Record<string, string> = { 'x-quittance-page': page }
  const quittance = createQuittance({
    url: '',
    token,
    fetch: (address, init) => fetch(address, { ...init, headers: { ...(init?.headers as Record<string, string>), ...identity } }),
  })
  const send = async (operation: Operation) => {
    // urql changes the text. The server may run persisted operations only, which are known by their exact text.
    const text = String(operation.context.text)
    try {
      const data = await quittance.request<Record<string, unknown>, object>(text, operation.variables as object)
      const { me } = data as { me?: { id: string } | null }
      if (me) identity['x-quittance-user'] = me.id
      return makeResult(operation, { data, hasNext: false })
    } catch (error) {
      const data = error instanceof QuittanceError ? (error.data as Record<string, unknown> | null) : null
      return { ...makeResult(operation, { data, hasNext: false }), error: new CombinedError({ networkError: error as Error }) }
    }
  }
  return () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind === 'query' || kind === 'mutation'),
      mergeMap((operation) => {
        const isEnd = ({ kind, key }: Operation) => kind === 'teardown' && key === operation.key
        return pipe(fromPromise(send(operation)), takeUntil(pipe(operations, filter(isEnd))))
      }),
    )
}

/** Reads everything that is shown again after each mutation: what a change affects is for the server to decide. */
const reloadAfterMutations: Exchange = ({ forward, client }) => {
  const shown = new Map<number, Operation>()
  return (operations) =>
    pipe(
      operations,
      tap((operation) => {
        if (operation.kind === 'query') shown.set(operation.key, operation)
        if (operation.kind === 'teardown') shown.delete(operation.key)
      }),
      forward,
      tap(({ operation, error }) => {
        if (operation.kind !== 'mutation' || error) return
        for (const each of shown.values()) {
          client.reexecuteOperation(makeOperation('query', each, { ...each.context, requestPolicy: 'network-only' }))
        }
      }),
    )
}

export function GraphQLProvider({ page, children }: { page: PageName; children: ReactNode }) {
  const [client] = useState(
    () =>
      new Client({
        url: '/graphql',
        preferGetMethod: false,
        requestPolicy: 'cache-and-network',
        exchanges: [reloadAfterMutations, cacheExchange, quittanceExchange(page)],
      }),
  )
  return <Provider value={client}>{children}</Provider>
}

export interface Loaded<TResult> {
  /** Undefined until it was loaded. After an error, the part that does not depend on what failed. */
  data: TResult | undefined
  error: Error | undefined
  isLoading: boolean
  reload(): void
}

interface LoadOptions {
  /** Whether nothing is loaded for now. */
  pause?: boolean
}

/** Reads a query, and again after every mutation of this page. */
export function useLoaded<TResult, TVariables extends object>(
  { text }: PageOperation<TResult, TVariables>,
  variables: TVariables,
  { pause = false }: LoadOptions = {},
): Loaded<TResult> {
  const context = useMemo(() => ({ text }), [text])
  const [{ data: latest, error, fetching, operation }, execute] = useQuery<TResult, TVariables>({
    query: text,
    variables,
    pause,
    context,
  } as Parameters<typeof useQuery<TResult, TVariables>>[0])
  // Those of other variables must not be taken for the ones that are loading.
  const isCurrent = JSON.stringify(operation?.variables) === JSON.stringify(variables)
  const data = isCurrent ? latest : undefined
  return {
    data: data ?? undefined,
    error: originalError(error),
    isLoading: fetching && !data,
    reload: () => execute({ text, requestPolicy: 'network-only' }),
  }
}

interface RequestState {
  isRunning: boolean
  error: Error | undefined
}

interface OneRequest<TResult, TVariables> extends RequestState {
  /** @returns the result, or undefined if the operation failed; then `error` is set */
  run(variables: TVariables): Promise<TResult | undefined>
}

const IDLE: RequestState = { isRunning: false, error: undefined }

/** Reads a query once for each call, and never after mutations: for what must not happen automatically. */
export function useRequest<TResult, TVariables extends object>({
  text,
}: PageOperation<TResult, TVariables>): OneRequest<TResult, TVariables> {
  const client = useClient()
  const [state, setState] = useState(IDLE)
  const run = async (variables: TVariables) => {
    setState({ isRunning: true, error: undefined })
    const context = { text, requestPolicy: 'network-only' } as const
    const { data, error } = await client.query<TResult>(text, variables as Record<string, unknown>, context).toPromise()
    setState({ isRunning: false, error: originalError(error) })
    return error ? undefined : (data ?? undefined)
  }
  return { run, ...state }
}

export interface Action<TResult, TVariables> extends OneRequest<TResult, TVariables> {
  /** The idempotency key of the next attempt: that of the last one if its answer was lost, and another one after any answer. */
  key: string
  /** Removes the error. */
  reset(): void
}

/** A mutation. */
export function useAction<TResult, TVariables extends object>({ text }: PageOperation<TResult, TVariables>): Action<TResult, TVariables> {
  const client = useClient()
  const [state, setState] = useState(IDLE)
  const [key, setKey] = useState(() => crypto.randomUUID())
  const run = useCallback(
    async (variables: TVariables) => {
      setState({ isRunning: true, error: undefined })
      const { data, error } = await client.mutation<TResult>(text, variables as Record<string, unknown>, { text }).toPromise()
      setState({ isRunning: false, error: originalError(error) })
      if (!error || errorCode(originalError(error)) !== undefined) setKey(crypto.randomUUID())
      return error ? undefined : (data ?? undefined)
    },
    [client, text],
  )
  const reset = useCallback(() => setState(IDLE), [])
  return { run, ...state, key, reset }
}

function originalError(error: CombinedError | undefined): Error | undefined {
  return error?.networkError ?? error
}

/** The code of an error of Quittance, such as "UNAUTHENTICATED"; undefined for a lost connection. */
export function errorCode(error: Error | undefined): string | undefined {
  return error instanceof QuittanceError ? error.code : undefined
}

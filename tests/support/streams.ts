import { createClient } from 'graphql-sse'
import type { TestServer } from './server.js'

export interface WatchedStream {
  events: any[]
  failures: unknown[]
  stop(): void
  /** Closes the connection. */
  dispose(): void
}

/** Subscribes as a user (a number), an administrator or an API key. Resolves once the stream is open. */
export async function openStream(
  { url, token }: TestServer,
  who: number | 'admin' | string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<WatchedStream> {
  const bearer = typeof who === 'number' ? await token(who) : who === 'admin' ? await token(1, 'admin') : who
  return openStreamWith(url, { authorization: `Bearer ${bearer}` }, query, variables)
}

/** Subscribes with the given headers. Resolves once the stream is open. */
export async function openStreamWith(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<WatchedStream> {
  let opened: () => void = () => undefined
  const open = new Promise<void>((done) => {
    opened = done
  })
  const client = createClient({
    url: `${url}/graphql/stream`,
    headers,
    retryAttempts: 0,
    fetchFn: async (address: string, init: RequestInit) => {
      const response = await fetch(address, init)
      opened()
      return response
    },
  })
  const stream: WatchedStream = { events: [], failures: [], stop: () => undefined, dispose: () => client.dispose() }
  stream.stop = client.subscribe(
    { query, variables },
    {
      next: (event) => void stream.events.push(event),
      error: (error) => void stream.failures.push(error),
      complete: () => undefined,
    },
  )
  await open
  return stream
}

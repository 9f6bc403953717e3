import { once } from 'node:events'
import { type Client, createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { type RawData, WebSocket } from 'ws'
import type { TestServer } from './server.js'

interface ConnectOptions {
  headers?: Record<string, string>
  connectionParams?: Record<string, unknown>
  retryAttempts?: number
}

export interface SocketClient {
  client: Client
  /** Resolves once the server has accepted the connection. */
  connected: Promise<void>
  /** Resolves when the connection closes. */
  closed: Promise<{ code: number; reason: string }>
}

export function socketUrl({ url }: Pick<TestServer, 'url'>): string {
  return `${url.replace('http', 'ws')}/graphql`
}

/** Connects with the client of graphql-ws. A page cannot set headers; other programs can. */
export function connectClient(server: TestServer, { headers = {}, connectionParams, retryAttempts = 0 }: ConnectOptions): SocketClient {
  class SocketWithHeaders extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers })
    }
  }
  let accept: () => void = () => undefined
  const connected = new Promise<void>((done) => {
    accept = done
  })
  let close: (event: { code: number; reason: string }) => void = () => undefined
  const closed = new Promise<{ code: number; reason: string }>((done) => {
    close = done
  })
  const client = createClient({
    url: socketUrl(server),
    webSocketImpl: SocketWithHeaders,
    lazy: false,
    retryAttempts,
    retryWait: async () => undefined,
    onNonLazyError: () => undefined,
    ...(connectionParams && { connectionParams }),
    on: {
      connected: () => accept(),
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string }
        close({ code, reason })
      },
    },
  })
  return { client, connected, closed }
}

export interface Watched {
  events: any[]
  /** What ended the subscription: a list of errors, or the event of the closed connection. */
  failures: any[]
  isComplete: boolean
  stop(): void
}

/** Subscribes on the connection of a client. `payload` can contain what the types of the client do not. */
export function watch(client: Client, payload: { query: string; variables?: object; documentId?: string; extensions?: object }): Watched {
  const watched: Watched = { events: [], failures: [], isComplete: false, stop: () => undefined }
  const { variables, ...rest } = payload
  watched.stop = client.subscribe({ ...rest, ...(variables && { variables: { ...variables } }) } as Parameters<Client['subscribe']>[0], {
    next: (event) => void watched.events.push(event),
    error: (error) => void watched.failures.push(error),
    complete: () => {
      watched.isComplete = true
    },
  })
  return watched
}

export interface RawClient {
  socket: WebSocket
  messages: any[]
  /** Resolves when the connection closes. */
  closed: Promise<{ code: number; reason: string }>
  send(message: object): void
}

/** Connects without a GraphQL client, to send what no client sends. */
export async function connectRaw(server: TestServer, options: { autoPong?: boolean } = {}): Promise<RawClient> {
  const socket = new WebSocket(socketUrl(server), GRAPHQL_TRANSPORT_WS_PROTOCOL, options)
  socket.on('error', () => undefined)
  const messages: any[] = []
  socket.on('message', (data: RawData) => messages.push(JSON.parse(String(data))))
  const closed = new Promise<{ code: number; reason: string }>((done) => {
    socket.once('close', (code, reason) => done({ code, reason: String(reason) }))
  })
  await once(socket, 'open')
  return { socket, messages, closed, send: (message) => socket.send(JSON.stringify(message)) }
}

/** The raw connection of a signed-in user. */
export async function connectRawAs(server: TestServer, userId: number, options: { autoPong?: boolean } = {}): Promise<RawClient> {
  const raw = await connectRaw(server, options)
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${await server.token(userId)}` } })
  await once(raw.socket, 'message')
  return raw
}

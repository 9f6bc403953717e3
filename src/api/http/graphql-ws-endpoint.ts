import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { handleProtocols, makeServer, type Server } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import type { Config } from '../../config/config.js'
import { SECOND_MS } from '../../core/duration.js'
import { BAD_REQUEST, busyError, DomainError, FORBIDDEN, UNAUTHENTICATED } from '../../core/errors.js'
import { type Principal, principalName } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import { formatErrors } from '../graphql/format-error.js'
import type { PersistedOperations } from '../graphql/persisted-operations.js'
import { networkAddress } from '../rate-limit-policy.js'
import { type Origins, ownOrigins } from './allowed-origins.js'
import { API_VERSION, API_VERSION_HEADER } from './api-version.js'
import type { Authenticate, Authenticated } from './authenticate.js'
import { toErrorResponse } from './error-handler.js'
import type { LiveStreams } from './live-streams.js'
import { OpenLimit } from './open-limit.js'
import { logResponse } from './request-logging.js'
import { routeUpgradeRequests, type UpgradeRequest } from './upgrade-requests.js'
import { CLOSE_CODES, closeConnection, isOpen, serveConnection } from './websocket-connection.js'
import { WebSocketSession } from './websocket-session.js'

const MAX_CONNECTIONS = 10_000
const MAX_CONNECTIONS_PER_PRINCIPAL = 20
/** Connections that have not signed in, of one network address. */
const MAX_UNAUTHENTICATED_PER_ADDRESS = 50
const INIT_TIMEOUT_MS = 10 * SECOND_MS
/** The types of ws do not contain `closeTimeout`, so this is not a literal in the call. */
const SOCKET_OPTIONS = {
  noServer: true,
  /** The maximum size of a message, bytes. */
  maxPayload: 65_536,
  /** How long a client may take to confirm that the connection closes, milliseconds. */
  closeTimeout: 2 * SECOND_MS,
  handleProtocols: (protocols: Set<string>) => handleProtocols(protocols),
}
const STATUS_SWITCHING_PROTOCOLS = 101
const STATUS_BAD_REQUEST = 400

interface WebSocketOptions {
  config: Config
  services: Services
  authenticate: Authenticate
  origins: Origins
  streams: LiveStreams
  persistedOperations: PersistedOperations
}

/** The payload of connection_init. */
type ConnectionParameters = Record<string, unknown> | undefined

interface Connection {
  session: WebSocketSession
  /** Undefined until connection_init has been accepted. */
  principal: Principal | undefined
  /** Ends counting the connection as one that has not signed in. */
  endUnauthenticated: () => void
}

/** @returns whether the request is an upgrade that was accepted @throws FORBIDDEN, BUSY */
export type AcceptWebSocket = (request: FastifyRequest, reply: FastifyReply) => boolean

/**
 * GraphQL subscriptions over WebSocket at /graphql, in the protocol graphql-transport-ws. The same rules apply
 * as to /graphql/stream.
 */
export function webSocketEndpoint(app: FastifyInstance, options: WebSocketOptions): AcceptWebSocket {
  const sockets = new WebSocketServer(SOCKET_OPTIONS)
  sockets.on('headers', (headers) => headers.push(`${API_VERSION_HEADER}: ${API_VERSION}`))
  const server = createProtocolServer(options)
  const unauthenticated = new OpenLimit({
    what: 'WebSockets without a sign-in',
    max: MAX_CONNECTIONS,
    maxPerName: MAX_UNAUTHENTICATED_PER_ADDRESS,
  })
  const upgradeOf = routeUpgradeRequests(app, '/graphql')
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
    for (const socket of sockets.clients) closeConnection(socket, CLOSE_CODES.GOING_AWAY, 'The server is shutting down: connect again')
  })
  return (request, reply) => {
    const upgrade = upgradeOf(request.raw)
    if (!upgrade) return false
    assertOriginAllowed(request, options)
    if (isClosing || sockets.clients.size >= MAX_CONNECTIONS) throw busyError('No further WebSocket can be opened; try again in a moment')
    const endUnauthenticated = unauthenticated.acquire(networkAddress(request.ip))
    reply.hijack()
    const isAccepted = acceptUpgrade(request, upgrade, { sockets, server, endUnauthenticated, options })
    if (!isAccepted) endUnauthenticated()
    logResponse(request, reply, isAccepted ? STATUS_SWITCHING_PROTOCOLS : STATUS_BAD_REQUEST)
    return true
  }
}

/** CORS does not apply to WebSockets, so the server refuses pages that may not use the API. @throws FORBIDDEN */
function assertOriginAllowed({ headers: { origin, host } }: FastifyRequest, { config, origins }: WebSocketOptions): void {
  if (origin === undefined || origins.isAllowed(origin) || ownOrigins(host, config.publicUrl).includes(origin)) return
  throw new DomainError(FORBIDDEN, 'Pages of this origin may not use the API; add it to CORS_ORIGINS')
}

interface Acceptance {
  sockets: WebSocketServer
  server: Server<Connection>
  endUnauthenticated: () => void
  options: WebSocketOptions
}

/** @returns false if the headers of the upgrade are not valid; ws has then responded */
function acceptUpgrade(
  request: FastifyRequest,
  { socket: connection, head, response }: UpgradeRequest,
  { sockets, server, endUnauthenticated, options }: Acceptance,
): boolean {
  let isAccepted = false
  response.detachSocket(connection)
  sockets.handleUpgrade(request.raw, connection, head, (socket) => {
    isAccepted = true
    const session = new WebSocketSession(socket, request, options)
    const onFailure = (error: unknown) => {
      const { status, error: known } = toErrorResponse(request, error)
      closeConnection(socket, closeCodeOf(status), `${known.code}: ${known.message}`)
    }
    socket.once('close', endUnauthenticated)
    socket.once('close', (code) => request.log.info({ code, ...request.logContext }, 'a WebSocket was closed'))
    serveConnection(socket, { server, extra: { session, principal: undefined, endUnauthenticated }, log: request.log, onFailure })
  })
  return isAccepted
}

function closeCodeOf(status: number): number {
  if (status === 401) return CLOSE_CODES.UNAUTHENTICATED
  if (status === 403) return CLOSE_CODES.FORBIDDEN
  if (status === 429 || status === 503) return CLOSE_CODES.RETRY
  return status < 500 ? CLOSE_CODES.BAD_REQUEST : CLOSE_CODES.INTERNAL
}

function createProtocolServer(options: WebSocketOptions): Server<Connection> {
  const limit = new OpenLimit({ what: 'WebSockets', max: MAX_CONNECTIONS, maxPerName: MAX_CONNECTIONS_PER_PRINCIPAL })
  return makeServer<ConnectionParameters, Connection>({
    connectionInitWaitTimeout: Math.min(INIT_TIMEOUT_MS, options.config.http.requestTimeoutMs),
    onConnect: async ({ connectionParams, extra: connection }) => {
      const authenticated = await authenticateConnection(connection, connectionParams, options)
      connection.principal = authenticated.principal
      keepUntilExpiry(connection, authenticated, limit, options)
      connection.endUnauthenticated()
    },
    onSubscribe: ({ extra: { session, principal } }, _id, payload) => {
      if (!principal) throw new DomainError(UNAUTHENTICATED, 'Send connection_init first')
      return session.subscribe(principal, payload)
    },
    onOperation: async ({ extra: { session } }, _id, payload, _args, result) => session.start(payload, await result),
    onNext: ({ extra: { session } }, _id, _payload, _args, { errors, ...result }) =>
      errors && { ...result, errors: formatErrors(session.request.log, errors) },
    onError: ({ extra: { session } }, _id, payload, errors) => session.fail(payload, errors),
    onComplete: ({ extra: { session } }, _id, payload) => session.end(payload),
  })
}

/**
 * Authenticates by `authorization` of connection_init, otherwise by the headers of the upgrade. Browsers add
 * the cookie to upgrades of every site, so it needs a proof of origin, as for a mutation.
 * @throws UNAUTHENTICATED, FORBIDDEN, BAD_REQUEST
 */
async function authenticateConnection(
  { session: { request } }: Connection,
  parameters: ConnectionParameters,
  { authenticate }: WebSocketOptions,
): Promise<Authenticated> {
  const authorization = parameters?.authorization ?? parameters?.Authorization ?? undefined
  if (authorization !== undefined && typeof authorization !== 'string')
    throw new DomainError(BAD_REQUEST, 'connection_init: authorization must be a string')
  const authenticated = await authenticate(request, authorization)
  if (!authenticated) throw new DomainError(UNAUTHENTICATED, 'Sign in: send { authorization: "Bearer …" } in connection_init')
  if (authenticated.isUnprovenCookie) throw new DomainError(FORBIDDEN, 'The session cookie needs an Origin header; send a Bearer token')
  return authenticated
}

/** Counts the connection until it closes, and closes it at the end of its lifetime. @throws BUSY */
function keepUntilExpiry(
  { session: { socket } }: Connection,
  authenticated: Authenticated,
  limit: OpenLimit,
  { streams }: WebSocketOptions,
): void {
  // It may have closed in the meantime; nothing would release it.
  if (!isOpen(socket)) return
  const release = limit.acquire(principalName(authenticated.principal))
  const { ms, endsByExpiry } = streams.lifetimeOf(authenticated)
  const timer = setTimeout(() => {
    if (endsByExpiry) closeConnection(socket, CLOSE_CODES.FORBIDDEN, `${UNAUTHENTICATED.code}: the token has expired`)
    else closeConnection(socket, CLOSE_CODES.GOING_AWAY, 'The connection has lasted an hour: connect again')
  }, ms)
  socket.once('close', () => {
    clearTimeout(timer)
    release()
  })
}

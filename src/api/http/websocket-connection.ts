import { CloseCode, MessageType, parseMessage, type Server } from 'graphql-ws'
import type { WebSocket } from 'ws'
import { SECOND_MS } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import { MAX_UNREAD_MESSAGES } from './live-streams.js'

const KEEPALIVE_INTERVAL_MS = 12 * SECOND_MS
const MAX_REASON_BYTES = 123
/**
 * The status codes of closed connections. The client of graphql-ws does not reconnect after BAD_REQUEST,
 * UNAUTHENTICATED and INTERNAL.
 */
export const CLOSE_CODES = {
  GOING_AWAY: 1001,
  RETRY: 1013,
  BAD_REQUEST: CloseCode.BadRequest,
  UNAUTHENTICATED: CloseCode.Unauthorized,
  FORBIDDEN: CloseCode.Forbidden,
  INTERNAL: CloseCode.InternalServerError,
} as const
/** Messages of the server. graphql-ws treats one that a client sends as an internal error. */
const SERVER_MESSAGES: readonly MessageType[] = [MessageType.ConnectionAck, MessageType.Next, MessageType.Error]

interface ConnectionOptions<E> {
  server: Server<E>
  /** Passed to the hooks of `server`. */
  extra: E
  log: Logger
  /** Receives what a hook of `server` throws; closes the connection. */
  onFailure(error: unknown): void
}

/**
 * Serves the protocol graphql-transport-ws on a connection. A client that reads neither messages nor pings is
 * disconnected.
 */
export function serveConnection<E>(socket: WebSocket, { server, extra, log, onFailure }: ConnectionOptions<E>): void {
  let unread = 0
  const closed = server.opened(
    {
      protocol: socket.protocol,
      // Resolves even if the message cannot be sent: the connection then closes, which ends the streams.
      send: (text) =>
        new Promise((resolve) => {
          if (!isOpen(socket)) return resolve()
          unread += 1
          if (unread > MAX_UNREAD_MESSAGES) socket.terminate()
          socket.send(text, () => {
            unread -= 1
            resolve()
          })
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', (data) => {
          if (!isOpen(socket)) return
          const text = String(data)
          if (isServerMessage(text)) return socket.close(CLOSE_CODES.BAD_REQUEST, 'Invalid message received')
          handle(text).catch(onFailure)
        }),
    },
    extra,
  )
  // ws closes the connection after an invalid frame or one that is too large.
  socket.on('error', (error) => log.info({ reason: error.message }, 'a WebSocket failed'))
  socket.once('close', (code, reason) => {
    closed(code, String(reason)).catch((error: Error) => log.error({ err: error }, 'the streams of a WebSocket could not be ended'))
  })
  pingRegularly(socket)
}

export function isOpen(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN
}

/** Closes a connection. A reason that is too long for the protocol is truncated. */
export function closeConnection(socket: WebSocket, code: number, reason: string): void {
  let text = reason
  while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1)
  socket.close(code, text)
}

/** Terminates the connection if a ping has not been answered when the next one is due. */
function pingRegularly(socket: WebSocket): void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, KEEPALIVE_INTERVAL_MS)
  socket.once('close', () => clearInterval(timer))
}

function isServerMessage(text: string): boolean {
  try {
    return SERVER_MESSAGES.includes(parseMessage(text).type)
  } catch {
    // graphql-ws closes the connection.
    return false
  }
}

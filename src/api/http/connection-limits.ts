import cluster from 'node:cluster'
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.js'
import { MINUTE_MS } from '../../core/duration.js'

const MAX_CHECK_INTERVAL_MS = 5000
const LOG_INTERVAL_MS = MINUTE_MS

/** In milliseconds. Tests shorten them. */
export interface ConnectionTimeouts {
  /** How long a client may take to send the headers of a request. */
  headers: number
  /**
   * How long a connection stays open after a response. Longer than proxies keep idle connections (usually 60
   * seconds), so that the proxy closes them and sends no request into a closing one.
   */
  keepAlive: number
}

const TIMEOUTS: ConnectionTimeouts = { headers: 10_000, keepAlive: 72_000 }

/**
 * How long a client may take to send a request. Idle connections have no general timeout, because a stream,
 * or an export that waits for its next PDF, can be idle for a long time.
 */
export function requestTimeouts({ http: { requestTimeoutMs } }: Config, { headers, keepAlive }: ConnectionTimeouts = TIMEOUTS) {
  const headersTimeout = Math.min(headers, requestTimeoutMs)
  return {
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAlive,
    http: { headersTimeout, connectionsCheckingInterval: Math.min(MAX_CHECK_INTERVAL_MS, Math.ceil(headersTimeout / 2)) },
  }
}

/** Closes connections above the maximum at once, and logs their number once a minute. */
export function limitConnections(app: FastifyInstance, { http: { maxConnections } }: Config): void {
  let refused = 0
  const onRefused = () => {
    if (refused === 0) setTimeout(report, LOG_INTERVAL_MS).unref()
    refused += 1
  }
  if (cluster.isWorker) closeAboveMaximum(app.server, maxConnections, onRefused)
  else {
    app.server.maxConnections = maxConnections
    app.server.on('drop', onRefused)
  }
  const report = () => {
    app.log.warn({ refused, maxConnections }, 'connections were refused: HTTP_MAX_CONNECTIONS is reached')
    refused = 0
  }
}

/** With `server.maxConnections`, the primary process would offer a refused connection to the worker processes forever. */
function closeAboveMaximum(server: Server, maxConnections: number, onRefused: () => void): void {
  let open = 0
  server.prependListener('connection', (socket) => {
    open += 1
    socket.once('close', () => {
      open -= 1
    })
    if (open <= maxConnections) return
    socket.destroy()
    onRefused()
  })
}

import type { FastifyInstance } from 'fastify'

const SWEEP_INTERVAL_MS = 25
const SHUTDOWN_TIMEOUT_MS = 10_000

/**
 * Lets pending requests finish when the app closes, and closes each connection as soon as it is idle. Node
 * closes only those that are idle when the shutdown starts; others would stay open for the keep-alive timeout.
 * After SHUTDOWN_TIMEOUT_MS all connections are closed.
 */
export function closeIdleConnectionsOnShutdown(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_INTERVAL_MS).unref()
    const timeout = setTimeout(() => app.server.closeAllConnections(), SHUTDOWN_TIMEOUT_MS).unref()
    app.server.once('close', () => {
      clearInterval(sweep)
      clearTimeout(timeout)
    })
    done()
  })
}

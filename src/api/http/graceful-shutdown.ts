import type { FastifyInstance } from 'fastify'

const POLL_INTERVAL_MS = 25
const SHUTDOWN_TIMEOUT_MS = 10_000

/**
 * Lets requests under way finish when the app closes, and closes each connection as soon as it has nothing to do:
 * a client that keeps its connection open must not hold up the end. After ten seconds nobody is waited for.
 */
export function closeIdleConnectionsOnShutdown(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), POLL_INTERVAL_MS)
    const patience = setTimeout(() => app.server.closeAllConnections(), SHUTDOWN_TIMEOUT_MS)
    app.server.once('close', () => {
      clearInterval(sweep)
      clearTimeout(patience)
    })
    sweep.unref()
    patience.unref()
    done()
  })
}

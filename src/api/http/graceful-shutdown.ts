import type { FastifyInstance } from 'fastify'

const LOOK_EVERY_MS = 25
const PATIENCE_MS = 10_000

/**
 * Lets requests under way finish when the app closes, and closes each connection as soon as it has nothing to do:
 * a client that keeps its connection open must not hold up the end. After ten seconds nobody is waited for.
 */
export function drainOnClose(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS)
    const patience = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS)
    app.server.once('close', () => {
      clearInterval(sweep)
      clearTimeout(patience)
    })
    sweep.unref()
    patience.unref()
    done()
  })
}

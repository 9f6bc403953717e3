import type { FastifyInstance } from 'fastify'

const PATIENCE_MS = 2000

/**
 * /livez: the process answers. /readyz: it can serve, and is not on its way out.
 * @param check  throws when the database does not answer or lacks migrations
 */
export function healthRoutes(app: FastifyInstance, check: () => Promise<void>): void {
  let closing = false
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.get('/livez', () => ({ status: 'alive' }))
  app.get('/readyz', async (request, reply) => {
    const problem = closing ? 'shutting down' : await problemOf(check)
    if (!problem) return { status: 'ready' }
    request.log.warn({ reason: problem }, 'not ready')
    return reply.code(503).send({ status: 'not ready' })
  })
}

async function problemOf(check: () => Promise<void>): Promise<string | undefined> {
  const patience = new Promise<string>((done) => {
    setTimeout(() => done('the database does not answer'), PATIENCE_MS).unref()
  })
  const answer = check().then(
    () => undefined,
    (error: Error) => error.message,
  )
  return Promise.race([answer, patience])
}

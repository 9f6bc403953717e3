import type { FastifyInstance } from 'fastify'

const CHECK_TIMEOUT_MS = 2000
const RESULT_TTL_MS = 1000

/** Why the server is not ready; undefined when it is. */
type Problem = string | undefined

/**
 * /livez: the process responds. /readyz: it can serve requests and is not shutting down.
 * @param check  throws when the database does not respond or lacks migrations
 * @param now  a monotonic clock, milliseconds
 */
export function healthRoutes(app: FastifyInstance, check: () => Promise<void>, now: () => number = () => performance.now()): void {
  let closing = false
  const currentProblem = shareResult(() => findProblem(check), now)
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.get('/livez', () => ({ status: 'alive' }))
  app.get('/readyz', async (request, reply) => {
    const problem = closing ? 'shutting down' : await currentProblem()
    if (!problem) return { status: 'ready' }
    request.log.warn({ reason: problem }, 'not ready')
    return reply.code(503).send({ status: 'not ready' })
  })
}

/**
 * Lets concurrent requests, and those of the following second, share one check, because the routes are
 * public.
 */
function shareResult(find: () => Promise<Problem>, now: () => number): () => Promise<Problem> {
  let current: Promise<Problem> | undefined
  let expiresAt = Number.POSITIVE_INFINITY
  return () => {
    if (current && now() < expiresAt) return current
    expiresAt = Number.POSITIVE_INFINITY
    current = find().finally(() => {
      expiresAt = now() + RESULT_TTL_MS
    })
    return current
  }
}

async function findProblem(check: () => Promise<void>): Promise<Problem> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<string>((done) => {
    timer = setTimeout(() => done('the database does not respond'), CHECK_TIMEOUT_MS).unref()
  })
  const result = check().then(
    () => undefined,
    (error: Error) => error.message,
  )
  return Promise.race([result, timeout]).finally(() => clearTimeout(timer))
}

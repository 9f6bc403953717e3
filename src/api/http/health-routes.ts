import type { FastifyInstance } from 'fastify'

const CHECK_TIMEOUT_MS = 2000
const CACHED_FOR_MS = 1000

/** What is wrong, if anything is. */
type Problem = string | undefined

/**
 * /livez: the process responds. /readyz: it can serve, and is not shutting down.
 * @param check  throws when the database does not answer or lacks migrations
 * @param now  milliseconds of a clock that never goes back
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

/** Requests at the same time, and for a second after, share one check: they are open to everybody. */
function shareResult(find: () => Promise<Problem>, now: () => number): () => Promise<Problem> {
  let current: Promise<Problem> | undefined
  let expires = Number.POSITIVE_INFINITY
  return () => {
    if (current && now() < expires) return current
    expires = Number.POSITIVE_INFINITY
    current = find().finally(() => {
      expires = now() + CACHED_FOR_MS
    })
    return current
  }
}

async function findProblem(check: () => Promise<void>): Promise<Problem> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<string>((done) => {
    timer = setTimeout(() => done('the database does not answer'), CHECK_TIMEOUT_MS).unref()
  })
  const answer = check().then(
    () => undefined,
    (error: Error) => error.message,
  )
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer))
}

import type { FastifyInstance } from 'fastify'
import { type Authenticate, requireUser } from '../api/http/authenticate.js'
import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import { DomainError } from '../core/errors.js'
import { ADMINISTRATOR } from '../modules/identity/index.js'
import { customerToken, signsDemoTokens } from './demo-tokens.js'

const SIGN_IN = 'Send an administrator\'s token as "Authorization: Bearer …"'

interface DemoRoutes {
  config: Config
  authenticate: Authenticate
  tokenClock: Clock
}

/** POST /demo/customer-token: lets the explorer's administrator act as the demo's customer. Only where the demo secret signs. */
export function demoRoutes(app: FastifyInstance, { config, authenticate, tokenClock }: DemoRoutes): void {
  if (!signsDemoTokens(config)) return
  app.post('/demo/customer-token', async (request, reply) => {
    if (request.headers.authorization === undefined) throw new DomainError('UNAUTHENTICATED', SIGN_IN)
    const authenticated = await authenticate(request)
    const { role } = requireUser(authenticated, SIGN_IN)
    if (role !== ADMINISTRATOR || !authenticated?.expiresAt) {
      throw new DomainError('FORBIDDEN', 'Only an administrator may act as the customer of the demo')
    }
    const token = await customerToken(config, tokenClock, authenticated.expiresAt)
    return reply.header('cache-control', 'no-store').send({ token })
  })
}

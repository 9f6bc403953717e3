import type { FastifyInstance } from 'fastify'
import { type Authenticate, requireUser } from '../api/http/authenticate.js'
import type { Config } from '../config/config.js'
import type { Clock } from '../core/clock.js'
import { DomainError, FORBIDDEN, UNAUTHENTICATED } from '../core/errors.js'
import { ADMINISTRATOR } from '../modules/identity/index.js'
import { customerToken, signsDemoTokens } from './demo-tokens.js'

const SIGN_IN_MESSAGE = 'Send an administrator\'s token as "Authorization: Bearer …"'

interface DemoRoutes {
  config: Config
  authenticate: Authenticate
  tokenClock: Clock
}

/**
 * POST /demo/customer-token returns a customer's token to the administrator of the explorer. It exists only
 * if the demo secret signs tokens.
 */
export function demoRoutes(app: FastifyInstance, { config, authenticate, tokenClock }: DemoRoutes): void {
  if (!signsDemoTokens(config)) return
  app.post('/demo/customer-token', async (request, reply) => {
    if (request.headers.authorization === undefined) throw new DomainError(UNAUTHENTICATED, SIGN_IN_MESSAGE)
    const authenticated = await authenticate(request)
    const { role } = requireUser(authenticated, SIGN_IN_MESSAGE)
    if (role !== ADMINISTRATOR || !authenticated?.expiresAt) {
      throw new DomainError(FORBIDDEN, 'Only an administrator may act as the customer of the demo')
    }
    const token = await customerToken(config, tokenClock, authenticated.expiresAt)
    return reply.header('cache-control', 'no-store').send({ token })
  })
}

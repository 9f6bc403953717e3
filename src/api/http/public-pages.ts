import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import type { Services } from '../../modules/services.js'
import { assertBillingEnabled } from '../../modules/settings/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee } from '../rate-limit-policy.js'

interface PublicPageOptions {
  services: Services
  rateLimiter: RateLimiter
}

/** Charges the address for the pages of modules that need no token. Install it before their routes. */
export function installPublicPages(app: FastifyInstance, { services, rateLimiter }: PublicPageOptions): void {
  app.addHook('onRoute', (route) => {
    const { publicPageCost: cost, isOpenWhileDisabled = false } = route.config ?? {}
    if (cost === undefined) return
    const admit: onRequestAsyncHookHandler = async (request) => {
      if (!isOpenWhileDisabled) assertBillingEnabled(services.flag)
      await chargeFee(rateLimiter, { principal: undefined, address: request.ip, services }, cost)
    }
    route.onRequest = [...[route.onRequest ?? []].flat(), admit]
  })
}

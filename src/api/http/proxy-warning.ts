import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.js'
import { fromTrustedProxy } from './trusted-proxy.js'

/**
 * Warns once about a proxy that TRUST_PROXY does not name: all requests that it forwards count as one anonymous client,
 * and share one rate limit.
 */
export function installProxyWarning(app: FastifyInstance, { production, trustProxy }: Config): void {
  if (!production) return
  const isTrusted = fromTrustedProxy(trustProxy)
  let hasWarned = false
  app.addHook('onRequest', async (request) => {
    if (hasWarned || request.headers['x-forwarded-for'] === undefined || isTrusted(request.raw)) return
    hasWarned = true
    app.log.warn(
      { proxy: request.socket.remoteAddress },
      'X-Forwarded-For is ignored: it comes from an address that TRUST_PROXY does not name; add the address if it is your proxy',
    )
  })
}

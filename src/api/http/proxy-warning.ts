import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.js'
import { fromTrustedProxy } from './trusted-proxy.js'

/**
 * Warns once about a proxy that TRUST_PROXY does not name. All anonymous requests that it forwards count as
 * one client and share its rate limit.
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
      'X-Forwarded-For is ignored, because TRUST_PROXY does not contain the address of its sender; add the address if it is your proxy',
    )
  })
}

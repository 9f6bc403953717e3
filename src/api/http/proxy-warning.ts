import type { FastifyInstance, FastifyRequest } from 'fastify'
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
  const warnOnce = ({ headers, raw, socket }: FastifyRequest) => {
    if (hasWarned || headers['x-forwarded-for'] === undefined || isTrusted(raw)) return
    hasWarned = true
    app.log.warn(
      { proxy: socket.remoteAddress },
      'X-Forwarded-For is ignored, because TRUST_PROXY does not contain the address of its sender; add the address if it is your proxy',
    )
  }
  app.addHook('onRequest', (request, _reply, done) => {
    warnOnce(request)
    done()
  })
}

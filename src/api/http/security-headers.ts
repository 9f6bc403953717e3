import type { FastifyInstance, FastifyReply } from 'fastify'
import helmet, { type HelmetOptions } from 'helmet'
import type { Config } from '../../config/config.js'
import type { Origins } from './allowed-origins.js'
import type { SecurityHeaders } from './content-security-policy.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Whether the route serves files that pages of allowed origins may embed in a frame: PDFs and exports.
     */
    isDocument?: boolean
  }
  interface FastifyReply {
    /** Sets the headers of the API, except for those that are given. */
    setSecurityHeaders(headers: SecurityHeaders): void
  }
}

/**
 * Sets the security headers of every response, streams included. Routes with `isDocument` get those of
 * embeddable files, all others the strict ones of the API, which a page can replace with `reply.setSecurityHeaders`.
 */
export function installSecurityHeaders(app: FastifyInstance, config: Config, origins: Origins): void {
  const isHttps = config.publicUrl?.startsWith('https:') ?? false
  const strict = {
    strictTransportSecurity: isHttps && { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    // Without effect on an API, or effective only in browsers that are no longer in use.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  } satisfies HelmetOptions
  const embeddable: SecurityHeaders = {
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'self'", ...origins.sources] },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    xFrameOptions: false,
  }
  app.decorateReply('setSecurityHeaders', function ({ directives, ...headers }) {
    const contentSecurityPolicy = { useDefaults: false, directives: directives as Record<string, string[]> }
    helmet({ ...strict, contentSecurityPolicy, ...headers })(this.request.raw, this.raw, throwIfFailed)
  })
  const setStrict = withCachedHeaders({ directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } })
  const setEmbeddable = withCachedHeaders(embeddable)
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isDocument) setEmbeddable(reply)
    else setStrict(reply)
    done()
  })
}

function throwIfFailed(error?: unknown): void {
  if (error) throw error
}

/**
 * Caches the headers of helmet, which computes them for each response at a higher cost than that of some
 * responses.
 */
function withCachedHeaders(specific: SecurityHeaders): (reply: FastifyReply) => void {
  let headers: [name: string, value: string][] | undefined
  return (reply) => {
    if (headers) {
      for (const [name, value] of headers) reply.raw.setHeader(name, value)
      return
    }
    const before = new Set(reply.raw.getHeaderNames())
    reply.setSecurityHeaders(specific)
    const added = reply.raw.getHeaderNames().filter((name) => !before.has(name))
    headers = added.map((name) => [name, String(reply.raw.getHeader(name))])
  }
}

import fastifyHelmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../../config/config.js'
import type { Origins } from './allowed-origins.js'
import { contentSecurityPolicy } from './content-security-policy.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route serves files that pages of allowed origins may show in a frame: PDFs and exports. */
    isDocument?: boolean
  }
}

/**
 * Security headers of every response, streams included: the strict ones of the API, unless a route serves documents or a page
 * has replaced them by its own (`reply.helmet`).
 */
export async function installSecurityHeaders(app: FastifyInstance, config: Config, origins: Origins): Promise<void> {
  const isHttps = config.publicUrl?.startsWith('https:') ?? false
  const strict: FastifyHelmetOptions = {
    ...contentSecurityPolicy({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }),
    strictTransportSecurity: isHttps && { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    // Of no effect on an API, or only in browsers that are no longer in use.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  }
  const document: FastifyHelmetOptions = {
    ...contentSecurityPolicy({ 'default-src': ["'none'"], 'frame-ancestors': ["'self'", ...origins.sources] }),
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    xFrameOptions: false,
  }
  await app.register(fastifyHelmet, { global: false, ...strict })
  const setStrict = withCachedPolicies({})
  const setDocument = withCachedPolicies(document)
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isDocument) setDocument(reply)
    else setStrict(reply)
    done()
  })
}

/** Helmet computes its headers for each response, which costs more than some responses: the first result is kept. */
function withCachedPolicies(options: FastifyHelmetOptions): (reply: FastifyReply) => void {
  let headers: [name: string, value: string][] | undefined
  return (reply) => {
    if (headers) {
      for (const [name, value] of headers) reply.raw.setHeader(name, value)
      return
    }
    const before = new Set(reply.raw.getHeaderNames())
    reply.helmet(options)
    const added = reply.raw.getHeaderNames().filter((name) => !before.has(name))
    headers = added.map((name) => [name, String(reply.raw.getHeader(name))])
  }
}

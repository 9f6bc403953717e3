import type { FastifyInstance, FastifyReply } from 'fastify'
import { pageAssets, readPage } from './page-assets.js'
import { pagePolicy } from './page-policy.js'

const CONTENT_SECURITY_POLICY = pagePolicy("worker-src 'self'")

export interface Explorer {
  send(reply: FastifyReply): FastifyReply
}

/**
 * The page that `npm run build` makes of src/explorer. It contains no token: the browser has one in the fragment of the
 * address, which it sends to no server.
 */
export function installExplorer(app: FastifyInstance): Explorer {
  const page = readPage('index.html')
  pageAssets(app)
  return {
    send: (reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('referrer-policy', 'no-referrer')
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'no-store')
        .send(page),
  }
}

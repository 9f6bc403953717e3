import type { FastifyInstance, FastifyReply } from 'fastify'
import { buildContentSecurityPolicy } from './content-security-policy.js'
import { pageAssets, readPage } from './page-assets.js'

const HTML = 'text/html; charset=utf-8'
const HEADERS = buildContentSecurityPolicy({ 'worker-src': ["'self'"] })
const SWITCHED_OFF =
  '<!doctype html><title>Not found</title><p>There is no page here: the explorer is switched off (<code>EXPLORER</code>).'

export interface Explorer {
  send(reply: FastifyReply): FastifyReply
}

/**
 * The page that `npm run build` makes of src/explorer. It contains no token: the browser has one in the fragment of the
 * address, which it sends to no server.
 * @param enabled  whether the page is served; otherwise its address is 404
 */
export function installExplorer(app: FastifyInstance, enabled: boolean): Explorer {
  if (!enabled) {
    return { send: (reply) => reply.code(404).type(HTML).header('cache-control', 'no-store').send(SWITCHED_OFF) }
  }
  const page = readPage('index.html')
  pageAssets(app)
  return {
    send(reply) {
      reply.helmet(HEADERS)
      // Pages of other origins may use the API; a page of ours is not for them to read.
      return reply.removeHeader('access-control-allow-origin').type(HTML).header('cache-control', 'no-store').send(page)
    },
  }
}

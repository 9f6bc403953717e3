import type { FastifyInstance, FastifyReply } from 'fastify'
import { buildContentSecurityPolicy } from './content-security-policy.js'
import { EXPLORER_BUNDLE, pageAssets, readPage } from './page-assets.js'

const HTML = 'text/html; charset=utf-8'
const EXPLORER_HEADERS = buildContentSecurityPolicy({ 'worker-src': ["'self'"] })
const DISABLED_PAGE = '<!doctype html><title>Not found</title><p>The explorer is disabled: <code>EXPLORER=true</code> enables it.'

export interface ExplorerPage {
  send(reply: FastifyReply): FastifyReply
}

/**
 * The page that `npm run build` bundles from src/explorer. It contains no token: the browser reads one from
 * the URL fragment, which is never sent to a server.
 * @param enabled  whether the page is served; otherwise its URL returns 404
 */
export function installExplorer(app: FastifyInstance, enabled: boolean): ExplorerPage {
  if (!enabled) {
    return { send: (reply) => reply.code(404).type(HTML).header('cache-control', 'no-store').send(DISABLED_PAGE) }
  }
  const page = readPage(EXPLORER_BUNDLE, 'index.html')
  pageAssets(app, EXPLORER_BUNDLE)
  return {
    send(reply) {
      reply.setSecurityHeaders(EXPLORER_HEADERS)
      // Pages of other origins may use the API, but not read this page.
      return reply.removeHeader('access-control-allow-origin').type(HTML).header('cache-control', 'no-store').send(page)
    },
  }
}

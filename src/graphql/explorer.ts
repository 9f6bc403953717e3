import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isOwnMachine } from './own-machine.js'
import { pagePolicy } from './page-policy.js'

const FOLDER = fileURLToPath(new URL('../../dist/explorer/', import.meta.url))
const HTML = 'text/html; charset=utf-8'
const PLACE_OF_TOKENS = '<!-- tokens -->'
const HEADERS = pagePolicy({ 'worker-src': ["'self'"] })
const SWITCHED_OFF =
  '<!doctype html><title>Not found</title><p>There is no page here: the explorer is switched off (<code>EXPLORER</code>).'

/** Tokens with which the page fills its token field; none in production. */
export interface DemoTokens {
  customer: string
  administrator: string
}

export interface Explorer {
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply
}

interface Options {
  /** Whether the page is served; otherwise its address is 404. */
  enabled: boolean
  demoTokens: (() => Promise<DemoTokens>) | undefined
}

/** The page that `npm run build` made of src/explorer, with its scripts under /graphql/assets/. */
export function installExplorer(app: FastifyInstance, { enabled, demoTokens }: Options): Explorer {
  if (!enabled) {
    return { send: (_request, reply) => reply.code(404).type(HTML).header('cache-control', 'no-store').send(SWITCHED_OFF) }
  }
  const page = existsSync(join(FOLDER, 'index.html'))
    ? readFileSync(join(FOLDER, 'index.html'), 'utf8')
    : '<!doctype html><title>Quittance</title><p>The explorer is not built: run <code>npm run build</code>.'
  if (existsSync(FOLDER)) {
    void app.register(fastifyStatic, { root: join(FOLDER, 'assets'), prefix: '/graphql/assets/', immutable: true, maxAge: '1y' })
  }
  return {
    send(request, reply) {
      reply.helmet(HEADERS)
      // The page can hold tokens: pages of other origins may use the API, but not read this.
      void reply.removeHeader('access-control-allow-origin').type(HTML).header('cache-control', 'no-store')
      void fill(page, isOwnMachine(request) ? demoTokens : undefined).then(
        (html) => reply.send(html),
        (error) => reply.send(error),
      )
      return reply
    },
  }
}

async function fill(page: string, demoTokens: (() => Promise<DemoTokens>) | undefined): Promise<string> {
  if (!demoTokens) return page
  const { customer, administrator } = await demoTokens()
  return page.replace(
    PLACE_OF_TOKENS,
    `<meta name="customer-token" content="${customer}"><meta name="administrator-token" content="${administrator}">`,
  )
}

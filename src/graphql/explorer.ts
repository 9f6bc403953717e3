import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { pagePolicy } from './page-policy.js'

const FOLDER = fileURLToPath(new URL('../../dist/explorer/', import.meta.url))
const CONTENT_SECURITY_POLICY = pagePolicy("worker-src 'self'")

export interface Explorer {
  send(reply: FastifyReply): FastifyReply
}

/**
 * The page that `npm run build` made of src/explorer, with its scripts under /graphql/assets/. It contains no token: the
 * browser has one in the fragment of the address, which it sends to no server.
 */
export function installExplorer(app: FastifyInstance): Explorer {
  const page = existsSync(join(FOLDER, 'index.html'))
    ? readFileSync(join(FOLDER, 'index.html'), 'utf8')
    : '<!doctype html><title>Quittance</title><p>The explorer is not built: run <code>npm run build</code>.'
  if (existsSync(FOLDER)) {
    void app.register(fastifyStatic, { root: join(FOLDER, 'assets'), prefix: '/graphql/assets/', immutable: true, maxAge: '1y' })
  }
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

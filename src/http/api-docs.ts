import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { readPage } from '../graphql/page-assets.js'
import { pagePolicy } from '../graphql/page-policy.js'

const DOCUMENT = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url))

const HEADERS = pagePolicy()

/** /api/docs: Swagger UI for the REST APIs; /api/docs/json is their OpenAPI document. */
export function apiDocs(app: FastifyInstance): void {
  const page = readPage('api-docs.html')
  const document = readFileSync(DOCUMENT)
  app.get('/api/docs', (_request, reply) => {
    reply.helmet(HEADERS)
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page)
  })
  app.get('/api/docs/json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document))
}

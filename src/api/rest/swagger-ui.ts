import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { projectFile } from '../../core/project-file.js'
import { buildContentSecurityPolicy } from '../http/content-security-policy.js'
import { EXPLORER_BUNDLE, readPage } from '../http/page-assets.js'

const API_DOCS_HEADERS = buildContentSecurityPolicy()

/** /api/docs: Swagger UI for the REST APIs. /api/docs/json: their OpenAPI document. */
export function apiDocsRoutes(app: FastifyInstance): void {
  const page = readPage(EXPLORER_BUNDLE, 'api-docs.html')
  const document = readFileSync(projectFile('docs/openapi.json'))
  app.get('/api/docs', (_request, reply) => {
    reply.setSecurityHeaders(API_DOCS_HEADERS)
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page)
  })
  app.get('/api/docs/json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document))
}

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { pagePolicy } from '../graphql/page-policy.js'

const DOCUMENT = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url))

const HEADERS = pagePolicy()

/** /api/docs: the REST APIs on a page of our own, to read and to try; /api/docs/json is their OpenAPI document. */
export async function apiDocs(app: FastifyInstance): Promise<void> {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'))
  await app.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.helmet(HEADERS)
      done()
    })
    await scope.register(fastifySwagger, { mode: 'static', specification: { document } })
    await scope.register(fastifySwaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { layout: 'BaseLayout', defaultModelsExpandDepth: 0, tryItOutEnabled: true, validatorUrl: null },
      theme: { title: 'Quittance: REST APIs' },
    })
  })
}

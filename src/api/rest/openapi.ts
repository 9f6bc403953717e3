import fastifySwagger from '@fastify/swagger'
import Fastify from 'fastify'
import { idParams, invoiceDownload } from './eclipanel/schemas.js'
import { restRoutes } from './rest-routes.js'
import { SIGNED_IN } from './schemas.js'

/** The OpenAPI 3.1 document of the REST APIs, made from the schemas of their routes. */
export async function buildOpenApiDocument(): Promise<object> {
  const app = Fastify()
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Quittance: REST APIs',
        version: '1.0.0',
        description:
          'The billing APIs of EcliPanel and Escluse, for clients that were written for them. New clients use GraphQL, at `/graphql`; every route here runs its operations. A field that a body does not document is refused.',
      },
      servers: [{ url: '/' }],
      tags: [
        {
          name: 'EcliPanel',
          description: 'Amounts are decimal numbers in the currency of the plan: 15 is 15.00. Errors are `{"error": "…"}`.',
        },
        {
          name: 'Escluse',
          description: 'Answers are `{"data": …}`, amounts in minor units. Errors are `{"error": {"code", "message", "upgrade_url"}}`.',
        },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: "The panel's JWT, or an API key." },
          session: { type: 'apiKey', in: 'cookie', name: 'session', description: "The panel's JWT as a cookie." },
        },
      },
    },
  })
  await restRoutes(app, {
    run: () => Promise.reject(new Error('only described')),
    services: { flag: { enabled: true, refresh: async () => undefined } },
    currency: 'USD',
  })
  const download = { ...invoiceDownload, security: SIGNED_IN, params: idParams }
  app.get('/api/orders/:id/invoice', { schema: download, serializerCompiler: () => String }, () => '')
  await app.ready()
  return withOptionalBodies(app.swagger())
}

interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema?: { required?: string[] } }> }
}

/** A body without a required field may be left out; the plugin calls every body required. */
function withOptionalBodies<T extends { paths?: object | undefined }>(document: T): T {
  const operations = Object.values(document.paths ?? {}).flatMap((path: Record<string, Operation>) => Object.values(path))
  for (const { requestBody } of operations) {
    if (requestBody) requestBody.required = Object.values(requestBody.content).some(({ schema }) => schema?.required !== undefined)
  }
  return document
}

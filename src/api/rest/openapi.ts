import fastifySwagger from '@fastify/swagger'
import Fastify from 'fastify'
import { idParams, invoiceDownload } from './eclipanel/schemas.js'
import { restRoutes } from './rest-routes.js'
import { SIGNED_IN } from './schemas.js'

/** Builds the OpenAPI 3.1 document of the REST APIs from the schemas of their routes. */
export async function buildOpenApiDocument(): Promise<object> {
  const app = Fastify()
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Quittance: REST APIs',
        version: '1.0.0',
        description:
          'The billing APIs of EcliPanel and Escluse, for existing clients of these APIs. New clients should use GraphQL at `/graphql`, on which every route here is built. Undocumented fields in a request body are refused.',
      },
      servers: [{ url: '/' }],
      tags: [
        {
          name: 'EcliPanel',
          description: 'Amounts are decimal numbers in the currency of the plan: 15 means 15.00. Errors are `{"error": "…"}`.',
        },
        {
          name: 'Escluse',
          description:
            'Responses are `{"data": …}`, and amounts are in minor units. Errors are `{"error": {"code", "message", "upgrade_url"}}`.',
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
    run: () => Promise.reject(new Error('this app only describes the routes')),
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

/** Marks bodies without required fields as optional; @fastify/swagger marks every body as required. */
function withOptionalBodies<T extends { paths?: object | undefined }>(document: T): T {
  const operations = Object.values(document.paths ?? {}).flatMap((path: Record<string, Operation>) => Object.values(path))
  for (const { requestBody } of operations) {
    if (requestBody) requestBody.required = Object.values(requestBody.content).some(({ schema }) => schema?.required !== undefined)
  }
  return document
}

import fastifySwagger from '@fastify/swagger'
import Fastify from 'fastify'
import { idParams, invoiceDownload } from './eclipanel.schemas.js'
import { restRoutes } from './rest-routes.js'
import { SIGNED_IN } from './schemas.js'

/** The OpenAPI 3.1 document of the REST APIs, made from the schemas of their routes. */
export async function openApiDocument(): Promise<object> {
  const app = Fastify()
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Quittance: REST APIs',
        version: '1.0.0',
        description:
          'The billing APIs of EcliPanel and Escluse, for clients that were written for them. What is new is written for GraphQL, at `/graphql`; every route here is one of its documents.',
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'EcliPanel', description: 'Amounts are numbers in the currency of the plan: 15 is 15.00. Errors are `{"error": "…"}`.' },
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
    services: { flag: { enabled: true, look: async () => undefined } },
  })
  const download = { ...invoiceDownload, security: SIGNED_IN, params: idParams }
  app.get('/api/orders/:id/invoice', { schema: download, serializerCompiler: () => String }, () => '')
  await app.ready()
  return app.swagger()
}

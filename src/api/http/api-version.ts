import type { FastifyInstance } from 'fastify'

/** The version of GraphQL and the REST routes, which docs/api-policy.md describes. */
export const API_VERSION = '1.0'
export const API_VERSION_HEADER = 'x-api-version'

const API_PATHS = /^\/(graphql|api|orders|invoices|admin|export)(\/|\?|$)/

/** Sends the version with every response of the API, errors included. */
export function installApiVersion(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (API_PATHS.test(request.url)) void reply.header(API_VERSION_HEADER, API_VERSION)
    done()
  })
}

import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Explorer } from '../graphql/explorer.js'
import { Context } from '../identity/context.js'
import type { Caller } from '../identity/viewer.js'
import type { Services } from '../services.js'
import type { Authenticate } from './authenticate.js'

interface GraphQLRoute {
  apollo: ApolloServer<Context>
  services: Services
  authenticate: Authenticate
  explorer: Explorer
}

/** POST /graphql, GET /graphql for queries, and GET /graphql in a browser, which is the explorer. */
export function graphqlRoute(app: FastifyInstance, { apollo, services, authenticate, explorer }: GraphQLRoute): void {
  const callers = new WeakMap<FastifyRequest, Caller | undefined>()
  const handler = fastifyApolloHandler(apollo, {
    context: async (request) => new Context(services, callers.get(request as FastifyRequest), request.ip),
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request, reply) => {
      if (wantsPage(request)) return explorer.send(request, reply)
      callers.set(request, (await authenticate(request))?.caller)
    },
    handler,
  })
}

function wantsPage({ method, query, headers }: FastifyRequest): boolean {
  const asksNothing = !(query as { query?: string }).query
  return method === 'GET' && asksNothing && Boolean(headers.accept?.includes('text/html'))
}

// Mercurius with its JIT, with handwritten pg.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { createContext, resolvers, typeDefs } from './graphql-schema.mjs'

const app = Fastify()
app.register(mercurius, { schema: typeDefs, resolvers, jit: 1, context: ({ headers }) => createContext(headers) })
console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`)
process.on('SIGTERM', () => process.exit(0))

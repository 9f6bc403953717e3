// GraphQL Yoga with graphql-jit on node:http, with handwritten pg.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { createContext, resolvers, typeDefs } from './graphql-schema.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: [useGraphQlJit()],
  context: ({ request }) => createContext({ authorization: request.headers.get('authorization') }),
  logging: false,
})
const server = createServer(yoga)
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/graphql`))
process.on('SIGTERM', () => process.exit(0))

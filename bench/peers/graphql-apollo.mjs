// Apollo Server on Express 5 with handwritten pg.
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'
import { createContext, resolvers, typeDefs } from './graphql-schema.mjs'

const apollo = new ApolloServer({ typeDefs, resolvers })
await apollo.start()
const app = express()
app.use('/graphql', express.json(), expressMiddleware(apollo, { context: ({ req }) => createContext(req.headers) }))
const server = app.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/graphql`))
process.on('SIGTERM', () => process.exit(0))

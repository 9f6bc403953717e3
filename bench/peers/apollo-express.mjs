// Apollo Server on Express 5 as its guide shows it, with plans from an array in memory.
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'

const typeDefs = `#graphql
  type Money { minorUnits: Float! formatted: String! currency: String! }
  type Plan {
    id: ID! slug: String! name: String! type: String! price: Money
    memory: Int disk: Int cpu: Int serverLimit: Int
  }
  type Query { plans: [Plan!]! }`

const plans = JSON.parse(process.env.PLANS)
const apollo = new ApolloServer({ typeDefs, resolvers: { Query: { plans: () => plans } } })
await apollo.start()
const app = express()
app.use('/graphql', express.json(), expressMiddleware(apollo))
const server = app.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/graphql`))
process.on('SIGTERM', () => process.exit(0))

// PostGraphile 4 on node:http: SQL generated from the tables. It verifies no token here.
import { createServer } from 'node:http'
import pg from 'pg'
import { postgraphile } from 'postgraphile'

const connection = JSON.parse(process.env.CONNECTION)
const pool = new pg.Pool({ ...connection, max: 10 })
const options = { dynamicJson: true, disableQueryLog: true, ignoreRBAC: true, ignoreIndexes: true, retryOnInitFail: false }
const server = createServer(postgraphile(pool, process.env.SCHEMA, options))
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/graphql`))
process.on('SIGTERM', () => process.exit(0))

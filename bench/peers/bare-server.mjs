// node:http with JSON in both directions, and a pool of pg.
import { createServer } from 'node:http'
import pg from 'pg'

/** @param routes  path -> function that receives the pool, the parsed body, the body and the headers */
export function serve(routes) {
  const pool = new pg.Pool({ ...JSON.parse(process.env.CONNECTION), max: 10 })
  const respond = async ({ url, headers }, body) => {
    try {
      return [200, await routes[url](pool, JSON.parse(body), body, headers)]
    } catch (error) {
      return [500, { error: error.message }]
    }
  }
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      const [status, result] = await respond(request, Buffer.concat(chunks).toString())
      const text = JSON.stringify(result)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))
  process.on('SIGTERM', () => process.exit(0))
}

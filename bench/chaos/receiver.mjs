import { createServer } from 'node:http'

/** Receives events as the panel does. */
export async function startReceiver() {
  const received = []
  let failing = false
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (failing) return response.writeHead(500).end()
      received.push(request.headers['webhook-id'])
      response.end()
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    /** The ids of all events, in the order of their arrival. */
    received,
    url: `http://127.0.0.1:${server.address().port}/events`,
    fail(on) {
      failing = on
    },
    close() {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

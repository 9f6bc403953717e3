import { afterEach } from 'vitest'
import { startServer, type TestServer } from './server.js'

/**
 * For files whose tests start their own servers.
 * @returns a function that starts a server and closes it after the test
 */
export function serversOfEachTest(): typeof startServer {
  const servers: TestServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })
  return async (options) => {
    const server = await startServer(options)
    servers.push(server)
    return server
  }
}

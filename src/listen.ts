import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Config } from './config/config.js'
import { StartError } from './core/errors.js'

type Address = Pick<Config, 'host' | 'port'>

/**
 * Listens briefly, so that an unusable address is reported before a database is set up.
 * @returns the port, a free one for port 0
 * @throws StartError when the server cannot listen on HOST and PORT
 */
export async function assertAddressAvailable(address: Address): Promise<number> {
  const server = createServer()
  try {
    server.listen(address)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise((done) => server.close(done))
    return port
  } catch (error) {
    throw addressProblem(error as NodeJS.ErrnoException, address) ?? error
  }
}

/** @returns a StartError for an unusable HOST or PORT; undefined when the error has another cause */
export function addressProblem({ code }: NodeJS.ErrnoException, { host, port }: Address): StartError | undefined {
  if (code === 'EADDRINUSE') return new StartError(`PORT: ${port} is in use; choose another port, or 0 for any free port`)
  if (code === 'EACCES') return new StartError(`PORT: this user may not listen on ${port}; choose a port of 1024 or above`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new StartError(`HOST: ${host} is not an address of this machine`)
  }
  return undefined
}

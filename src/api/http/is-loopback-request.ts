import type { FastifyRequest } from 'fastify'
import { isLoopbackHost } from '../../core/loopback.js'

/**
 * Whether the request comes from this machine and names it as localhost or by a loopback address: not from the network of
 * a server that listens on every interface, not through a proxy that says so, and not from a page whose own host name has
 * been pointed at this machine.
 */
export function isLoopbackRequest({ socket, hostname, headers }: FastifyRequest): boolean {
  return isLoopbackHost(socket.remoteAddress ?? '') && isLoopbackHost(hostname) && headers['x-forwarded-for'] === undefined
}

import type { FastifyRequest } from 'fastify'
import { isLoopbackHost } from '../../core/loopback.js'

/**
 * Whether the request was sent from this machine to localhost or a loopback address. This excludes requests
 * from the network to a server that listens on every interface, requests with X-Forwarded-For, and pages
 * whose host name resolves to this machine (DNS rebinding).
 */
export function isLoopbackRequest({ socket, hostname, headers }: FastifyRequest): boolean {
  return isLoopbackHost(socket.remoteAddress ?? '') && isLoopbackHost(hostname) && headers['x-forwarded-for'] === undefined
}

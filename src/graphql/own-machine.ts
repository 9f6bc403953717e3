import type { FastifyRequest } from 'fastify'

const LOOPBACK = /^(::1|127(\.\d+){3}|::ffff:127(\.\d+){3})$/
const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether somebody on this machine asks, by its own name: not the network of a server that listens on every interface, not who
 * comes through a proxy, and not a page whose own host name has been pointed at this machine.
 */
export function isOwnMachine({ socket, hostname, headers }: FastifyRequest): boolean {
  return LOOPBACK.test(socket.remoteAddress ?? '') && OWN_NAMES.has(hostname) && headers['x-forwarded-for'] === undefined
}

import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/**
 * @param trustProxy  addresses and networks of TRUST_PROXY
 * @returns a function that checks whether a request came directly from one of them; only then its forwarding
 *   headers are trusted
 */
export function fromTrustedProxy(trustProxy: readonly string[]): (request: IncomingMessage) => boolean {
  const networks = trustProxy.map(parseNetwork)
  return ({ socket }) => {
    const remote = socket.remoteAddress
    if (networks.length === 0 || !remote || !ipaddr.isValid(remote)) return false
    const address = ipaddr.process(remote)
    return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
  }
}

/** Parses a network, or an address as the network that contains only this address. */
function parseNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

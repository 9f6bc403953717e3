import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whether a host is reachable from this machine only: `localhost`, 127.0.0.0/8 or
 * ::1, with or without brackets.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return bare === 'localhost' || (isIP(bare) !== 0 && ipaddr.process(bare).range() === 'loopback')
}

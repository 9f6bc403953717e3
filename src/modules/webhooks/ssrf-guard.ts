import { lookup as resolve } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../../config/config.js'

/**
 * Why an address is none that events may be sent to: in production only public ones are, so that nobody makes this
 * server ask its neighbours. Hosts that the operator has named are trusted.
 * @returns undefined when it may be sent to
 */
export async function validateTargetUrl(config: Config, address: string): Promise<string | undefined> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL'
  if (url.username || url.password) return 'must not carry a user name or password'
  if (!config.production || isAllowedHost(config, url.hostname)) return undefined
  if (url.protocol !== 'https:') return 'must be an https URL in production'
  const addresses = await resolveAddresses(stripBrackets(url.hostname)).catch(() => [])
  if (addresses.length === 0) return 'has a host that cannot be found'
  if (!addresses.every(isPublicAddress))
    return 'is an address of a private network; EVENT_PRIVATE_HOSTS names hosts for which that is meant'
  return undefined
}

/**
 * Finds the addresses of a host when a connection is made, and refuses private ones: what a name meant when the endpoint
 * was stored says nothing of what it means now.
 */
export function createSafeLookup(config: Config): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }).then(
      (found) => {
        const refused = config.production && !isAllowedHost(config, hostname) && !found.every(({ address }) => isPublicAddress(address))
        if (refused || !found[0]) return callback(new Error('the host is one of a private network'), '', 0)
        if (options.all) return (callback as (error: null, addresses: typeof found) => void)(null, found)
        return callback(null, found[0].address, found[0].family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

/** For a host that is an address already, which is not looked up. */
export function isBlockedIpLiteral(config: Config, { hostname }: URL): boolean {
  const host = stripBrackets(hostname)
  return config.production && isIP(host) !== 0 && !isAllowedHost(config, hostname) && !isPublicAddress(host)
}

function isAllowedHost({ eventPrivateHosts }: Config, hostname: string): boolean {
  return eventPrivateHosts.includes(stripBrackets(hostname).toLowerCase())
}

/** An IPv6 address stands in brackets in a URL. */
function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

async function resolveAddresses(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  return (await resolve(host, { all: true })).map(({ address }) => address)
}

/** The only block that IANA has allocated to global unicast; everything outside it is special or unassigned. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')
/** Addresses that a NAT64 gateway translates to the IPv4 address in their last four bytes: RFC 6052. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96')
/** Unicast by registration, but a service of the host that a virtual machine runs on: Azure's WireServer. */
const HOST_SERVICES = new Set(['168.63.129.16'])

/**
 * Whether an address is reachable from the whole internet, and is neither special nor able to carry a special one.
 * IPv4-compatible (::/96), IPv4-translated, 6to4 and Teredo addresses are refused whatever they embed.
 * Source: the IANA registries of special-purpose addresses for IPv4 and IPv6, RFC 6890.
 */
function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // Turns an IPv4-mapped address into the IPv4 address.
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed)
  if (parsed.match(NAT64)) return isPublicIPv4(new ipaddr.IPv4(parsed.toByteArray().slice(12)))
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast'
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !HOST_SERVICES.has(address.toString())
}

import { lookup as resolve } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../../config/config.js'

/**
 * Checks whether events may be sent to a URL. In production only public addresses are allowed, so that this
 * server cannot be made to send requests into its private network (SSRF). Hosts in WEBHOOK_PRIVATE_HOSTS are
 * exempt.
 * @returns the problem, or undefined if the URL is allowed
 */
export async function validateTargetUrl(config: Config, address: string): Promise<string | undefined> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL'
  if (url.username || url.password) return 'must not contain a user name or password'
  if (!config.production || isAllowedHost(config, url.hostname)) return undefined
  if (url.protocol !== 'https:') return 'must be an https URL in production'
  const addresses = await resolveAddresses(stripBrackets(url.hostname)).catch(() => [])
  if (addresses.length === 0) return 'has a host name that cannot be resolved'
  if (!addresses.every(isPublicAddress))
    return 'resolves to an address in a private network; add the host to WEBHOOK_PRIVATE_HOSTS to allow it'
  return undefined
}

/**
 * Resolves a host when a connection is made, and rejects private addresses. The check when an endpoint is
 * stored is not enough, because a name may resolve to another address later (DNS rebinding).
 */
export function createSafeLookup(config: Config): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }).then(
      (addresses) => {
        const isBlocked =
          config.production && !isAllowedHost(config, hostname) && !addresses.every(({ address }) => isPublicAddress(address))
        if (isBlocked || !addresses[0]) return callback(new Error('the host is in a private network'), '', 0)
        if (options.all) return (callback as (error: null, all: typeof addresses) => void)(null, addresses)
        return callback(null, addresses[0].address, addresses[0].family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

/** For a host that is an IP address, which is never passed to the lookup function. */
export function isBlockedIpLiteral(config: Config, { hostname }: URL): boolean {
  const host = stripBrackets(hostname)
  return config.production && isIP(host) !== 0 && !isAllowedHost(config, hostname) && !isPublicAddress(host)
}

function isAllowedHost({ webhookPrivateHosts }: Config, hostname: string): boolean {
  return webhookPrivateHosts.includes(stripBrackets(hostname).toLowerCase())
}

/** A URL encloses an IPv6 address in brackets. */
function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

async function resolveAddresses(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  return (await resolve(host, { all: true })).map(({ address }) => address)
}

/**
 * The only block that IANA has allocated to global unicast; everything outside it is special or unassigned.
 */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')
/**
 * Prefix of addresses that a NAT64 gateway translates to the IPv4 address in their last four bytes (RFC
 * 6052).
 */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96')
/** Registered as unicast, but a service of the host of a virtual machine: Azure's WireServer. */
const HOST_SERVICES = new Set(['168.63.129.16'])

/**
 * Whether an address is reachable from the whole internet. Special-purpose addresses are not, nor are
 * addresses that embed one. IPv4-compatible (::/96), IPv4-translated, 6to4 and Teredo addresses are rejected,
 * whatever address they embed. Source: the IANA registries of special-purpose addresses for IPv4 and IPv6,
 * RFC 6890.
 */
function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // Converts an IPv4-mapped address to the IPv4 address.
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed)
  if (parsed.match(NAT64)) return isPublicIPv4(new ipaddr.IPv4(parsed.toByteArray().slice(12)))
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast'
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !HOST_SERVICES.has(address.toString())
}

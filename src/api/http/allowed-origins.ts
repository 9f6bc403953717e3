import type { Config } from '../../config/config.js'

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/
/** LOCALHOST as sources of a Content-Security-Policy, which cannot express IPv6 addresses. */
const LOCALHOST_SOURCES = ['localhost', '127.0.0.1'].flatMap((host) => [`http://${host}:*`, `https://${host}:*`])

/** The origins whose pages may use the API from a browser. */
export interface Origins {
  /** Whether CORS_ORIGINS contains exactly this origin. Only such origins may send the session cookie. */
  isListed(origin: string): boolean
  /**
   * Whether the origin may read responses: a listed one, a subdomain of a pattern, or localhost in demo mode.
   */
  isAllowed(origin: string): boolean
  /** The allowed origins as sources of a Content-Security-Policy. */
  readonly sources: readonly string[]
}

export function allowedOrigins({ corsOrigins, production }: Pick<Config, 'corsOrigins' | 'production'>): Origins {
  const exact = new Set(corsOrigins.filter((origin) => !origin.includes('*')))
  const patterns = corsOrigins.filter((origin) => origin.includes('*'))
  const isListed = (origin: string) => exact.has(origin)
  return {
    isListed,
    isAllowed: (origin) =>
      isListed(origin) || patterns.some((pattern) => isSubdomain(origin, pattern)) || (!production && LOCALHOST.test(origin)),
    sources: production ? corsOrigins : [...corsOrigins, ...LOCALHOST_SOURCES],
  }
}

/** The origins of this server's own pages. @param host  the Host header of the request */
export function ownOrigins(host: string | undefined, publicUrl: string | undefined): string[] {
  return [...(publicUrl ? [new URL(publicUrl).origin] : []), `http://${host}`, `https://${host}`]
}

/**
 * Whether an origin matches a pattern, with one or more labels for its asterisk.
 * @param pattern  `https://*.example.com`
 */
function isSubdomain(origin: string, pattern: string): boolean {
  const [scheme = '', domain = ''] = pattern.split('*')
  const labels = origin.slice(scheme.length, origin.length - domain.length)
  return origin === scheme + labels + domain && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(labels)
}

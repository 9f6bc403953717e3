import type { Config } from '../../config/config.js'

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/
/** The same in a Content-Security-Policy, which has no notation for IPv6. */
const LOCALHOST_SOURCES = ['localhost', '127.0.0.1'].flatMap((host) => [`http://${host}:*`, `https://${host}:*`])

/** The origins whose pages may use the API from a browser. */
export interface Origins {
  /** An exact origin of CORS_ORIGINS: also with the session cookie. */
  isListed(origin: string): boolean
  /** Any origin that may read responses: a subdomain of a pattern too, and in demo mode localhost. */
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

/** Whether an origin has one label or more in the place of the asterisk. @param pattern  `https://*.example.com` */
function isSubdomain(origin: string, pattern: string): boolean {
  const [scheme = '', domain = ''] = pattern.split('*')
  const labels = origin.slice(scheme.length, origin.length - domain.length)
  return origin === scheme + labels + domain && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(labels)
}

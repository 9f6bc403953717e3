import type { HelmetOptions } from 'helmet'

/** The headers in which pages and documents differ from the API. */
export type SecurityHeaders = Pick<
  HelmetOptions,
  'contentSecurityPolicy' | 'crossOriginOpenerPolicy' | 'crossOriginResourcePolicy' | 'xFrameOptions'
>

type Directives = Readonly<Record<string, readonly string[]>>

const BASE_DIRECTIVES: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/** A Content-Security-Policy with exactly these directives. */
export function contentSecurityPolicy(directives: Directives): Pick<SecurityHeaders, 'contentSecurityPolicy'> {
  return { contentSecurityPolicy: { useDefaults: false, directives: directives as Record<string, string[]> } }
}

/**
 * The headers of a page that runs scripts: it loads nothing from other hosts, and windows of other origins
 * cannot access it.
 * @param more  additional directives of this page
 */
export function buildContentSecurityPolicy(more: Directives = {}): SecurityHeaders {
  return { ...contentSecurityPolicy({ ...BASE_DIRECTIVES, ...more }), crossOriginOpenerPolicy: { policy: 'same-origin' } }
}

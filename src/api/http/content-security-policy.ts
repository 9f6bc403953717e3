import type { HelmetOptions } from 'helmet'

type Directives = Readonly<Record<string, readonly string[]>>

/** The headers in which pages and documents differ from the API. */
export interface SecurityHeaders extends Pick<HelmetOptions, 'crossOriginOpenerPolicy' | 'crossOriginResourcePolicy' | 'xFrameOptions'> {
  /** All directives of the Content-Security-Policy. */
  readonly directives: Directives
}

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

/**
 * The headers of a page that runs scripts: it loads nothing from other hosts, and windows of other origins
 * cannot access it.
 * @param more  additional directives of this page
 */
export function buildContentSecurityPolicy(more: Directives = {}): SecurityHeaders {
  return { directives: { ...BASE_DIRECTIVES, ...more }, crossOriginOpenerPolicy: { policy: 'same-origin' } }
}

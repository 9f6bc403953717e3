import type { IncomingHttpHeaders } from 'node:http'
import Negotiator from 'negotiator'
import { isLocale } from './input.js'
import { findLanguage } from './languages.js'

/** The locale that a browser prefers among those whose language is translated, from `Accept-Language`. */
export function acceptedLocale(headers: IncomingHttpHeaders): string | undefined {
  return new Negotiator({ headers }).languages().find((tag) => findLanguage(tag) !== undefined && isLocale(tag))
}

import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Config } from '../../config/config.js'
import { escapeXml } from '../../platform/pdf/syntax.js'
import { buildContentSecurityPolicy } from './content-security-policy.js'
import { PAGES_BUNDLE, readPage } from './page-assets.js'

const HTML = 'text/html; charset=utf-8'
/** packages/pages/vite.config.ts writes it into the HTML. */
const NONCE_PLACEHOLDER = /%NONCE%/g
const SETTINGS_PLACEHOLDER = '%SETTINGS%'
const TITLE_PLACEHOLDER = '%TITLE%'
const NONCE_BYTES = 16

/** What a page knows before its first request. packages/pages/src/ui/settings.ts reads it. */
export interface PageSettings {
  readonly company: string
  /** "#rrggbb" */
  readonly accentColor: string
  readonly logoUrl: string | null
  /** The language of customers whose browser prefers none that the page has. */
  readonly locale: string
  /** The seller's, in which documents state days. */
  readonly timeZone: string
  /** Whether the browser has a cookie of this page. If it has none, the cookie of the panel may have signed in. */
  readonly hasCookie: boolean
  /** Set on the page of a link that signs in. */
  readonly link?: { readonly state: string; readonly needsButton: boolean }
}

/** The HTML of one of the pages, with the settings and a nonce that is different in every response. */
export class PageHtml {
  readonly #html: string
  readonly #config: Config
  readonly #logoUrl: string | null

  /** @param file  the HTML file of the page in the bundle */
  constructor(file: string, config: Config, logoUrl: string | null) {
    this.#html = readPage(PAGES_BUNDLE, file)
    this.#config = config
    this.#logoUrl = logoUrl
  }

  send(reply: FastifyReply, { hasCookie, link }: Pick<PageSettings, 'hasCookie' | 'link'>): FastifyReply {
    const { company } = this.#config.invoices.issuer
    const { accentColor, locale, timeZone } = this.#config.invoices
    const settings: PageSettings = { company, accentColor, logoUrl: this.#logoUrl, locale, timeZone, hasCookie, ...(link && { link }) }
    const nonce = randomBytes(NONCE_BYTES).toString('base64')
    // Styles that the components create have the nonce. Scripts are files of this server only.
    reply.setSecurityHeaders(buildContentSecurityPolicy({ 'style-src': ["'self'", `'nonce-${nonce}'`], 'img-src': ["'self'", 'data:'] }))
    const html = this.#html
      .replace(TITLE_PLACEHOLDER, () => escapeXml(company))
      .replace(SETTINGS_PLACEHOLDER, () => escapeXml(JSON.stringify(settings)))
      .replace(NONCE_PLACEHOLDER, nonce)
    // Pages of other origins may use the API, but not read this page.
    return reply.removeHeader('access-control-allow-origin').type(HTML).header('cache-control', 'no-store').send(html)
  }
}

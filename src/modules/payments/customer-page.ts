import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../../config/config.js'
import { parseColor, readableColor, WHITE } from '../../core/color.js'
import { escapeXml } from '../../platform/pdf/syntax.js'

const PAGE_CSP = {
  'default-src': ["'none'"],
  'style-src': ["'unsafe-inline'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/** The design of packages/pages, without scripts. */
const STYLE = `
  :root { color-scheme: light dark; --ink: #000; --paper: #fff; --desk: #f6f7f9; --line: #dee2e6; --dim: #5a626a; --alert: #c92a2a }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #c9c9c9; --paper: #2e2e2e; --desk: #141517; --line: #424242; --dim: #a3a9b0; --alert: #ff8787 }
  }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--desk); color: var(--ink);
    font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif }
  main { box-sizing: border-box; background: var(--paper); margin: 1rem; padding: 2rem; border: 1px solid var(--line); border-radius: 8px;
    width: min(26rem, calc(100vw - 2rem)); box-shadow: 0 1px 3px #0000000d, 0 10px 15px -5px #0000000d; overflow-wrap: anywhere }
  .brand { margin: 0 0 1.5rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); font-weight: 650 }
  h1 { font-size: 1.25rem; line-height: 1.35; font-weight: 650; margin: 0 0 .75rem }
  .price { font-size: 1.75rem; font-weight: 650; line-height: 1.2; margin: 0; font-variant-numeric: tabular-nums }
  dl { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .5rem 1rem; margin: 0 }
  dt { color: var(--dim) } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums }
  .due { color: var(--ink); font-weight: 650 } a { color: inherit }
  form, .actions { display: grid; gap: .625rem; margin-top: 1.5rem }
  button, .button { font: inherit; font-size: .875rem; font-weight: 600; padding: .5rem 1.125rem; border-radius: 8px; border: 1px solid var(--line);
    background: var(--paper); color: inherit; cursor: pointer; text-align: center; text-decoration: none }
  button.pay, .button.pay { background: var(--accent); border-color: var(--accent); color: #fff }
  button:focus-visible, .button:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
  .note { font-size: .875rem; color: var(--dim) } [role=alert] { color: var(--alert); font-weight: 600 }`

/** A page for customers. It has no scripts; its buttons submit forms. */
export interface CustomerPage {
  /** BCP 47 */
  readonly language: string
  readonly title: string
  /** HTML. */
  readonly content: string
}

type PageConfig = Pick<Config, 'invoices'>

function renderPage({ invoices: { issuer, accentColor } }: PageConfig, { language, title, content }: CustomerPage): string {
  const accent = readableColor(parseColor(accentColor), WHITE).map((channel) => `${Math.round(channel * 100)}%`)
  return `<!doctype html><html lang="${escapeXml(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title><style>${STYLE} :root { --accent: rgb(${accent.join(' ')}) }</style></head><body><main>
<p class="brand">${escapeXml(issuer.company)}</p>
${content}</main></body></html>`
}

/**
 * Sends a page that is neither stored nor embedded.
 * @param returnUrls  URLs to which its forms may redirect, in addition to this server
 */
export function sendPage(reply: FastifyReply, config: PageConfig, page: CustomerPage, returnUrls: readonly string[] = []): FastifyReply {
  const origins = new Set(returnUrls.map((url) => new URL(url).origin))
  const directives = { ...PAGE_CSP, 'form-action': ["'self'", ...origins] }
  reply.setSecurityHeaders({ directives })
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(renderPage(config, page))
}

/** Makes the routes of a scope accept the forms of such pages. The body becomes URLSearchParams. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body)),
  )
}

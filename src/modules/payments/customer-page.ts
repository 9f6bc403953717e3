import type { FastifyInstance, FastifyReply } from 'fastify'
import { escapeXml } from '../../platform/pdf/syntax.js'

const PAGE_CSP = {
  'default-src': ["'none'"],
  'style-src': ["'unsafe-inline'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --desk: #eef1f4; --blue: #0b5cad }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #1d2126; --desk: #121519; --blue: #5aa2e8 } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--desk); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { background: var(--paper); padding: 2rem 2.5rem; border-radius: 12px; width: min(22rem, 80vw); box-shadow: 0 2px 18px #0002 }
  h1 { font-size: 1.2rem; margin: 0 0 1rem } .price { font-size: 2rem; font-weight: 700; margin: 0 }
  dl { display: grid; grid-template-columns: 1fr auto; gap: .4rem 1rem; margin: 0 } dd { margin: 0; text-align: right }
  .due { font-weight: 700 } a { color: inherit }
  form, .actions { display: grid; gap: .6rem; margin-top: 1.5rem }
  button, .button { font: inherit; padding: .7rem; border-radius: 8px; border: 1px solid #8888; background: none; color: inherit; cursor: pointer; text-align: center; text-decoration: none }
  button.pay, .button.pay { background: var(--blue); border-color: var(--blue); color: #fff; font-weight: 600 }
  .note { font-size: .85rem; opacity: .75 } [role=alert] { color: #c62828; font-weight: 600 }`

/** A page for customers. It has no scripts; its buttons submit forms. @param content  HTML */
export function renderPage(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body><main>
${content}</main></body></html>`
}

/**
 * Sends a page that is neither stored nor embedded.
 * @param returnUrls  URLs to which its forms may redirect, in addition to this server
 */
export function sendPage(reply: FastifyReply, page: string, returnUrls: readonly string[] = []): FastifyReply {
  const origins = new Set(returnUrls.map((url) => new URL(url).origin))
  const directives = { ...PAGE_CSP, 'form-action': ["'self'", ...origins] }
  reply.helmet({ contentSecurityPolicy: { useDefaults: false, directives } })
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}

/** Makes the routes of a scope accept the forms of such pages. The body becomes URLSearchParams. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body)),
  )
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.js'
import { DomainError, UNAUTHENTICATED } from '../../core/errors.js'
import { encodeId } from '../../core/ids.js'
import { isApiKeyPrincipal, type Principal } from '../../modules/identity/index.js'
import type { SessionPage } from '../../modules/page-sessions/index.js'

/**
 * Names the page that sends a request. Only then its cookie counts, so that the sessions of a customer and of an
 * administrator do not get in each other's way, and no other request is affected by them. CORS does not allow the header.
 */
const PAGE_HEADER = 'x-quittance-page'
const USER_HEADER = 'x-quittance-user'

/** @returns the page that sends the request, if it is served */
export function requestedPage({ headers }: FastifyRequest, { pages }: Pick<Config, 'pages'>): SessionPage | undefined {
  const name = headers[PAGE_HEADER]
  if (name === 'portal' && pages.includes('portal')) return 'PORTAL'
  if (name === 'admin' && pages.includes('admin')) return 'ADMIN'
  return undefined
}

/**
 * A page names the user whose data it shows. When its session has ended, another cookie of the browser could sign in
 * somebody else, who would then run what the page offers.
 * @throws UNAUTHENTICATED
 */
export function assertShownUser({ headers }: FastifyRequest, principal: Principal | undefined): void {
  const shown = headers[USER_HEADER]
  if (shown === undefined) return
  const userId = principal && !isApiKeyPrincipal(principal) ? encodeId('User', principal.userId) : undefined
  if (userId !== shown) throw new DomainError(UNAUTHENTICATED, 'Your session has ended: sign in again')
}

export function readPageCookie({ cookies }: FastifyRequest, config: CookieConfig, page: SessionPage): string | undefined {
  return cookies[cookieName(config, page)]
}

export function setPageCookie(
  reply: FastifyReply,
  config: CookieConfig,
  page: SessionPage,
  cookie: { value: string; maxAge: number },
): void {
  void reply.setCookie(cookieName(config, page), cookie.value, { ...attributes(config), maxAge: cookie.maxAge })
}

export function clearPageCookie(reply: FastifyReply, config: CookieConfig, page: SessionPage): void {
  void reply.clearCookie(cookieName(config, page), attributes(config))
}

type CookieConfig = Pick<Config, 'publicUrl'>

/** With https, the prefix makes browsers refuse the cookie from any other host and from an unencrypted page. */
function cookieName(config: CookieConfig, page: SessionPage): string {
  return `${isHttps(config) ? '__Host-' : ''}quittance_${page.toLowerCase()}`
}

/** GraphQL is at another path than the pages, so the path is that of the whole server. */
function attributes(config: CookieConfig) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(config) } as const
}

function isHttps({ publicUrl }: CookieConfig): boolean {
  return publicUrl?.startsWith('https:') ?? false
}

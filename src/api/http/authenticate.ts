import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.js'
import { DomainError, FORBIDDEN, UNAUTHENTICATED } from '../../core/errors.js'
import { isApiKey } from '../../modules/api-keys/index.js'
import { isAdministrator, isApiKeyPrincipal, type Principal, type UserPrincipal, type VerifiedToken } from '../../modules/identity/index.js'
import type { AuthenticatedSession, SessionPage } from '../../modules/page-sessions/index.js'
import { type Origins, ownOrigins } from './allowed-origins.js'
import { assertShownUser, readPageCookie, requestedPage } from './page-cookies.js'
import { logPrincipal } from './request-logging.js'

interface AuthenticationOptions {
  config: Config
  origins: Origins
  /**
   * @param address  the sender of a Bearer token; undefined for a cookie, which another application may have
   *   set
   */
  verifyToken: (token: string, address: string | undefined) => Promise<VerifiedToken>
  /** Creates the user of a valid token, unless it exists. */
  provisionUser: (token: VerifiedToken) => Promise<void>
  /** @param address  the sender of the API key */
  authenticateKey: (key: string, address: string) => Promise<Principal>
  /** @returns null if the cookie is not that of an open session of the page */
  authenticatePage: (page: SessionPage, cookie: string | undefined, address: string) => Promise<AuthenticatedSession | null>
}

/** The principal of a request, and how it was authenticated. */
export interface Authenticated {
  principal: Principal
  /** When the token expires; undefined for an API key or a token without expiry. */
  expiresAt: Date | undefined
  /**
   * Whether the cookie authenticated the request and no header proves its origin. Browsers also add cookies
   * to requests from other sites, so such a request may not run a mutation.
   */
  isUnprovenCookie: boolean
}

/** @param authorization  replaces the `Authorization` header, if the client has sent it in another way */
export type Authenticate = (request: FastifyRequest, authorization?: string) => Promise<Authenticated | undefined>

/**
 * Authenticates requests by a token or API key in `Authorization: Bearer`, otherwise by the cookie of the page that
 * sends them, otherwise by the session cookie. A cookie that cannot be verified has expired or belongs to another
 * application on the same host, so it is ignored.
 * @returns a function that returns undefined for an anonymous request and throws UNAUTHENTICATED or FORBIDDEN
 */
export function createAuthenticate({
  config,
  origins,
  verifyToken,
  provisionUser,
  authenticateKey,
  authenticatePage,
}: AuthenticationOptions): Authenticate {
  const authenticate: Authenticate = async (request, header = request.headers.authorization) => {
    const page = header === undefined ? requestedPage(request, config) : undefined
    const session = page && (await authenticatePage(page, readPageCookie(request, config, page), request.ip))
    if (session) {
      assertOwnPage(request, config.publicUrl)
      logPrincipal(request, session.principal)
      return { ...session, isUnprovenCookie: request.headers.origin === undefined }
    }
    const cookie = header === undefined ? request.cookies[config.cookieName] : undefined
    if (header === undefined && !cookie) return undefined
    const token = header === undefined ? (cookie ?? '') : parseBearerToken(header)
    if (header !== undefined && isApiKey(token)) {
      const principal = await authenticateKey(token, request.ip)
      logPrincipal(request, principal)
      return { principal, expiresAt: undefined, isUnprovenCookie: false }
    }
    const verified = header === undefined ? await verifyToken(token, undefined).catch(asAnonymous) : await verifyToken(token, request.ip)
    if (!verified) return undefined
    if (header === undefined) assertSameOrigin(request, config.publicUrl, origins)
    logPrincipal(request, verified.principal)
    await provisionUser(verified)
    const isUnprovenCookie = header === undefined && request.headers.origin === undefined
    return { principal: verified.principal, expiresAt: verified.expiresAt, isUnprovenCookie }
  }
  return async (request, header) => {
    const authenticated = await authenticate(request, header)
    assertShownUser(request, authenticated?.principal)
    return authenticated
  }
}

/**
 * Treats an invalid cookie as absent.
 * @throws every other error, for example when the key set cannot be fetched
 */
function asAnonymous(error: unknown): undefined {
  if (error instanceof DomainError && error.is(UNAUTHENTICATED)) return undefined
  throw error
}

/** For routes that do not accept API keys. @throws UNAUTHENTICATED with `message`, FORBIDDEN */
export function requireUser(authenticated: Authenticated | undefined, message: string): UserPrincipal {
  if (!authenticated) throw new DomainError(UNAUTHENTICATED, message)
  if (isApiKeyPrincipal(authenticated.principal)) throw new DomainError(FORBIDDEN, 'An API key cannot be used here: sign in as a user')
  return authenticated.principal
}

/** For routes of administrators. @throws UNAUTHENTICATED, FORBIDDEN */
export function requireAdministrator(authenticated: Authenticated | undefined): UserPrincipal {
  const principal = requireUser(authenticated, 'Sign in as an administrator')
  if (!isAdministrator(principal)) throw new DomainError(FORBIDDEN, 'Only administrators may do this')
  return principal
}

function parseBearerToken(header: string): string {
  const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header)?.[1]
  if (!token) throw new DomainError(UNAUTHENTICATED, 'Send the token as "Authorization: Bearer …"')
  return token
}

/**
 * The cookie of a page is for the pages of this server. Other origins cannot send the header that names the page, because
 * CORS does not allow it; this is checked again, in case a proxy allows more.
 * @throws FORBIDDEN
 */
function assertOwnPage({ headers }: FastifyRequest, publicUrl: string | undefined): void {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isOwnOrigin = origin === undefined || ownOrigins(host, publicUrl).includes(origin)
  if (isOwnOrigin && (site === undefined || site === 'same-origin')) return
  throw new DomainError(FORBIDDEN, 'The cookie of a page is accepted only from the pages of this server; send a Bearer token instead')
}

/** @throws FORBIDDEN for a cookie in a request from a page of another origin or from a form */
function assertSameOrigin({ headers, method }: FastifyRequest, publicUrl: string | undefined, origins: Origins): void {
  const { origin, host } = headers
  const isListed = origin !== undefined && origins.isListed(origin)
  const isOwnOrigin = origin === undefined || ownOrigins(host, publicUrl).includes(origin)
  const site = headers['sec-fetch-site']
  const isNavigation = method === 'GET' && headers['sec-fetch-mode'] === 'navigate'
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none' || isNavigation
  const type = headers['content-type']
  // A request without a body has no content type; a form always has one.
  const isEmpty = type === undefined && (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined
  const isForm = method !== 'GET' && method !== 'HEAD' && !isEmpty && !type?.startsWith('application/json')
  if (isForm || !(isListed || (isOwnOrigin && isOwnSite))) {
    throw new DomainError(
      FORBIDDEN,
      'The session cookie is accepted only from pages of this server and of CORS_ORIGINS, with a JSON body; send a Bearer token instead',
    )
  }
}

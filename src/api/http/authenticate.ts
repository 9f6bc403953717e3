import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.js'
import { DomainError } from '../../core/errors.js'
import { isApiKey } from '../../modules/api-keys/index.js'
import { isApiKeyPrincipal, type Principal, type UserPrincipal, type VerifiedToken } from '../../modules/identity/index.js'
import type { Origins } from './allowed-origins.js'
import { logPrincipal } from './request-logging.js'

interface AuthenticationOptions {
  config: Config
  origins: Origins
  /** @param address  from which a token comes that its sender meant for us; undefined for a cookie, which may not be ours */
  verify: (token: string, address: string | undefined) => Promise<VerifiedToken>
  /** Called for every bearer, so that a user exists before anything is done for it. */
  firstSight: (bearer: VerifiedToken) => Promise<void>
  /** Finds the service of the panel that an API key belongs to. @param address  from which it comes */
  findService: (key: string, address: string) => Promise<Principal>
}

/** The principal of a request, and until when that holds. */
export interface Authenticated {
  caller: Principal
  until: Date | undefined
  /**
   * Authenticated by the cookie, and nothing shows which page has sent the request. A browser adds cookies also to requests that
   * another site makes, so this is not enough for a mutation.
   */
  isUnprovenCookie: boolean
}

export type Authenticate = (request: FastifyRequest) => Promise<Authenticated | undefined>

/**
 * The principal of a request: by a token or API key as `Authorization: Bearer`, otherwise by the session cookie. A cookie that
 * cannot be verified is not ours (other applications of the same host have cookies too) or has expired, and counts as none.
 * @returns a function that returns undefined for an anonymous request and throws UNAUTHENTICATED or FORBIDDEN
 */
export function createAuthenticate({ config, origins, verify, firstSight, findService }: AuthenticationOptions): Authenticate {
  return async (request) => {
    const header = request.headers.authorization
    const cookie = header === undefined ? request.cookies[config.cookieName] : undefined
    if (header === undefined && !cookie) return undefined
    const token = header === undefined ? (cookie ?? '') : parseBearerToken(header)
    if (header !== undefined && isApiKey(token)) {
      const service = await findService(token, request.ip)
      logPrincipal(request, service)
      return { caller: service, until: undefined, isUnprovenCookie: false }
    }
    const bearer = header === undefined ? await verify(token, undefined).catch(asAnonymous) : await verify(token, request.ip)
    if (!bearer) return undefined
    if (header === undefined) assertSameOrigin(request, config.publicUrl, origins)
    logPrincipal(request, bearer.principal)
    await firstSight(bearer)
    const isUnprovenCookie = header === undefined && request.headers.origin === undefined
    return { caller: bearer.principal, until: bearer.expiresAt, isUnprovenCookie }
  }
}

/** A key set that cannot be fetched says nothing about the cookie. @throws everything but UNAUTHENTICATED */
function asAnonymous(error: unknown): undefined {
  if (error instanceof DomainError && error.code === 'UNAUTHENTICATED') return undefined
  throw error
}

/** Routes for people, which an API key does not open. @throws UNAUTHENTICATED with `message`, FORBIDDEN */
export function requireUser(authenticated: Authenticated | undefined, message: string): UserPrincipal {
  if (!authenticated) throw new DomainError('UNAUTHENTICATED', message)
  if (isApiKeyPrincipal(authenticated.caller)) throw new DomainError('FORBIDDEN', 'An API key does not open this: it is for people')
  return authenticated.caller
}

function parseBearerToken(header: string): string {
  const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header)?.[1]
  if (!token) throw new DomainError('UNAUTHENTICATED', 'Send the token as "Authorization: Bearer …"')
  return token
}

/** @throws FORBIDDEN for a cookie that a page of another origin, or a form, has sent along */
function assertSameOrigin({ headers, method }: FastifyRequest, publicUrl: string | undefined, origins: Origins): void {
  const { origin, host } = headers
  const isListed = origin !== undefined && origins.isListed(origin)
  const ours = [publicUrl && new URL(publicUrl).origin, `http://${host}`, `https://${host}`]
  const isOurOrigin = origin === undefined || ours.includes(origin)
  const site = headers['sec-fetch-site']
  const isNavigation = method === 'GET' && headers['sec-fetch-mode'] === 'navigate'
  const isOurSite = site === undefined || site === 'same-origin' || site === 'none' || isNavigation
  const type = headers['content-type']
  // A request without a body has no type; a form always has one.
  const isEmpty = type === undefined && (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined
  const isForm = method !== 'GET' && method !== 'HEAD' && !isEmpty && !type?.startsWith('application/json')
  if (isForm || !(isListed || (isOurOrigin && isOurSite))) {
    throw new DomainError(
      'FORBIDDEN',
      'The session cookie is accepted only from our own pages and the origins of CORS_ORIGINS, with a JSON body; send a Bearer token instead',
    )
  }
}

import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { DomainError } from '../core/errors.js'
import type { Bearer } from '../identity/token.js'
import { type Caller, isService, type Viewer } from '../identity/viewer.js'
import { isApiKey } from '../panel/api-key.rules.js'
import { noteCaller } from './observe-requests.js'

const COOKIE = 'session'

interface Authentication {
  config: Config
  /** @param address  from which it comes */
  verify: (token: string, address: string) => Promise<Bearer>
  /** Called for every bearer, so that a user exists before anything is done for it. */
  firstSight: (bearer: Bearer) => Promise<void>
  /** Finds the service of the panel that an API key belongs to. @param address  from which it comes */
  findService: (key: string, address: string) => Promise<Caller>
}

/** Who asks, and until when that is so. */
export interface Authenticated {
  caller: Caller
  until: Date | undefined
}

export type Authenticate = (request: FastifyRequest) => Promise<Authenticated | undefined>

/**
 * Who sends a request: by a token or API key as `Authorization: Bearer`, otherwise by the cookie `session`.
 * A browser adds cookies also to what another site makes it send, so a cookie counts only from our own pages.
 * @returns a function that answers undefined without a token and throws UNAUTHENTICATED or FORBIDDEN otherwise
 */
export function createAuthenticate({ config, verify, firstSight, findService }: Authentication): Authenticate {
  return async (request) => {
    const header = request.headers.authorization
    const cookie = request.cookies[COOKIE]
    if (header === undefined && !cookie) return undefined
    if (header === undefined) refuseForeignPages(request, config.publicUrl)
    const token = header === undefined ? (cookie ?? '') : bearerToken(header)
    if (header !== undefined && isApiKey(token)) {
      const service = await findService(token, request.ip)
      noteCaller(request, service)
      return { caller: service, until: undefined }
    }
    const bearer = await verify(token, request.ip)
    noteCaller(request, bearer.viewer)
    await firstSight(bearer)
    return { caller: bearer.viewer, until: bearer.until }
  }
}

/** Routes for people, which an API key does not open. @throws UNAUTHENTICATED with `message`, FORBIDDEN */
export function requirePerson(authenticated: Authenticated | undefined, message: string): Viewer {
  if (!authenticated) throw new DomainError('UNAUTHENTICATED', message)
  if (isService(authenticated.caller)) throw new DomainError('FORBIDDEN', 'An API key does not open this: it is for people')
  return authenticated.caller
}

function bearerToken(header: string): string {
  const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(header)?.[1]
  if (!token) throw new DomainError('UNAUTHENTICATED', 'Send the token as "Authorization: Bearer …"')
  return token
}

/** @throws FORBIDDEN */
function refuseForeignPages({ headers, method }: FastifyRequest, publicUrl: string | undefined): void {
  const { origin, host } = headers
  const ours = origin === undefined || origin === publicUrl || origin === `http://${host}` || origin === `https://${host}`
  const site = headers['sec-fetch-site']
  const navigation = method === 'GET' && headers['sec-fetch-mode'] === 'navigate'
  const fromUs = site === undefined || site === 'same-origin' || site === 'none' || navigation
  const type = headers['content-type']
  // Without a body there is no type; who sends a page's form has one.
  const isEmpty = type === undefined && (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined
  const simple = method !== 'GET' && method !== 'HEAD' && !isEmpty && !type?.startsWith('application/json')
  if (!ours || !fromUs || simple) {
    throw new DomainError('FORBIDDEN', 'A session cookie is accepted only from our own pages, with JSON; use a Bearer token')
  }
}

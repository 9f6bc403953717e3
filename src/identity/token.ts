import { createSecretKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import { DomainError } from '../core/errors.js'
import { line, MAX_INT } from '../core/input.js'
import { ADMINISTRATOR, type Role, USER, type Viewer } from './viewer.js'

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const CLOCK_TOLERANCE_SECONDS = 5

/** What a token says of its bearer: the viewer, and the profile with which a new user is created. */
export interface Bearer {
  viewer: Viewer
  /** When the token expires. */
  until: Date
  email: string | undefined
  name: string | undefined
}

/** A token that was good a moment ago is good: a client sends the same one with every request. */
const KNOWN_FOR_MS = 30_000
const MOST_KNOWN = 10_000

interface Known {
  bearer: Bearer
  since: number
  good: number
}

const claims = z.object({
  exp: z.number(),
  sub: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number)
    .refine((id) => id <= MAX_INT),
  role: z.string().optional(),
  email: z.email().max(254).optional().catch(undefined),
  name: line(200).optional().catch(undefined),
})

/** @returns a function that reads a token, or throws UNAUTHENTICATED */
export function createTokenVerifier({ auth }: Config, clock: Clock): (token: string) => Promise<Bearer> {
  const options: JWTVerifyOptions = {
    issuer: auth.issuer,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ...(auth.audience && { audience: auth.audience }),
  }
  const verify = signatureCheck(auth)
  const known = new LRUCache<string, Known>({ max: MOST_KNOWN })
  return async (token) => {
    const at = clock.now().getTime()
    const before = known.get(token)
    if (before && at < before.good && at >= before.since) return before.bearer
    const payload = await verify(token, { ...options, currentDate: clock.now() }).catch(refuse)
    const result = claims.safeParse(payload)
    if (!result.success) return refuse()
    const { sub, role, email, name, exp } = result.data
    const viewer = { userId: sub, role: role === ADMINISTRATOR ? ADMINISTRATOR : USER } as const
    const bearer = { viewer, until: new Date(exp * 1000), email, name }
    known.set(token, { bearer, since: at, good: Math.min(at + KNOWN_FOR_MS, exp * 1000) })
    return bearer
  }
}

type SignatureCheck = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>

/** The algorithms are pinned by what is configured: a token never chooses how it is checked. */
function signatureCheck(auth: Config['auth']): SignatureCheck {
  if (auth.jwksUrl) {
    const keys = createRemoteJWKSet(new URL(auth.jwksUrl), { timeoutDuration: 5000 })
    return async (token, options) => (await jwtVerify(token, keys, { ...options, algorithms: ASYMMETRIC })).payload
  }
  // Made once: as bytes they would be made into keys with every token.
  const [current, ...former] = [auth.secret ?? '', ...auth.formerSecrets].map((secret) => createSecretKey(secret, 'utf8'))
  const check = (key: KeyObject, token: string, options: JWTVerifyOptions) => jwtVerify(token, key, { ...options, algorithms: ['HS256'] })
  return async (token, options) => {
    const attempt = former.reduce(
      (before, key) => before.catch((error: Error) => (wasSignedOtherwise(error) ? check(key, token, options) : Promise.reject(error))),
      check(current as KeyObject, token, options),
    )
    return (await attempt).payload
  }
}

function wasSignedOtherwise(error: Error): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed
}

function refuse(): never {
  throw new DomainError('UNAUTHENTICATED', 'The token is wrong, expired or from another issuer; sign in again')
}

interface NewToken {
  userId: number
  role: Role
  email?: string
  name?: string
  lifetimeSeconds: number
}

/** Signs a token with the configured secret, as a panel would. */
export function signToken({ auth }: Config, clock: Clock, token: NewToken): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000)
  const profile = { ...(token.email && { email: token.email }), ...(token.name && { name: token.name }) }
  return new SignJWT({ role: token.role, ...profile })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(String(token.userId))
    .setIssuer(auth.issuer)
    .setAudience(auth.audience ?? 'quittance')
    .setIssuedAt(now)
    .setExpirationTime(now + token.lifetimeSeconds)
    .sign(new TextEncoder().encode(auth.secret))
}

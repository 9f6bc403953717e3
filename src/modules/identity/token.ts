import { createSecretKey, type KeyObject } from 'node:crypto'
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Config } from '../../config/config.js'
import type { Clock } from '../../core/clock.js'
import { DomainError, RETRY_AFTER_SECONDS, UNAUTHENTICATED } from '../../core/errors.js'
import { isPanelId } from '../../core/ids.js'
import { line } from '../../core/input.js'
import { IDENTITY_PROVIDER_UNAVAILABLE } from './identity.errors.js'
import { ADMINISTRATOR, type Role, USER, type UserPrincipal } from './principal.js'

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Media types of access tokens. Other tokens, such as logout tokens, may be signed by the same keys. */
const ACCESS_TOKEN = /^(application\/)?(at\+)?jwt$/i
const JWKS_TIMEOUT_MS = 5000
const CLOCK_TOLERANCE_SECONDS = 5

/** The contents of a valid token: the principal, and the profile with which a new user is created. */
export interface VerifiedToken {
  principal: UserPrincipal
  /** When the token expires. */
  expiresAt: Date
  email: string | undefined
  name: string | undefined
}

/** Verified tokens are cached briefly, because clients send the same token with every request. */
const TOKEN_CACHE_TTL_MS = 30_000
const MAX_CACHED_TOKENS = 10_000

interface CachedToken {
  token: VerifiedToken
  /** Milliseconds. */
  cachedAt: number
  /** Milliseconds. */
  validUntil: number
}

const claimsSchema = z.object({
  exp: z.number(),
  sub: z.string().refine(isPanelId),
  // Only in tokens for security events, such as a logout.
  events: z.never().optional(),
  email: z.email().max(254).optional().catch(undefined),
  name: line(200).optional().catch(undefined),
})

interface VerifierOptions {
  /** Called whenever the keys of the identity provider cannot be read. */
  onProviderFailure?: () => void
}

/** @returns a function that verifies a token, or throws UNAUTHENTICATED or IDENTITY_PROVIDER_UNAVAILABLE */
export function createTokenVerifier(
  { auth }: Config,
  clock: Clock,
  { onProviderFailure }: VerifierOptions = {},
): (token: string) => Promise<VerifiedToken> {
  const options: JWTVerifyOptions = {
    issuer: auth.issuer,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ...(auth.audience && { audience: auth.audience }),
  }
  const verify = createSignatureCheck(auth)
  const cache = new LRUCache<string, CachedToken>({ max: MAX_CACHED_TOKENS })
  return async (token) => {
    const now = clock.now().getTime()
    const cached = cache.get(token)
    if (cached && now < cached.validUntil && now >= cached.cachedAt) return cached.token
    const { payload, protectedHeader } = await verify(token, { ...options, currentDate: clock.now() }).catch((error: Error) => {
      if (!(error instanceof DomainError)) return throwInvalidToken()
      onProviderFailure?.()
      throw error
    })
    const result = claimsSchema.safeParse(payload)
    if (!result.success || !ACCESS_TOKEN.test(protectedHeader.typ ?? 'JWT')) return throwInvalidToken()
    const { sub, email, name, exp } = result.data
    const principal = { userId: sub, role: roleOf(payload, auth.roleClaim) } as const
    const verified = { principal, expiresAt: new Date(exp * 1000), email, name }
    cache.set(token, { token: verified, cachedAt: now, validUntil: Math.min(now + TOKEN_CACHE_TTL_MS, exp * 1000) })
    return verified
  }
}

/** @param claim  the name of a claim, or the dotted path of a nested claim, such as "realm_access.roles" */
function roleOf(payload: JWTPayload, claim: string): Role {
  const value = propertyOf(payload, claim) ?? claim.split('.').reduce<unknown>(propertyOf, payload)
  const roles: unknown[] = Array.isArray(value) ? value : [value]
  return roles.includes(ADMINISTRATOR) ? ADMINISTRATOR : USER
}

function propertyOf(value: unknown, name: string): unknown {
  return value instanceof Object && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

type SignatureCheck = (token: string, options: JWTVerifyOptions) => Promise<JWTVerifyResult>

/** The configuration determines the algorithms. A token never chooses how its signature is checked. */
function createSignatureCheck(auth: Config['auth']): SignatureCheck {
  if (auth.jwksUrl) {
    const keys = createRemoteKeys(auth.jwksUrl)
    return (token, options) => jwtVerify(token, keys, { ...options, algorithms: ASYMMETRIC })
  }
  // Create the keys once; jose would import raw secrets again for every token.
  const [current, ...previous] = [requireTokenSecret(auth), ...auth.previousSecrets].map((secret) => createSecretKey(secret, 'utf8'))
  const check = (key: KeyObject, token: string, options: JWTVerifyOptions) => jwtVerify(token, key, { ...options, algorithms: ['HS256'] })
  return (token, options) =>
    previous.reduce(
      (attempt, key) => attempt.catch((error: Error) => (isSignatureMismatch(error) ? check(key, token, options) : Promise.reject(error))),
      check(current as KeyObject, token, options),
    )
}

/** The keys of the identity provider. They are fetched again when a token names an unknown key. */
function createRemoteKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: JWKS_TIMEOUT_MS })
  return (header, token) =>
    keys(header, token).catch((error: Error) => {
      if (TOKEN_ERRORS.some((tokenError) => error instanceof tokenError)) throw error
      throw new DomainError(
        IDENTITY_PROVIDER_UNAVAILABLE,
        'The keys of the identity provider cannot be read; retry shortly',
        { retryAfter: RETRY_AFTER_SECONDS },
        error,
      )
    })
}

/**
 * Errors that are caused by the token. All other errors mean that the key set itself cannot be read or used.
 */
const TOKEN_ERRORS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

function isSignatureMismatch(error: Error): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed
}

function throwInvalidToken(): never {
  throw new DomainError(UNAUTHENTICATED, 'The token is invalid, expired or from another issuer; sign in again')
}

interface NewToken {
  userId: string
  role: Role
  email?: string
  name?: string
  lifetimeSeconds: number
}

/** @throws Error if no secret is configured, because anybody could sign tokens with an empty key */
function requireTokenSecret({ secret }: Config['auth']): string {
  if (!secret)
    throw new Error('AUTH_JWT_SECRET is not set: complete the configuration with withSecret before tokens are signed or verified')
  return secret
}

/** Signs a token with the configured secret, as a panel does. */
export function signToken({ auth }: Config, clock: Clock, token: NewToken): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000)
  const profile = { ...(token.email && { email: token.email }), ...(token.name && { name: token.name }) }
  return new SignJWT({ [auth.roleClaim]: token.role, ...profile })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(token.userId)
    .setIssuer(auth.issuer)
    .setAudience(auth.audience ?? 'quittance')
    .setIssuedAt(now)
    .setExpirationTime(now + token.lifetimeSeconds)
    .sign(new TextEncoder().encode(requireTokenSecret(auth)))
}

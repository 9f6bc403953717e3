import { DomainError, UNAUTHENTICATED } from '../../core/errors.js'
import { authenticateApiKey, wasAccepted } from '../../modules/api-keys/index.js'
import type { ApiKeyPrincipal, VerifiedToken } from '../../modules/identity/index.js'
import { type AuthenticatedSession, authenticatePageSession, type SessionPage } from '../../modules/page-sessions/index.js'
import type { Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee, consumePoints, type RateLimitSubject, takeDeposit } from '../rate-limit-policy.js'

/** The fee for an invalid token, API key or cookie of a page, paid by the address that sends it, points. */
const INVALID_CREDENTIALS_COST = 20

/**
 * Charges the address for invalid tokens. Tokens are verified even when the address has no points left,
 * because valid users can share it.
 * @returns a verifier that throws RATE_LIMITED instead of UNAUTHENTICATED once the address has no points left
 */
export function chargeInvalidTokens(
  verify: (token: string) => Promise<VerifiedToken>,
  rateLimiter: RateLimiter,
  services: Pick<Services, 'config'>,
) {
  return (token: string, address: string | undefined): Promise<VerifiedToken> =>
    verify(token).catch(async (error: unknown) => {
      if (address !== undefined && error instanceof DomainError && error.is(UNAUTHENTICATED)) {
        await chargeFee(rateLimiter, addressSubject(address, services), INVALID_CREDENTIALS_COST)
      }
      throw error
    })
}

/**
 * Charges the address for invalid API keys. A key that has been valid before is looked up even when the
 * address has no points left. For any other key the fee is taken in advance, so that guessing without points
 * runs no SQL statement; the fee of a valid key is returned.
 */
export function chargeInvalidKeys(rateLimiter: RateLimiter, services: Pick<Services, 'clock' | 'config' | 'db'>) {
  return async (key: string, address: string): Promise<ApiKeyPrincipal> => {
    if (wasAccepted(services, key)) return authenticateApiKey(services, key)
    const subject = addressSubject(address, services)
    const { deposit } = await takeDeposit(rateLimiter, subject, INVALID_CREDENTIALS_COST)
    const principal = await authenticateApiKey(services, key)
    await consumePoints(rateLimiter, subject, 0, deposit)
    return principal
  }
}

/** Charges the address for cookies of pages that belong to no session. An ended session has such a cookie, too. */
export function chargeInvalidPageCookies(rateLimiter: RateLimiter, services: Pick<Services, 'config' | 'db' | 'tokenClock'>) {
  return async (page: SessionPage, cookie: string | undefined, address: string): Promise<AuthenticatedSession | null> => {
    const session = await authenticatePageSession(services, page, cookie)
    if (!session && cookie !== undefined) await chargeFee(rateLimiter, addressSubject(address, services), INVALID_CREDENTIALS_COST)
    return session
  }
}

function addressSubject(address: string, services: Pick<Services, 'config'>): RateLimitSubject {
  return { principal: undefined, address, services }
}

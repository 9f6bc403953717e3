import { DomainError } from '../../core/errors.js'
import { authenticateApiKey, wasAccepted } from '../../modules/api-keys/index.js'
import type { ApiKeyPrincipal, VerifiedToken } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee, consumePoints, type RateLimitSubject, takeDeposit } from '../rate-limit-policy.js'

/** What a wrong token or API key costs the address that it comes from, points. */
const INVALID_CREDENTIALS_COST = 20

/**
 * Tokens are verified whatever an address has left: others behind the same address must not be kept out.
 * @returns the same, which throws RATE_LIMITED instead of UNAUTHENTICATED once the address has no points
 */
export function chargeInvalidTokens(verify: (token: string) => Promise<VerifiedToken>, budgets: RateLimiter, services: Services) {
  return (token: string, address: string | undefined): Promise<VerifiedToken> =>
    verify(token).catch(async (error: unknown) => {
      if (address !== undefined && error instanceof DomainError && error.code === 'UNAUTHENTICATED') {
        await chargeFee(budgets, addressOf(address, services), INVALID_CREDENTIALS_COST)
      }
      throw error
    })
}

/**
 * A key that has been right before is looked up whatever the address has left. For any other the fee is taken before, so that
 * guessing costs no statement without points, and is given back when the key is right.
 */
export function chargeInvalidKeys(budgets: RateLimiter, services: Services) {
  return async (key: string, address: string): Promise<ApiKeyPrincipal> => {
    if (wasAccepted(services, key)) return authenticateApiKey(services, key)
    const payer = addressOf(address, services)
    const deposit = await takeDeposit(budgets, payer, INVALID_CREDENTIALS_COST)
    const service = await authenticateApiKey(services, key)
    await consumePoints(budgets, payer, 0, deposit)
    return service
  }
}

function addressOf(address: string, services: Services): RateLimitSubject {
  return { principal: undefined, address, services }
}

import { DomainError } from '../../core/errors.js'
import { findService, wasAccepted } from '../../modules/api-keys/index.js'
import type { Bearer, Service } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import { charge, chargeFee, type Payer, takeDeposit } from '../rate-limit-policy.js'

/** What a wrong token or API key costs the address that it comes from, points. */
const WRONG_CREDENTIALS = 20

/**
 * Tokens are verified whatever an address has left: others behind the same address must not be kept out.
 * @returns the same, which throws RATE_LIMITED instead of UNAUTHENTICATED once the address has no points
 */
export function chargeWrongTokens(verify: (token: string) => Promise<Bearer>, budgets: CallerBudgets, services: Services) {
  return (token: string, address: string | undefined): Promise<Bearer> =>
    verify(token).catch(async (error: unknown) => {
      if (address !== undefined && error instanceof DomainError && error.code === 'UNAUTHENTICATED') {
        await chargeFee(budgets, stranger(address, services), WRONG_CREDENTIALS)
      }
      throw error
    })
}

/**
 * A key that has been right before is looked up whatever the address has left. For any other the fee is taken before, so that
 * guessing costs no statement without points, and is given back when the key is right.
 */
export function chargeWrongKeys(budgets: CallerBudgets, services: Services) {
  return async (key: string, address: string): Promise<Service> => {
    if (wasAccepted(services, key)) return findService(services, key)
    const payer = stranger(address, services)
    const deposit = await takeDeposit(budgets, payer, WRONG_CREDENTIALS)
    const service = await findService(services, key)
    await charge(budgets, payer, 0, deposit)
    return service
  }
}

function stranger(address: string, services: Services): Payer {
  return { sender: undefined, address, services }
}

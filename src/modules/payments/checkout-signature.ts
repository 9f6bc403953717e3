import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../../config/config.js'

/** Who buys, as it is sent along with a checkout and comes back with every event of what is bought. */
interface CheckoutBuyer {
  readonly user_id: string
  readonly organisation_id?: string | undefined
}

/**
 * Shows that a purchase was made from a checkout of ours: what a provider lets anybody add to the address of its page could
 * name anybody as the buyer.
 */
export function signCheckout(config: Config, buyer: CheckoutBuyer): string {
  const [current] = signingSecrets(config)
  return calculateSignature(current, buyer)
}

/** Also when the secret has been changed since the checkout. */
export function verifyCheckoutSignature(config: Config, custom: CheckoutBuyer, proof: unknown): boolean {
  const given = Buffer.from(typeof proof === 'string' ? proof : '')
  return signingSecrets(config).some((secret) => {
    const right = Buffer.from(calculateSignature(secret, custom))
    return given.length === right.length && timingSafeEqual(given, right)
  })
}

function calculateSignature(secret: string, { user_id, organisation_id = '' }: CheckoutBuyer): string {
  return createHmac('sha256', secret).update(`quittance checkout\n${user_id}\n${organisation_id}`).digest('base64url')
}

/** @throws Error without a secret: a key derived from nothing is known to everybody */
function signingSecrets({ auth, invoices }: Config): readonly [string, ...string[]] {
  const [current, ...previous] = auth.secret ? [auth.secret, ...auth.previousSecrets] : invoices.linkSecrets
  if (!current) throw new Error('no secret for checkouts: the configuration was not completed by withSecret')
  return [current, ...previous]
}

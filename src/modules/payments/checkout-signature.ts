import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../../config/config.js'
import type { Customer } from '../identity/index.js'

/** The buyer, sent with a checkout and returned with every event of the purchase. */
interface CheckoutBuyer {
  readonly user_id: string
  readonly organisation_id?: string | undefined
  /** The order of a top-up. */
  readonly top_up_order_id?: string | undefined
}

/**
 * Signs the buyer of a checkout. Anybody can add custom data to the URL of a provider's page, so without a
 * signature a purchase could name any user as its buyer.
 */
export function signCheckout(config: Config, buyer: CheckoutBuyer): string {
  const [current] = signingSecrets(config)
  return calculateSignature(current, buyer)
}

/**
 * The custom data of a provider's payment page: the buyer, the purchase, and the signature of both.
 * @param names  the ids that identify the purchase
 */
export function checkoutCustomData(
  config: Config,
  { userId, organisationId }: Customer,
  names: Pick<CheckoutBuyer, 'top_up_order_id'> = {},
): Record<string, string> {
  const buyer = { user_id: userId, ...(organisationId !== null && { organisation_id: organisationId }), ...names }
  return { ...buyer, proof: signCheckout(config, buyer) }
}

/** Accepts signatures by the previous secret too. */
export function verifyCheckoutSignature(config: Config, buyer: CheckoutBuyer, signature: unknown): boolean {
  const received = Buffer.from(typeof signature === 'string' ? signature : '')
  return signingSecrets(config).some((secret) => {
    const expected = Buffer.from(calculateSignature(secret, buyer))
    return received.length === expected.length && timingSafeEqual(received, expected)
  })
}

function calculateSignature(secret: string, { user_id, organisation_id = '', top_up_order_id }: CheckoutBuyer): string {
  const names = ['quittance checkout', user_id, organisation_id, ...(top_up_order_id === undefined ? [] : [top_up_order_id])]
  return createHmac('sha256', secret).update(names.join('\n')).digest('base64url')
}

/**
 * The secrets of checkouts and change pages: the current one, then those that stay valid.
 * @throws Error without a secret, because anybody could derive a key from an empty one
 */
export function signingSecrets({ auth, invoices }: Config): readonly [string, ...string[]] {
  const [current, ...previous] = auth.secret ? [auth.secret, ...auth.previousSecrets] : invoices.linkSecrets
  if (!current) throw new Error('no secret for checkouts: withSecret must complete the configuration')
  return [current, ...previous]
}

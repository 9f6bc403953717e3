import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config.js'

/** Who buys, as it is sent along with a checkout and comes back with every event of what is bought. */
interface Buyer {
  readonly user_id: string
  readonly organisation_id?: string | undefined
}

/**
 * Shows that a purchase was made from a checkout of ours: what a provider lets anybody add to the address of its page could
 * name anybody as the buyer.
 */
export function proofOf({ auth, invoices }: Config, { user_id, organisation_id = '' }: Buyer): string {
  const secret = auth.secret ?? invoices.linkSecret ?? ''
  return createHmac('sha256', secret).update(`quittance checkout\n${user_id}\n${organisation_id}`).digest('base64url')
}

export function isProof(config: Config, custom: Buyer, proof: unknown): boolean {
  const right = Buffer.from(proofOf(config, custom))
  const given = Buffer.from(typeof proof === 'string' ? proof : '')
  return given.length === right.length && timingSafeEqual(given, right)
}

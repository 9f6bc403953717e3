import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config.js'
import { DomainError, invalidInput } from '../core/errors.js'

export const MAX_LINK_SECONDS = 2_592_000

const PURPOSE = 'order-invoice'

interface LinkQuery {
  expires?: unknown
  key?: unknown
  signature?: unknown
}

/** A link that opens the PDF of an order without a token until it expires. */
export function signInvoiceLink(config: Config, orderId: number, now: Date, ttlSeconds = config.invoices.linkTtlSeconds): string {
  if (ttlSeconds < 1 || ttlSeconds > MAX_LINK_SECONDS) {
    throw invalidInput('ttlSeconds', `must be between 1 and ${MAX_LINK_SECONDS} (30 days)`)
  }
  const expires = String(Math.floor(now.getTime() / 1000) + ttlSeconds)
  const key = linkKey(config)
  const query = new URLSearchParams({ expires, key: keyId(key), signature: sign(key, orderId, expires) })
  return `${config.publicUrl}/orders/${orderId}/invoice?${query}`
}

/** @throws UNAUTHENTICATED when the signature is not ours for this order, or its time is over */
export function verifyInvoiceLink(config: Config, orderId: number, query: LinkQuery, now: Date): void {
  const { expires, key: id, signature } = query
  const key = linkKey(config)
  const plain = typeof expires === 'string' && typeof id === 'string' && typeof signature === 'string'
  if (!plain || !equal(id, keyId(key)) || !equal(signature, sign(key, orderId, expires))) {
    throw new DomainError('UNAUTHENTICATED', 'This link is not complete or was changed; ask for a new one')
  }
  if (Number(expires) * 1000 <= now.getTime()) {
    throw new DomainError('UNAUTHENTICATED', 'This link has expired; ask for a new one')
  }
}

function sign(key: Buffer, orderId: number, expires: string): string {
  return createHmac('sha256', key)
    .update(`${PURPOSE}\n${orderId}\n${expires}\n${keyId(key)}`)
    .digest('base64url')
}

function linkKey({ invoices, auth }: Config): Buffer {
  const secret = invoices.linkSecret ?? auth.secret
  if (!secret) throw new DomainError('INTERNAL_SERVER_ERROR', 'there is no secret for invoice links')
  return createHmac('sha256', secret).update('quittance invoice links').digest()
}

function keyId(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8)
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../../config/config.js'
import { DomainError, invalidInputError, UNAUTHENTICATED } from '../../core/errors.js'
import type { InvoiceFormat } from './document-snapshot.js'

/** 30 days. */
export const MAX_LINK_SECONDS = 2_592_000

/** The path for each purpose. A link that is signed for one purpose is not valid for another. */
const PATHS = {
  'order-invoice': (id: bigint) => `/orders/${id}/invoice`,
  invoice: (id: bigint) => `/invoices/${id}/pdf`,
  'invoice-xml': (id: bigint) => `/invoices/${id}/xml`,
  receipt: (id: bigint) => `/payments/${id}/receipt`,
}

export type LinkPurpose = keyof typeof PATHS

export interface LinkTarget {
  purpose: LinkPurpose
  id: bigint
  /** For electronic invoices. It is signed too. */
  format?: InvoiceFormat | undefined
}

interface LinkQuery {
  expires?: unknown
  key?: unknown
  signature?: unknown
}

/** Creates a link that opens a document without a token until it expires. @throws BAD_USER_INPUT */
export function signInvoiceLink(config: Config, target: LinkTarget, now: Date, ttlSeconds = config.invoices.linkTtlSeconds): string {
  if (ttlSeconds < 1 || ttlSeconds > MAX_LINK_SECONDS) {
    throw invalidInputError('ttlSeconds', `must be between 1 and ${MAX_LINK_SECONDS} (30 days)`)
  }
  const expires = String(Math.floor(now.getTime() / 1000) + ttlSeconds)
  const key = linkKeys(config)[0] as LinkKey
  const { format } = target
  const query = new URLSearchParams({ ...(format && { format }), expires, key: key.id, signature: sign(key, target, expires) })
  return `${config.publicUrl}${PATHS[target.purpose](target.id)}?${query}`
}

/** @throws UNAUTHENTICATED when the signature is not valid for this document or the link has expired */
export function verifyInvoiceLink(config: Config, target: LinkTarget, query: LinkQuery, now: Date): void {
  const { expires, key: id, signature } = query
  const isComplete = typeof expires === 'string' && typeof id === 'string' && typeof signature === 'string'
  const key = isComplete && linkKeys(config).find((candidate) => equal(id, candidate.id))
  if (!key || !equal(signature, sign(key, target, expires))) {
    throw new DomainError(UNAUTHENTICATED, 'This link is incomplete or was changed; request a new one')
  }
  if (Number(expires) * 1000 <= now.getTime()) {
    throw new DomainError(UNAUTHENTICATED, 'This link has expired; request a new one')
  }
}

function sign({ secret, id: keyId }: LinkKey, { purpose, id, format }: LinkTarget, expires: string): string {
  const signed = format ? `${purpose} ${format}` : purpose
  return createHmac('sha256', secret).update(`${signed}\n${id}\n${expires}\n${keyId}`).digest('base64url')
}

interface LinkKey {
  /** Derived from a configured secret. */
  readonly secret: Buffer
  /** Part of each link, to find the key. */
  readonly id: string
}

/** By the configured secret. Deriving a key takes longer than signing a link. */
const derivedKeys = new Map<string, LinkKey>()

/**
 * The first key signs. Links signed with the other keys stay valid until they expire.
 * @throws Error when a secret is missing, because a key derived from nothing would be public
 */
function linkKeys({ invoices: { linkSecrets }, auth: { secret, previousSecrets } }: Config): LinkKey[] {
  const secrets = linkSecrets.length > 0 ? linkSecrets : [secret, ...previousSecrets]
  return secrets.map((value) => {
    if (!value) throw new Error('no secret for invoice links: complete the configuration with withSecret')
    const key = derivedKeys.get(value) ?? deriveKey(value)
    derivedKeys.set(value, key)
    return key
  })
}

function deriveKey(value: string): LinkKey {
  const secret = createHmac('sha256', value).update('quittance invoice links').digest()
  return { secret, id: createHash('sha256').update(secret).digest('hex').slice(0, 8) }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

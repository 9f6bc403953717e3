import type { WebhookEvent } from './webhook-events.js'

export type { EventCustomer, EventData, EventName, WebhookEvent } from './webhook-events.js'

const DEFAULT_TOLERANCE_SECONDS = 300
const VERSION = 'v1,'

/** The request is not a genuine event. Respond with 401 and without a reason. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
}

export interface WebhookRequest {
  /** The body as it was received, before JSON.parse. */
  readonly body: string | Uint8Array
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** `whsec_…`, as `createWebhookEndpoint` returned it. During a rotation: the new and the previous one. */
  readonly secret: string | readonly string[]
  /** How far the time of the attempt may be from now. Defaults to five minutes. */
  readonly toleranceSeconds?: number
  /** The current time in milliseconds. Defaults to the clock. */
  readonly now?: number
}

/**
 * Verifies an event according to Standard Webhooks.
 * @throws WebhookVerificationError if the signature is not by one of the secrets, the attempt is too old, or the body is not
 *   a JSON object
 */
export async function verifyWebhook(request: WebhookRequest): Promise<WebhookEvent> {
  const { body, headers, secret, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now = Date.now() } = request
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const age = Math.abs(now / 1000 - Number(timestamp))
  if (!/^\d+$/.test(timestamp) || age > toleranceSeconds) throw new WebhookVerificationError('webhook-timestamp: too far from now')
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${text}`)
  const signatures = header(headers, 'webhook-signature').split(' ').flatMap(decodeSignature)
  for (const each of typeof secret === 'string' ? [secret] : secret) {
    if (await isSignedBy(each, signatures, signed)) return { ...parseBody(text), id }
  }
  throw new WebhookVerificationError('webhook-signature: does not match the body')
}

/** Only the signed header contains the id: a body in another format could contain another one. */
function parseBody(text: string): WebhookEvent {
  const problem = new WebhookVerificationError('body: not a JSON object')
  try {
    const body: WebhookEvent | null = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  } catch {
    throw problem
  }
  throw problem
}

function header(headers: WebhookRequest['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  if (typeof value === 'string') return value
  throw new WebhookVerificationError(`${name}: missing`)
}

async function isSignedBy(
  secret: string,
  signatures: readonly Uint8Array<ArrayBuffer>[],
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', decode(secret.replace(/^whsec_/, '')), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
  for (const signature of signatures) {
    // Compares in constant time.
    if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true
  }
  return false
}

/** @returns nothing for a signature of another version, or one that is not base64 */
function decodeSignature(signature: string): Uint8Array<ArrayBuffer>[] {
  if (!signature.startsWith(VERSION)) return []
  try {
    return [decode(signature.slice(VERSION.length))]
  } catch {
    return []
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

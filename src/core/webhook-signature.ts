import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Returns the hex HMAC-SHA256 of the raw body.
 * @throws RangeError for an empty secret, with which anybody could sign
 */
export function signWebhook(body: Uint8Array | string, secret: string): string {
  assertNotEmpty(secret)
  return createHmac('sha256', secret).update(body).digest('hex')
}

/**
 * Checks whether one of the secrets signed the body. During a rotation, several secrets are valid.
 * @throws RangeError for an empty secret
 */
export function isSignedBy(body: Uint8Array, signature: unknown, secrets: readonly string[]): boolean {
  for (const secret of secrets) assertNotEmpty(secret)
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return false
  const received = Buffer.from(signature, 'hex')
  return secrets.map((secret) => timingSafeEqual(received, Buffer.from(signWebhook(body, secret), 'hex'))).includes(true)
}

function assertNotEmpty(secret: string): void {
  if (secret === '') throw new RangeError('the secret of a webhook signature must not be empty')
}

import { createHmac, timingSafeEqual } from 'node:crypto'

/** The bare hex HMAC-SHA256 of the raw body. @throws RangeError for an empty secret, with which anybody could sign */
export function signWebhook(body: Uint8Array | string, secret: string): string {
  requireSecret(secret)
  return createHmac('sha256', secret).update(body).digest('hex')
}

/**
 * Whether it is the body's signature by one of the secrets; several are valid during a rotation.
 * @throws RangeError for an empty secret
 */
export function isSignedBy(body: Uint8Array, signature: unknown, secrets: readonly string[]): boolean {
  for (const secret of secrets) requireSecret(secret)
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return false
  const given = Buffer.from(signature, 'hex')
  return secrets.map((secret) => timingSafeEqual(given, Buffer.from(signWebhook(body, secret), 'hex'))).includes(true)
}

function requireSecret(secret: string): void {
  if (secret === '') throw new RangeError('the secret of a webhook signature must not be empty')
}

import { createHmac, timingSafeEqual } from 'node:crypto'

/** The bare hex HMAC-SHA256 of the raw body. */
export function signWebhook(body: Uint8Array | string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** Whether it is the body's signature by one of the secrets; several are valid while they are being changed. */
export function isSignedBy(body: Uint8Array, signature: unknown, secrets: readonly string[]): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return false
  const given = Buffer.from(signature, 'hex')
  return secrets.map((secret) => timingSafeEqual(given, Buffer.from(signWebhook(body, secret), 'hex'))).includes(true)
}

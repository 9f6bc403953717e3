import { createHash, randomBytes } from 'node:crypto'

const PREFIX = 'qtk_'
const SECRET_BYTES = 32

/** A new key: the prefix tells it from a token, and lets scanners of source code find one that was left there. */
export function newApiKey(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
}

export function isApiKey(token: string): boolean {
  return token.startsWith(PREFIX)
}

/** What is kept of a key. It is 256 random bits, so nobody finds it by trying; a slow hash would only slow us down. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest())
}

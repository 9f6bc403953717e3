import { createHash, randomBytes } from 'node:crypto'

const API_KEY_PREFIX = 'qtk_'
const API_KEY_BYTES = 32

/**
 * Generates a key. The prefix distinguishes it from a JWT and lets secret scanners find keys in source code.
 */
export function newApiKey(): string {
  return API_KEY_PREFIX + randomBytes(API_KEY_BYTES).toString('base64url')
}

export function isApiKey(token: string): boolean {
  return token.startsWith(API_KEY_PREFIX)
}

/**
 * The hash that is stored. A key has 256 random bits and cannot be guessed, so a slow password hash is not
 * needed.
 */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest())
}

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SessionPage } from './page-session.enums.js'

const SECRET_BYTES = 32
const TOKEN = /^([\w-]{43})\.([\w-]{43})$/
const COOKIE = /^[\w-]{43}$/

/** The path of each page. Its links and its return paths begin with it. */
export const PAGE_PATHS: Readonly<Record<SessionPage, string>> = { PORTAL: '/portal', ADMIN: '/admin' }

/** The value of a cookie, or the first part of a link's token: it cannot be guessed. */
export function newSessionSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** The hash that is stored. The secret has 256 random bits, so a slow password hash is not needed. */
export function hashSessionSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest())
}

/** The token of a link: the secret and its signature, so that invented links are refused without a query. */
export function signLink(key: string, page: SessionPage, secret: string): string {
  return `${secret}.${signature(key, page, secret)}`
}

/** @param keys  the current key and previous ones @returns the secret of a link, or null if the signature is not valid */
export function readLink(keys: readonly string[], page: SessionPage, token: string): string | null {
  const [, secret, received] = TOKEN.exec(token) ?? []
  if (secret === undefined || received === undefined) return null
  return keys.some((key) => isEqual(received, signature(key, page, secret))) ? secret : null
}

export function isSessionSecret(text: string | undefined): text is string {
  return text !== undefined && COOKIE.test(text)
}

/**
 * The path to open after the sign-in: a path of the page on this server, with its query. Anything else, such as another
 * origin, is refused.
 * @returns null if it is not a path of the page
 */
export function normalizeReturnPath(page: SessionPage, path: string): string | null {
  const base = 'https://page.invalid'
  const isPlain = /^\/[\x21-\x7e]*$/.test(path) && !path.startsWith('//') && !path.includes('\\')
  if (!isPlain || !URL.canParse(path, base)) return null
  const { origin, pathname, search } = new URL(path, base)
  const root = PAGE_PATHS[page]
  // An encoded letter would be decoded later: "/portal/%73ession".
  const isOfPage = origin === base && (pathname === root || pathname.startsWith(`${root}/`)) && !pathname.includes('%')
  // A link that leads to a link would be opened for the wrong user.
  return isOfPage && !pathname.startsWith(`${root}/session`) ? `${pathname}${search}` : null
}

function signature(key: string, page: SessionPage, secret: string): string {
  return createHmac('sha256', key).update(`quittance page link\n${page}\n${secret}`).digest('base64url')
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

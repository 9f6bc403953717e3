import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '../../../config/config.js'
import { signingSecrets } from '../checkout-signature.js'

const changePageSchema = z.strictObject({
  userId: z.string(),
  /** The role decides which plans the user may order. */
  role: z.enum(['user', 'admin']),
  organisationId: z.string().nullable(),
  planId: z.string(),
  successUrl: z.string(),
  cancelUrl: z.string(),
  /** Seconds since 1970. */
  expiresAt: z.int(),
  /** Makes every page different, so that each can change the plan once. */
  nonce: z.string(),
})

/** What a page changes, and for whom. */
export type ChangePage = Readonly<z.output<typeof changePageSchema>>

/** The token in the URL of the page: its content and a signature, both in base64url. The content is not secret. */
export function signChangePage(config: Config, page: ChangePage): string {
  const [secret] = signingSecrets(config)
  const content = Buffer.from(JSON.stringify(page)).toString('base64url')
  return `${content}.${sign(secret, content)}`
}

/** Accepts signatures by previous secrets too, and does not check `expiresAt`. @returns null if the signature is not valid */
export function readChangePage(config: Config, token: string): ChangePage | null {
  const [content = '', signature = '', ...rest] = token.split('.')
  const isSigned = signingSecrets(config).some((secret) => isEqual(signature, sign(secret, content)))
  if (!isSigned || rest.length > 0) return null
  return changePageSchema.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
}

/** The signature names its purpose, so that no signature of something else is valid here. */
function sign(secret: string, content: string): string {
  return createHmac('sha256', secret).update(`quittance change page\n${content}`).digest('base64url')
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

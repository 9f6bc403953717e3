import { z } from 'zod'
import type { Services } from '../services.js'

/** A URL to which a customer returns. Prevents open redirects: only allowed origins. */
export function returnUrl({ config }: Pick<Services, 'config'>) {
  const allowed = [config.publicUrl && new URL(config.publicUrl).origin, ...config.payments.checkoutOrigins]
  return z.union([z.string(), z.instanceof(URL)]).transform((url, context) => {
    const { href, origin, protocol } = new URL(url)
    if (/^https?:$/.test(protocol) && allowed.includes(origin)) return href
    context.addIssue(`the origin ${origin} is not allowed; use PUBLIC_URL or an origin of CHECKOUT_ORIGINS`)
    return z.NEVER
  })
}

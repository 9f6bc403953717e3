import { createHmac } from 'node:crypto'
import type { Config } from '../config.js'

/** The secrets that webhooks may be signed with; the sandbox has one of its own where none is configured. */
export function webhookSecrets({ payments, auth }: Config): readonly string[] {
  if (payments.webhookSecrets.length > 0 || payments.provider !== 'sandbox' || !auth.secret) return payments.webhookSecrets
  return [auth.secret, ...auth.formerSecrets].map((secret) =>
    createHmac('sha256', secret).update('quittance sandbox webhooks').digest('hex'),
  )
}

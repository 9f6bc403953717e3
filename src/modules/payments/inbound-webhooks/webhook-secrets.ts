import { createHmac } from 'node:crypto'
import type { Config } from '../../../config/config.js'
import type { WebhookSource } from './webhook-event.schema.js'

/**
 * Returns the secrets that sign the webhooks of a source, none when none is configured. The sandbox derives
 * its secrets from those of the tokens or of the invoice links.
 */
export function webhookSecrets({ payments, auth, invoices }: Config, source: WebhookSource): readonly string[] {
  if (source === 'escluse') return payments.escluseWebhookSecrets
  if (payments.webhookSecrets.length > 0 || payments.provider !== 'sandbox') return payments.webhookSecrets
  const secrets = auth.secret ? [auth.secret, ...auth.previousSecrets] : invoices.linkSecrets
  return secrets.map((secret) => createHmac('sha256', secret).update('quittance sandbox webhooks').digest('hex'))
}

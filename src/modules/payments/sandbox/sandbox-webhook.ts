import { createHmac } from 'node:crypto'
import type { Config } from '../../../config/config.js'
import type { ProviderWebhook } from '../payment-provider.port.js'
import { lemonSqueezyWebhook, webhookHeaders } from './wire-format.js'

const DELIVERY_TIMEOUT_MS = 10_000

/**
 * The webhooks of the sandbox. They use the route and the secrets of Lemon Squeezy, unless both providers are
 * configured.
 */
export function sandboxWebhook(config: Config): ProviderWebhook {
  const webhook = lemonSqueezyWebhook(sandboxSecrets(config))
  return config.payments.lemonSqueezy ? { ...webhook, name: 'sandbox', title: 'the sandbox', path: '/webhooks/sandbox' } : webhook
}

/**
 * Returns LEMONSQUEEZY_WEBHOOK_SECRET if it is set but Lemon Squeezy is not configured. Otherwise derives the
 * secrets from those of the tokens or of the invoice links.
 */
function sandboxSecrets({ payments, auth, invoices }: Config): readonly string[] {
  if (!payments.lemonSqueezy && payments.webhookSecrets.length > 0) return payments.webhookSecrets
  const secrets = auth.secret ? [auth.secret, ...auth.previousSecrets] : invoices.linkSecrets
  return secrets.map((secret) => createHmac('sha256', secret).update('quittance sandbox webhooks').digest('hex'))
}

/**
 * Sends a webhook to this server, unless the sandbox has been removed from PAYMENT_PROVIDER meanwhile.
 * @throws when the response is not 200, so that the job is retried
 */
export async function deliverSandboxWebhook(config: Config, { name, body }: { name: string; body: string }): Promise<void> {
  if (!config.payments.sandbox) return
  const [secret] = sandboxSecrets(config)
  if (secret === undefined) throw new Error('the sandbox cannot sign its webhooks: set LEMONSQUEEZY_WEBHOOK_SECRET')
  const response = await fetch(`${config.publicUrl}${sandboxWebhook(config).path}`, {
    method: 'POST',
    headers: webhookHeaders(name, body, secret),
    body,
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
  })
  if (response.status !== 200) throw new Error(`the webhook endpoint responded with HTTP ${response.status}`)
}

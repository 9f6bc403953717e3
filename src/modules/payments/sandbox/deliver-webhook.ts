import type { Config } from '../../../config/config.js'
import { webhookSecrets } from '../inbound-webhooks/webhook-secrets.js'
import { signWebhook } from '../inbound-webhooks/webhook-signature.rules.js'

const DELIVERY_TIMEOUT_MS = 10_000

/**
 * Sends a webhook in the format of Lemon Squeezy.
 * @throws when the response is not 200, so that the job is retried
 */
export async function deliverSandboxWebhook(config: Config, { name, body }: { name: string; body: string }): Promise<void> {
  const [secret] = webhookSecrets(config, 'lemonsqueezy')
  if (secret === undefined) throw new Error('the sandbox cannot sign its webhooks: set LEMONSQUEEZY_WEBHOOK_SECRET')
  const response = await fetch(`${config.publicUrl}/webhooks/lemonsqueezy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-event-name': name, 'x-signature': signWebhook(body, secret) },
    body,
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
  })
  if (response.status !== 200) throw new Error(`the webhook endpoint responded with HTTP ${response.status}`)
}

import type { Config } from '../../../config/config.js'
import { webhookSecrets } from '../inbound-webhooks/webhook-secrets.js'
import { signWebhook } from '../inbound-webhooks/webhook-signature.rules.js'

const DELIVERY_TIMEOUT_MS = 10_000

/** Sends a webhook as Lemon Squeezy does. @throws when it was not taken: only 200 counts, and the job tries again */
export async function deliverSandboxWebhook(config: Config, { name, body }: { name: string; body: string }): Promise<void> {
  const [secret] = webhookSecrets(config, 'lemonsqueezy')
  if (secret === undefined) throw new Error('the sandbox cannot sign its webhooks: set LEMONSQUEEZY_WEBHOOK_SECRET')
  const response = await fetch(`${config.publicUrl}/webhooks/lemonsqueezy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-event-name': name, 'x-signature': signWebhook(body, secret) },
    body,
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
  })
  if (response.status !== 200) throw new Error(`the webhook was answered with ${response.status}`)
}

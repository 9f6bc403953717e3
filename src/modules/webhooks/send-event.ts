import { jsonObject } from '../../platform/postgres/json.js'
import { eventBody } from './delivery.rules.js'
import type { DeliveryTarget, DueDelivery } from './due-deliveries.js'
import { type SendResult, signedHeaders, type WebhookSender } from './http-sender.js'

/** Never throws: an event that cannot be sent is a failed attempt, with the reason as its response. */
export async function sendEvent(sender: WebhookSender, target: DeliveryTarget, delivery: DueDelivery, at: Date): Promise<SendResult> {
  try {
    const { eventId, type, customer, payload, publishedAt } = delivery
    const body = eventBody({ type, holder: customer, payload: jsonObject.parse(payload), createdAt: publishedAt })
    return await sender.send(target.url, signedHeaders(eventId, body, validSecrets(target, at), new Date()), body)
  } catch (error) {
    return { status: null, response: (error as Error).message, retryAfterSeconds: 0 }
  }
}

/** The previous secret is valid for a day after the rotation. */
function validSecrets({ secret, previousSecret, previousSecretUntil }: DeliveryTarget, at: Date): Uint8Array[] {
  const inGracePeriod = previousSecret && previousSecretUntil && at < previousSecretUntil
  return inGracePeriod ? [secret, previousSecret] : [secret]
}

import { signWebhook } from '../../core/webhook-signature.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { eventBody, showSecret } from './delivery.rules.js'
import type { DeliveryTarget, DueDelivery } from './due-deliveries.js'
import { escluseBody } from './escluse-format.js'
import { type SendResult, signedHeaders, type WebhookSender } from './http-sender.js'

interface Message {
  headers: Record<string, string>
  body: string
}

/** Never throws: an event that cannot be sent has the reason as its response. */
export async function sendEvent(sender: WebhookSender, target: DeliveryTarget, delivery: DueDelivery, at: Date): Promise<SendResult> {
  let message: Message
  try {
    message = target.format === 'ESCLUSE' ? escluseMessage(target, delivery) : standardMessage(target, delivery, at)
  } catch (error) {
    return { status: null, response: (error as Error).message, retryAfterSeconds: 0, isUnsendable: true }
  }
  try {
    return await sender.send(target.url, message.headers, message.body)
  } catch (error) {
    return { status: null, response: (error as Error).message, retryAfterSeconds: 0 }
  }
}

function standardMessage(target: DeliveryTarget, { eventId, type, customer, payload, publishedAt }: DueDelivery, at: Date) {
  const body = eventBody({ type, holder: customer, payload: jsonObject.parse(payload), createdAt: publishedAt })
  return { body, headers: signedHeaders(eventId, body, validSecrets(target, at), new Date()) }
}

/** `X-Signature` holds one signature, so it is made with the current secret, also on the day after a rotation. */
function escluseMessage({ secret }: DeliveryTarget, delivery: DueDelivery) {
  const body = escluseBody(delivery)
  const signature = signWebhook(body, showSecret(secret))
  return { body, headers: { 'content-type': 'application/json', 'webhook-id': delivery.eventId, 'x-signature': signature } }
}

/** The previous secret is valid for a day after the rotation. */
function validSecrets({ secret, previousSecret, previousSecretUntil }: DeliveryTarget, at: Date): Uint8Array[] {
  const inGracePeriod = previousSecret && previousSecretUntil && at < previousSecretUntil
  return inGracePeriod ? [secret, previousSecret] : [secret]
}

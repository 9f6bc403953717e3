import { z } from 'zod'
import { isSignedBy } from '../../../core/webhook-signature.js'
import { ESCLUSE } from '../../subscriptions/index.js'
import { eventSubject, parseEvent } from '../inbound-webhooks/parse-event.js'
import type { WebhookSource } from '../payment-provider.port.js'

export const escluseEventSchema = z.looseObject({ event: z.string().min(1).max(100), data: z.looseObject({}) })

export type EscluseEvent = z.output<typeof escluseEventSchema>

/** The webhooks of Escluse, `{event, data}`. They are accepted when a secret is configured. */
export function escluseWebhook(secrets: readonly string[]): WebhookSource {
  return {
    name: ESCLUSE,
    title: 'Escluse',
    path: '/webhooks/escluse',
    isEnabled: secrets.length > 0,
    marker: 'event',
    verify: (headers, rawBody) => isSignedBy(rawBody, headers['x-signature'], secrets),
    readEnvelope(json) {
      const body = parseEvent(escluseEventSchema, json)
      return { name: body.event, subject: escluseSubject(body.data), isTest: false, body }
    },
  }
}

function escluseSubject({ subscription_id: subscription, refund_id: refund }: EscluseEvent['data']): string | null {
  if (typeof subscription === 'string') return eventSubject('subscription', subscription)
  return typeof refund === 'string' ? eventSubject('refund', refund) : null
}

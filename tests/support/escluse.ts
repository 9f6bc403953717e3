import { sign, WEBHOOK_SECRET } from './lemon-squeezy.js'

let deliveries = 0

/**
 * The body of an Escluse event. A counter makes every body unique, because equal bodies are the same event.
 */
export function escluseEvent(name: string, data: object): string {
  deliveries += 1
  return JSON.stringify({ event: name, data, delivery: deliveries })
}

export function deliverEscluse(url: string, body: string, secret = WEBHOOK_SECRET): Promise<Response> {
  return fetch(`${url}/webhooks/escluse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': sign(body, secret) },
    body,
  })
}

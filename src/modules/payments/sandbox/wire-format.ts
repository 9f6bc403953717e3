// The sandbox uses the wire format of Lemon Squeezy: its records, its ids and its webhooks.
export { readPayment, readSubscription, variantIdProblem } from '../lemon-squeezy/lemon-squeezy.schemas.js'
export { lemonSqueezyWebhook, webhookHeaders } from '../lemon-squeezy/lemon-squeezy-webhook.js'

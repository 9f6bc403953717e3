import 'reflect-metadata'

export { receiveWebhook } from './inbound-webhooks/receive-webhook.js'
export { webhookSecrets } from './inbound-webhooks/webhook-secrets.js'
export { PROCESS_WEBHOOK } from './payment.jobs.js'
export type { PaymentProvider } from './payment-provider.port.js'
export { payments } from './payments.module.js'
export { withPayments } from './provider-registry.js'
export { type SandboxCheckout, SandboxProvider } from './sandbox/sandbox-provider.js'

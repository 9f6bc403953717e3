import { defineModule } from '../define-module.js'
import { purgeDeliveredEvents } from './deliveries.js'
import { createMissingLeases } from './endpoint-leases.js'
import { WebhookDeliveryResolver, WebhookEndpointResolver, WebhookEventResolver } from './webhook.resolver.js'

export const webhooks = defineModule({
  resolvers: [WebhookEndpointResolver, WebhookDeliveryResolver, WebhookEventResolver],
  cron: {
    purge: async ({ services }) => {
      await createMissingLeases(services)
      await purgeDeliveredEvents(services)
    },
  },
  notifications: { onMessage: { deliveries: ({ deliverWebhooks }) => deliverWebhooks() } },
})

import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { purgeDeliveredEvents } from './deliveries.js'
import { createMissingLeases } from './endpoint-leases.js'
import { deliveryLoader, endpointLoader } from './webhook.loader.js'
import { WebhookDeliveryResolver, WebhookEndpointResolver, WebhookEventResolver } from './webhook.resolver.js'

export const webhooks = defineModule({
  resolvers: [WebhookEndpointResolver, WebhookDeliveryResolver, WebhookEventResolver],
  nodes: { WebhookEndpoint: administratorRows(endpointLoader), WebhookDelivery: administratorRows(deliveryLoader) },
  cron: {
    purge: async ({ services }) => {
      await createMissingLeases(services)
      await purgeDeliveredEvents(services)
    },
  },
  notifications: { onMessage: { deliveries: ({ deliverWebhooks }) => deliverWebhooks() } },
})

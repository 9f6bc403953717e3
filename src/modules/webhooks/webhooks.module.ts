import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { purgeDeliveredEvents } from './deliveries.js'
import { createMissingLeases } from './endpoint-leases.js'
import { deliveryLoader, endpointLoader } from './webhook.loader.js'
import { EventDeliveryResolver, EventEndpointResolver } from './webhook.resolver.js'

export const webhooks = defineModule({
  resolvers: [EventEndpointResolver, EventDeliveryResolver],
  nodes: { EventEndpoint: administratorRows(endpointLoader), EventDelivery: administratorRows(deliveryLoader) },
  cron: {
    purge: async ({ services }) => {
      await createMissingLeases(services)
      await purgeDeliveredEvents(services)
    },
  },
  notifications: { onMessage: { deliveries: ({ deliverWebhooks }) => deliverWebhooks() } },
})

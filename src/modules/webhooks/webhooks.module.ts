import { defineModule } from '../define-module.js'
import { purgeDeliveredEvents } from './deliveries.js'
import { createMissingLeases } from './endpoint-leases.js'
import { EventDeliveryResolver, EventEndpointResolver } from './webhook.resolver.js'

export const webhooks = defineModule({
  resolvers: [EventEndpointResolver, EventDeliveryResolver],
  cron: {
    purge: async ({ services }) => {
      await createMissingLeases(services)
      await purgeDeliveredEvents(services)
    },
  },
  notifications: { onMessage: { deliveries: ({ deliverWebhooks }) => deliverWebhooks() } },
})

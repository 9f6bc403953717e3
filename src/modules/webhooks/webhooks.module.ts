import { defineModule } from '../define-module.js'
import { purgeDeliveredEvents } from './deliveries.js'
import { EventDeliveryResolver, EventEndpointResolver } from './webhook.resolver.js'

export const webhooks = defineModule({
  resolvers: [EventEndpointResolver, EventDeliveryResolver],
  cron: { purge: ({ services }) => purgeDeliveredEvents(services) },
  notifications: { onMessage: { deliveries: ({ deliverWebhooks }) => deliverWebhooks() } },
})

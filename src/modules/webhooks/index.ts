import 'reflect-metadata'

export { purgeDeliveredEvents } from './deliveries.js'
export { WebhookDispatcher } from './dispatcher.js'
export { publishEvent } from './publish-event.js'
export { EventDeliveryResolver, EventEndpointResolver } from './webhook.resolver.js'

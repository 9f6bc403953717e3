export { forgetOldEvents } from './deliveries.js'
export { EventDispatcher } from './dispatcher.js'
export { appendEvent } from './publish-event.js'
export { EventDeliveryResolver, EventEndpointResolver } from './webhook.resolver.js'

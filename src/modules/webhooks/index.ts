import 'reflect-metadata'

export { WebhookDispatcher } from './dispatcher.js'
export { followEvents, type NewEvent, publishEvent, publishEvents } from './publish-event.js'
export { webhooks } from './webhooks.module.js'

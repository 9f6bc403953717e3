import 'reflect-metadata'

export { WebhookDispatcher } from './dispatcher.js'
export { publishEvent, publishEvents } from './publish-event.js'
export { webhooks } from './webhooks.module.js'

import 'reflect-metadata'

export { WebhookDispatcher } from './dispatcher.js'
export { DECLARATION_KINDS, type Declaration, followEvents, type NewEvent, publishEvent, publishEvents } from './publish-event.js'
export { webhooks } from './webhooks.module.js'

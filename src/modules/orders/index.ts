import 'reflect-metadata'

export { createPendingOrder } from './create-order.js'
export { orderLoader } from './order.loader.js'
export { getOrder, orderNotFoundError } from './order.queries.js'
export { OrderResolver } from './order.resolver.js'
export { assertNotExpired, assertTransition, linesForPlan, type OrderLine, pendingExpiresAt } from './order.rules.js'
export { Order } from './order.type.js'
export { placeOrder } from './place-order.js'

import { defineModule } from '../define-module.js'
import { customerRows } from '../identity/index.js'
import { OrganisationOrdersResolver, UserOrdersResolver } from './customer-orders.resolver.js'
import { ORDER_NOT_FOUND } from './order.errors.js'
import { orderLoader } from './order.loader.js'
import { OrderItemResolver, OrderResolver } from './order.resolver.js'

export const orders = defineModule({
  resolvers: [OrderResolver, OrderItemResolver, UserOrdersResolver, OrganisationOrdersResolver],
  nodes: { Order: customerRows(orderLoader, (order) => order) },
  errors: [ORDER_NOT_FOUND],
})

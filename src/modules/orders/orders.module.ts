import { defineModule } from '../define-module.js'
import { ORDER_NOT_FOUND } from './order.errors.js'
import { OrderResolver } from './order.resolver.js'

export const orders = defineModule({
  resolvers: [OrderResolver],
  errors: [ORDER_NOT_FOUND],
})

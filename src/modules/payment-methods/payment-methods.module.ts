import { defineModule } from '../define-module.js'
import { PaymentMethodResolver } from './payment-method.resolver.js'

export const paymentMethods = defineModule({ resolvers: [PaymentMethodResolver] })

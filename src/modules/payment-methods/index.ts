import 'reflect-metadata'

export { paymentMethodsLoader } from './payment-method.loader.js'
export { listPaymentMethods, PAYMENT_METHODS_KEY, type PaymentMethod, slugSchema } from './payment-method.queries.js'
export { fillInstructions } from './payment-method.rules.js'
export { ManualPaymentMethod } from './payment-method.type.js'
export { paymentMethods } from './payment-methods.module.js'
export { setPaymentMethods } from './set-payment-methods.js'

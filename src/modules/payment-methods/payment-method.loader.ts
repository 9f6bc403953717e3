import DataLoader from 'dataloader'
import type { Services } from '../services.js'
import { listPaymentMethods, type PaymentMethod } from './payment-method.queries.js'

/** Reads the payment methods once for all invoices and orders of a request. */
export const paymentMethodsLoader = ({ db }: Pick<Services, 'db'>) =>
  new DataLoader<'all', readonly PaymentMethod[]>(async (keys) => {
    const methods = await listPaymentMethods(db)
    return keys.map(() => methods)
  })

import { z } from 'zod'
import { defineError } from '../../core/errors.js'

export const INVOICE_NOT_FOUND = defineError('INVOICE_NOT_FOUND', {
  status: 404,
  description: 'The invoice does not exist or is not visible to you.',
})
export const RECEIPT_NOT_FOUND = defineError('RECEIPT_NOT_FOUND', {
  status: 404,
  description: 'The payment has no receipt, because its payment provider is the seller. Returned by a REST route only.',
})
export const SELLER_DETAILS_MISSING = defineError('SELLER_DETAILS_MISSING', {
  status: 409,
  description: 'Nothing can be sold until the operator of the server has set the details that every invoice states.',
  extensions: { missing: z.array(z.string()).describe('variables of the environment that are not set') },
})
export const BUYER_DETAILS_MISSING = defineError('BUYER_DETAILS_MISSING', {
  status: 409,
  description: 'The billing details of the customer lack what every invoice states. Use `setBillingDetails`.',
  extensions: { missing: z.array(z.string()).describe('fields of the billing details that are not set') },
})
export const INVOICE_DETAILS_MISSING = defineError('INVOICE_DETAILS_MISSING', {
  status: 409,
  description:
    'The invoice cannot be expressed in this format of electronic invoices. The message lists what it lacks. Returned by a REST route only.',
})

import { defineError } from '../../core/errors.js'

export const INVOICE_NOT_FOUND = defineError('INVOICE_NOT_FOUND', {
  status: 404,
  description: 'The invoice does not exist or is not visible to you.',
})

export const INVOICE_DETAILS_MISSING = defineError('INVOICE_DETAILS_MISSING', {
  status: 409,
  description:
    'The invoice cannot be expressed in this format of electronic invoices. The message lists what it lacks. Returned by a REST route only.',
})

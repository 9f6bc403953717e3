import { defineError } from '../../core/errors.js'

export const INVOICE_NOT_FOUND = defineError('INVOICE_NOT_FOUND', {
  status: 404,
  description: 'The invoice does not exist or is not visible to you.',
})

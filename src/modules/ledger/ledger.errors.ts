import { defineError } from '../../core/errors.js'

export const PAYMENT_NOT_FOUND = defineError('PAYMENT_NOT_FOUND', {
  status: 404,
  description: 'The payment does not exist or is not visible to you.',
})

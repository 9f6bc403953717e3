import { defineError } from '../../core/errors.js'

export const ORDER_NOT_FOUND = defineError('ORDER_NOT_FOUND', {
  status: 404,
  description: 'The order does not exist or is not visible to you.',
})

import { defineError } from '../../core/errors.js'

export const PLAN_NOT_FOUND = defineError('PLAN_NOT_FOUND', {
  status: 404,
  description: 'The plan does not exist or cannot be ordered.',
})

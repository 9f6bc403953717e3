import { z } from 'zod'
import { defineError } from '../../core/errors.js'
import { COLLECTION_METHODS } from './subscription.enums.js'

export const SUBSCRIPTION_NOT_FOUND = defineError('SUBSCRIPTION_NOT_FOUND', {
  status: 404,
  description: 'The subscription does not exist or is not visible to you.',
})
export const ALREADY_SUBSCRIBED = defineError('ALREADY_SUBSCRIBED', {
  status: 409,
  description: 'The customer has a paid subscription already. Use `changePlan`.',
  extensions: {
    planId: z.string().describe('id of its plan'),
    collection: z.enum(COLLECTION_METHODS).describe('who collects its money'),
  },
})
export const CURRENCY_MISMATCH = defineError('CURRENCY_MISMATCH', {
  status: 409,
  description: 'The current period was paid in another currency than the plan is sold in. The message names both.',
})

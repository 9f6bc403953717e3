import { z } from 'zod'
import { defineError } from '../../core/errors.js'

export const PLAN_LIMIT_EXCEEDED = defineError('PLAN_LIMIT_EXCEEDED', {
  status: 403,
  description: 'The request exceeds a limit of the plan.',
  extensions: {
    resource: z.string().describe('the limited resource, such as `SERVERS`'),
    limit: z.int().describe('the limit'),
    used: z.int().describe('how much of it is in use'),
    requested: z.int().describe('how much was requested'),
    upgradeUrl: z.string().nullable().describe('where the customer can choose a larger plan'),
  },
})

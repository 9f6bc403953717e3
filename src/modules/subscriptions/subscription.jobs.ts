import { z } from 'zod'
import { defineJob } from '../../platform/jobs/queue.js'

/** Cancels a subscription at its payment provider. */
export const CANCEL_AT_PROVIDER = defineJob('cancelAtProvider', z.object({ provider: z.string(), subscriptionId: z.string() }))

import { z } from 'zod'
import { defineJob } from '../../platform/jobs/queue.js'

export const REAPPLY_PLAN = defineJob('reapplyPlan', z.object({ reapplicationId: z.int() }))

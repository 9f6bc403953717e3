import { z } from 'zod'
import { storedId } from '../../core/json-ids.js'
import { defineJob } from '../../platform/jobs/queue.js'

export const REAPPLY_PLAN = defineJob('reapplyPlan', z.object({ reapplicationId: storedId }))

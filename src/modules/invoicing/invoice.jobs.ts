import { z } from 'zod'
import { storedId } from '../../core/json-ids.js'
import { defineJob } from '../../platform/jobs/queue.js'

export const RENDER_INVOICE = defineJob('drawDocument', z.object({ invoiceId: storedId }))

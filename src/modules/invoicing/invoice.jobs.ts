import { z } from 'zod'
import { defineJob } from '../../platform/jobs/queue.js'

export const RENDER_INVOICE = defineJob('drawDocument', z.object({ invoiceId: z.int() }))

import { z } from 'zod'
import { defineJob } from '../../platform/jobs/queue.js'

/** Sends a queued mail. The key is that of its row. */
export const SEND_MAIL = defineJob('sendMail', z.object({ key: z.string() }))

/** Mails are sent one after the other, so that a slow server occupies one worker only. The number makes the queue permanent. */
export const MAIL_QUEUE = 'mail:0'

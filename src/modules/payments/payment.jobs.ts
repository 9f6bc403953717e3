import { z } from 'zod'
import { storedId } from '../../core/json-ids.js'
import { defineJob } from '../../platform/jobs/queue.js'

/** Processes a stored webhook event. The id is a bigint as text. */
export const PROCESS_WEBHOOK = defineJob('processWebhook', z.object({ eventId: z.string() }))
/** Finishes a part of a refund. Earlier versions have enqueued it with the refund, which then has one part. */
export const FINISH_REFUND = defineJob('finishRefund', z.union([z.object({ partId: storedId }), z.object({ refundId: storedId })]))
export const FINISH_PLAN_CHANGE = defineJob('finishPlanChange', z.object({ changeId: storedId }))
export const DELIVER_SANDBOX_WEBHOOK = defineJob('deliverSandboxWebhook', z.object({ name: z.string(), body: z.string() }))

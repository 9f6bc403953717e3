import { z } from 'zod'
import { defineJob } from '../platform/jobs/queue.js'

const noPayload = z.unknown()

/** Makes the transitions that are due: expiries, renewals, ends. Runs every minute. */
export const TICK = defineJob('tick', noPayload)
/** Reads subscriptions and payments from the payment providers. Runs every hour. */
export const RECONCILE = defineJob('reconcile', noPayload)
/** Deletes rows whose retention has ended. Runs every hour. */
export const PURGE = defineJob('sweep', noPayload)

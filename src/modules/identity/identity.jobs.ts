import { z } from 'zod'
import { defineJob, enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerName } from './customer.js'

/** Checks the VAT id of a customer, if a check is due. `userId` is empty for an organisation. */
export const CHECK_VAT_ID = defineJob('checkVatId', z.object({ userId: z.string(), organisationId: z.string().nullable() }))

/** VIES and the member states refuse concurrent requests, so all processes together send one at a time. */
export const VAT_ID_QUEUE = 'vies:0'

/** The payload and the key of the job for a customer. */
export function vatIdCheckOf({ userId, organisationId }: Customer) {
  const customer = { userId: organisationId === null ? userId : '', organisationId }
  return { payload: customer, key: `${CHECK_VAT_ID.name}:${customerName(customer)}` }
}

export function enqueueVatIdCheck(tx: Transaction, customer: Customer): Promise<void> {
  const { payload, key } = vatIdCheckOf(customer)
  return enqueue(tx, CHECK_VAT_ID, payload, key, { queue: VAT_ID_QUEUE })
}

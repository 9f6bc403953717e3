import { z } from 'zod'
import { line, parseInput, parseOptionalId, text } from '../core/input.js'
import type { BillingDetails } from '../database/generated/client.js'
import type { Services } from '../database/services.js'
import { transact } from '../database/transaction.js'
import { requireHolder } from './holder.js'
import type { SetBillingDetailsInput } from './identity.type.js'
import type { Viewer } from './viewer.js'

const details = z.object({
  name: line(200),
  address: text(500).nullish(),
  city: line(100).nullish(),
  state: line(100).nullish(),
  zip: line(20).nullish(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two upper-case letters such as "DE"')
    .nullish(),
  taxId: line(50).nullish(),
})

export async function setBillingDetails({ db, clock }: Services, viewer: Viewer, input: SetBillingDetailsInput): Promise<BillingDetails> {
  const { name, address = null, city = null, state = null, zip = null, country = null, taxId = null } = parseInput(details, 'input', input)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId)
  const data = { name, address, city, state, zip, country, taxId, updatedAt: clock.now() }
  return transact(db, async (tx) => {
    const holder = await requireHolder(tx, viewer.userId, organisationId)
    const key = holder.organisationId === null ? { userId: holder.userId } : { organisationId: holder.organisationId }
    return tx.billingDetails.upsert({ where: key, create: { ...key, ...data }, update: data })
  })
}

import { z } from 'zod'
import { invalidInput } from '../../core/errors.js'
import { requirePrintable } from '../../core/glyph-coverage.js'
import { country, line, locale, parseInput, parseOptionalId, text } from '../../core/input.js'
import { vatIdProblem } from '../../core/vat-id.js'
import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import { transact } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { ownKey, requireHolder } from './customer.js'
import type { SetBillingDetailsInput } from './identity.type.js'
import type { Viewer } from './principal.js'

const details = z.object({
  name: line(200),
  address: text(500).nullish(),
  city: line(100).nullish(),
  state: line(100).nullish(),
  zip: line(20).nullish(),
  country: country().nullish(),
  taxId: line(50).nullish(),
  locale: locale().nullish(),
})

export async function setBillingDetails(services: Services, viewer: Viewer, input: SetBillingDetailsInput): Promise<BillingDetails> {
  const { db, clock, findUnprintable } = services
  const { name, country = null, locale = null, ...rest } = parseInput(details, 'input', input)
  const { address = null, city = null, state = null, zip = null, taxId = null } = rest
  const problem = taxId === null ? undefined : vatIdProblem(country, taxId)
  if (problem) throw invalidInput('input.taxId', problem)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId)
  await requirePrintable(findUnprintable, 'input', { name, address, city, state, zip, taxId })
  const data = { name, address, city, state, zip, country, taxId, locale, updatedAt: clock.now() }
  return transact(db, async (tx) => {
    const holder = await requireHolder(tx, viewer.userId, organisationId)
    const key = ownKey(holder)
    return tx.billingDetails.upsert({ where: key, create: { ...key, ...data }, update: data })
  })
}

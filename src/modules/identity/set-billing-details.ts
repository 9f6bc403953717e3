import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { assertPrintable } from '../../core/glyph-coverage.js'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import { country, line, locale, multilineText, parseInput } from '../../core/input.js'
import { vatIdProblem } from '../../core/vat-id.js'
import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { customerKey, getCustomer } from './customer.js'
import type { SetBillingDetailsInput } from './identity.type.js'
import type { UserPrincipal } from './principal.js'

const billingDetailsSchema = z.object({
  name: line(200),
  address: multilineText(500).nullish(),
  city: line(100).nullish(),
  state: line(100).nullish(),
  zip: line(20).nullish(),
  country: country().nullish(),
  taxId: line(50).nullish(),
  locale: locale().nullish(),
})

export async function setBillingDetails(
  services: Pick<Services, 'clock' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetBillingDetailsInput,
): Promise<BillingDetails> {
  const { db, clock, findMissingGlyph } = services
  const { name, country = null, locale = null, ...rest } = parseInput(billingDetailsSchema, 'input', input)
  const { address = null, city = null, state = null, zip = null, taxId = null } = rest
  const problem = taxId === null ? undefined : vatIdProblem(country, taxId)
  if (problem) throw invalidInputError('input.taxId', problem)
  const organisationId = parseOptionalOrganisationId('input.organisationId', input.organisationId)
  await assertPrintable(findMissingGlyph, 'input', { name, address, city, state, zip, taxId })
  const data = { name, address, city, state, zip, country, taxId, locale, updatedAt: clock.now() }
  return runTransaction(db, async (tx) => {
    const key = customerKey(await getCustomer(tx, principal.userId, organisationId))
    return tx.billingDetails.upsert({ where: key, create: { ...key, ...data }, update: data })
  })
}

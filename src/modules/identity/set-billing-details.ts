import { z } from 'zod'
import {
  country,
  type FindMissingGlyph,
  line,
  locale,
  multilineText,
  optional,
  organisationId,
  parseInputAsync,
  printable,
} from '../../core/input.js'
import { parseVatId, vatIdProblem } from '../../core/vat-id.js'
import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { customerKey, getCustomer } from './customer.js'
import { enqueueVatIdCheck } from './identity.jobs.js'
import type { SetBillingDetailsInput } from './identity.type.js'
import type { UserPrincipal } from './principal.js'
import { checksVatIds } from './vat-id.rules.js'

/** Billing details of a user or an organisation. Must be parsed asynchronously. */
export function billingDetailsSchema(find: FindMissingGlyph) {
  const details = z.object({
    organisationId: optional(organisationId()),
    name: printable(find, line(200)),
    address: printable(find, multilineText(500)).nullish(),
    city: printable(find, line(100)).nullish(),
    state: printable(find, line(100)).nullish(),
    zip: printable(find, line(20)).nullish(),
    country: country().nullish(),
    taxId: printable(find, line(50)).nullish(),
    locale: locale().nullish(),
  })
  return details.check((context) => {
    const { taxId, country } = context.value
    const problem = taxId == null ? undefined : vatIdProblem(country ?? null, taxId)
    if (problem) context.issues.push({ code: 'custom', path: ['taxId'], message: problem, input: taxId })
  })
}

/** Stores billing details. The VAT id of a member state is checked by a job, if the seller needs that. @throws BAD_USER_INPUT */
export async function setBillingDetails(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetBillingDetailsInput,
): Promise<BillingDetails> {
  const { db, clock, config, findMissingGlyph } = services
  const details = await parseInputAsync(billingDetailsSchema(findMissingGlyph), 'input', input)
  const { organisationId, name, address = null, city = null, state = null, zip = null } = details
  const { country = null, taxId = null, locale = null } = details
  const data = { name, address, city, state, zip, country, taxId, locale, updatedAt: clock.now() }
  return runTransaction(db, async (tx) => {
    const customer = await getCustomer(tx, principal.userId, organisationId)
    const key = customerKey(customer)
    const stored = await tx.billingDetails.upsert({ where: key, create: { ...key, ...data }, update: data })
    if (checksVatIds(config.invoices.issuer) && taxId !== null && parseVatId(taxId)) await enqueueVatIdCheck(tx, customer)
    return stored
  })
}

import { z } from 'zod'
import { ELECTRONIC_ADDRESS_RULE, parseElectronicAddress } from '../../core/electronic-address.js'
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
import { InvoiceFormat } from '../../core/invoice-format.js'
import { hasLeitwegIdShape, isLeitwegId } from '../../core/leitweg-id.js'
import { normalizeRegistrationId, registrationIdProblem } from '../../core/registration-id.js'
import { parseVatId, vatIdProblem } from '../../core/vat-id.js'
import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { customerKey, getCustomer } from './customer.js'
import { followVatIds } from './follow-vat-ids.js'
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
    registrationId: printable(find, line(50)).nullish(),
    reference: printable(find, line(100)).nullish(),
    purchaseOrder: printable(find, line(100)).nullish(),
    electronicAddress: line(105)
      .refine((address) => parseElectronicAddress(address) !== undefined, ELECTRONIC_ADDRESS_RULE)
      .nullish(),
    invoiceFormat: z.enum(InvoiceFormat).nullish(),
  })
  return details.check((context) => {
    const { taxId, country, registrationId, reference } = context.value
    const problems = {
      taxId: taxId == null ? undefined : vatIdProblem(country ?? null, taxId),
      registrationId: registrationId == null ? undefined : registrationIdProblem(country, registrationId),
      reference: country === 'DE' && reference != null ? leitwegIdProblem(reference) : undefined,
    }
    for (const [field, message] of Object.entries(problems)) {
      if (message) context.issues.push({ code: 'custom', path: [field], message, input: context.value })
    }
  })
}

function leitwegIdProblem(reference: string): string | undefined {
  if (!hasLeitwegIdShape(reference) || isLeitwegId(reference)) return undefined
  return 'looks like a Leitweg-ID, but its check digits are wrong; correct it or leave it out'
}

/** The columns of parsed billing details. An omitted field is null. */
export function billingDetailsColumns(details: z.output<ReturnType<typeof billingDetailsSchema>>) {
  const { name, address = null, city = null, state = null, zip = null, country = null, taxId = null, locale = null } = details
  const { registrationId, reference = null, purchaseOrder = null, electronicAddress = null, invoiceFormat = null } = details
  const postal = { name, address, city, state, zip, country }
  return {
    ...postal,
    taxId,
    locale,
    registrationId: registrationId == null ? null : normalizeRegistrationId(country, registrationId),
    reference,
    purchaseOrder,
    electronicAddress,
    invoiceFormat,
  }
}

/** Stores billing details. The VAT id of a member state is checked by a job, if the seller needs that. @throws BAD_USER_INPUT */
export async function setBillingDetails(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetBillingDetailsInput,
): Promise<BillingDetails> {
  const { db, clock, config, findMissingGlyph } = services
  const details = await parseInputAsync(billingDetailsSchema(findMissingGlyph), 'input', input)
  const data = { ...billingDetailsColumns(details), updatedAt: clock.now() }
  return runTransaction(db, async (tx) => {
    const customer = await getCustomer(tx, principal.userId, details.organisationId)
    const key = customerKey(customer)
    const stored = await tx.billingDetails.upsert({ where: key, create: { ...key, ...data }, update: data })
    const { userId, organisationId } = stored
    await followVatIds(tx, { userIds: userId === null ? [] : [userId], organisationIds: organisationId === null ? [] : [organisationId] })
    if (checksVatIds(config.invoices.issuer) && data.taxId !== null && parseVatId(data.taxId)) await enqueueVatIdCheck(tx, customer)
    return stored
  })
}

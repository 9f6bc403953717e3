import { invalidInputError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import {
  checksVatIds,
  customerChoiceSchema,
  customerName,
  enqueueVatIdCheck,
  getChosenCustomer,
  type UserPrincipal,
} from '../identity/index.js'
import type { Services } from '../services.js'
import { findVatId, type VatIdResult } from './vat-check.queries.js'
import type { CheckVatIdInput } from './vat-check.type.js'

/**
 * Makes the check of a VAT id due, so that a job repeats it at once.
 * @returns the VAT id with its previous check
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT if there is nothing to check
 */
export async function requestVatIdCheck(
  { db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  input: CheckVatIdInput,
): Promise<VatIdResult> {
  const choice = parseInput(customerChoiceSchema, 'input', input)
  const field = choice.organisationId === undefined ? 'input.userId' : 'input.organisationId'
  if (!checksVatIds(config.invoices.issuer)) {
    throw invalidInputError('input', 'the seller is outside the European Union (INVOICE_ISSUED_FROM_COUNTRY), so no VAT id is checked')
  }
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const customer = await getChosenCustomer(tx, choice)
    const found = await findVatId(tx, customer)
    if (!found)
      throw invalidInputError(field, 'the billing details of this customer have no VAT id of a member state of the European Union')
    // The id may be replaced meanwhile. Then its successor is due anyway.
    await tx.vatId.updateMany({ where: { id: found.id }, data: { nextCheckAt: at, attempts: 0 } })
    await enqueueVatIdCheck(tx, customer)
    const details = { vatId: found.vatId, status: found.status }
    await recordAuditEntry(tx, { actor: principal, action: 'checkVatId', subject: customerName(customer), details, at })
    return { ...found, nextCheckAt: at, attempts: 0 }
  })
}

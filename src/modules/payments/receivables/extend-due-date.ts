import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { multilineText, optional, parseInput, rowId } from '../../../core/input.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'
import { lockCustomerInvoice } from './lock-customer-invoice.js'
import { assertOpen } from './receivables.rules.js'
import type { ExtendDueDateInput } from './receivables.type.js'

const extensionSchema = z.object({ invoiceId: rowId('Invoice'), dueAt: z.date(), notes: optional(multilineText(500)) })

/**
 * Gives a customer more time to pay an invoice. A subscription that is PAST_DUE or UNPAID becomes ACTIVE, unless another
 * invoice is overdue. The document keeps the date that it was issued with.
 * @throws INVOICE_NOT_FOUND, INVALID_TRANSITION if nothing is due, BAD_USER_INPUT for a time that is not later
 */
export async function extendDueDate(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: ExtendDueDateInput,
): Promise<Invoice> {
  const { invoiceId, dueAt, notes = null } = parseInput(extensionSchema, 'input', input)
  return runTransaction(services.db, async (tx) => {
    const invoice = await lockCustomerInvoice(tx, services, invoiceId)
    assertOpen(invoice)
    const at = services.clock.now()
    const earliest = invoice.dueAt > at ? invoice.dueAt : at
    if (dueAt <= earliest) throw invalidInputError('input.dueAt', `must be later than ${earliest.toISOString()}`)
    await tx.invoice.update({ where: { id: invoiceId }, data: { dueAt } })
    await settleCustomer(tx, services, invoice, invoice.currency)
    const details = { from: invoice.dueAt.toISOString(), to: dueAt.toISOString(), notes }
    await recordAuditEntry(tx, { actor: principal, action: 'extendDueDate', subject: `invoice:${invoice.number}`, details, at })
    return tx.invoice.findUniqueOrThrow({ where: { id: invoiceId } })
  })
}

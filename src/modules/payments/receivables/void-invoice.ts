import { z } from 'zod'
import { type FindMissingGlyph, line, parseInputAsync, printable, rowId } from '../../../core/input.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import { issueCreditNote, lockCounters, OUR_SALE } from '../../invoicing/index.js'
import { amountDue } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'
import { cancelChangeOf, lockCustomerInvoice } from './lock-customer-invoice.js'
import { assertOpen } from './receivables.rules.js'
import type { VoidInvoiceInput } from './receivables.type.js'

const voidSchema = (find: FindMissingGlyph) =>
  z.object({ invoiceId: rowId('Invoice'), reason: printable(find, line(200)).nullish(), idempotencyKey })

/**
 * Writes an open invoice off: a credit note for the amount due, after which the invoice is settled. It is VOID if nothing
 * was ever paid for it.
 * @throws INVOICE_NOT_FOUND, INVALID_TRANSITION if nothing is due
 */
export async function voidInvoice(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: VoidInvoiceInput,
): Promise<{ creditNote: Invoice; invoice: Invoice }> {
  const { invoiceId, reason = null, idempotencyKey: key } = await parseInputAsync(voidSchema(services.findMissingGlyph), 'input', input)
  const request = { principal: principalName(principal), operation: 'voidInvoice', key, input: { invoiceId: Number(invoiceId), reason } }
  const { creditNoteId } = await runOnce(services, request, async (tx) => {
    const invoice = await lockCustomerInvoice(tx, invoiceId)
    assertOpen(invoice)
    const at = services.clock.now()
    await cancelChangeOf(tx, invoice, at)
    await lockCounters(tx, services, [OUR_SALE])
    const { creditNote } = await issueCreditNote(tx, services, invoice, { amount: amountDue(invoice), reason })
    await settleCustomer(tx, services, invoice, invoice.currency)
    const details = { number: creditNote.number, amount: creditNote.total.toString(), reason }
    await recordAuditEntry(tx, { actor: principal, action: 'voidInvoice', subject: `invoice:${invoice.number}`, details, at })
    return { creditNoteId: Number(creditNote.id) }
  })
  const read = (id: bigint) => services.db.invoice.findUniqueOrThrow({ where: { id } })
  const [creditNote, invoice] = await Promise.all([read(BigInt(creditNoteId)), read(invoiceId)])
  return { creditNote, invoice }
}

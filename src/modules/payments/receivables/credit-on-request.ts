import { z } from 'zod'
import { type FindMissingGlyph, line, printable, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import { issueCreditNote, type TaxCorrection } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'
import { cancelChangeOf, lockCustomerInvoice } from './lock-customer-invoice.js'

/** What all requests to credit an invoice state. */
export function creditRequestSchema(find: FindMissingGlyph) {
  return z.object({ invoiceId: rowId('Invoice'), reason: printable(find, line(200)).nullish(), idempotencyKey })
}

interface CreditRequest {
  readonly operation: 'creditInvoice' | 'creditTax' | 'voidInvoice'
  readonly invoiceId: bigint
  /** Minor units; undefined if the request does not name it. */
  readonly amount?: bigint | undefined
  readonly reason: string | null
  readonly key: string | null | undefined
}

export interface CreditResult {
  readonly creditNote: Invoice
  readonly invoice: Invoice
}

/** An amount in minor units, undefined for everything that is left; or all tax that is left. */
type Credit = { readonly amount: bigint | undefined } | { readonly correction: TaxCorrection }

/**
 * Credits an invoice at the request of an administrator. A repeated idempotency key returns the first result.
 * @param findCredit  returns what to credit. It is called under the lock of the invoice, and throws if the invoice cannot be
 *   credited
 * @throws INVOICE_NOT_FOUND
 */
export async function creditOnRequest(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  { operation, key, ...request }: CreditRequest,
  findCredit: (tx: Transaction, invoice: Invoice) => Promise<Credit>,
): Promise<CreditResult> {
  const { invoiceId, reason } = request
  const input = { ...request, invoiceId: Number(invoiceId) }
  const { creditNoteId } = await runOnce(services, { principal: principalName(principal), operation, key, input }, async (tx) => {
    const invoice = await lockCustomerInvoice(tx, services, invoiceId)
    const credit = await findCredit(tx, invoice)
    const at = services.clock.now()
    await cancelChangeOf(tx, invoice, at)
    const { creditNote } = await issueCreditNote(tx, services, invoice, {
      ...credit,
      reason: reason ?? ('correction' in credit ? { isTaxCorrection: true } : null),
    })
    await settleCustomer(tx, services, invoice, invoice.currency)
    const details = { number: creditNote.number, amount: creditNote.total.toString(), reason }
    await recordAuditEntry(tx, { actor: principal, action: operation, subject: `invoice:${invoice.number}`, details, at })
    return { creditNoteId: Number(creditNote.id) }
  })
  const read = (id: bigint) => services.db.invoice.findUniqueOrThrow({ where: { id } })
  const [creditNote, invoice] = await Promise.all([read(BigInt(creditNoteId)), read(invoiceId)])
  return { creditNote, invoice }
}

import { parseInputAsync } from '../../../core/input.js'
import type { UserPrincipal } from '../../identity/index.js'
import { amountDue } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import type { CollectionServices } from '../../subscriptions/index.js'
import { type CreditResult, creditOnRequest, creditRequestSchema } from './credit-on-request.js'
import { assertOpen } from './receivables.rules.js'
import type { VoidInvoiceInput } from './receivables.type.js'

/**
 * Writes an open invoice off: a credit note for the amount due, after which the invoice is settled. It is VOID if nothing
 * was ever paid for it.
 * @throws INVOICE_NOT_FOUND, INVALID_TRANSITION if nothing is due
 */
export async function voidInvoice(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: VoidInvoiceInput,
): Promise<CreditResult> {
  const {
    invoiceId,
    reason = null,
    idempotencyKey: key,
  } = await parseInputAsync(creditRequestSchema(services.findMissingGlyph), 'input', input)
  return creditOnRequest(services, principal, { operation: 'voidInvoice', invoiceId, reason, key }, async (_tx, invoice) => {
    assertOpen(invoice)
    return { amount: amountDue(invoice) }
  })
}

import { parseInputAsync } from '../../../core/input.js'
import type { UserPrincipal } from '../../identity/index.js'
import { findTaxCorrection, leftOfTax } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import type { CollectionServices } from '../../subscriptions/index.js'
import { assertCreditNoteAllowed } from './credit-invoice.js'
import { type CreditResult, creditOnRequest, creditRequestSchema } from './credit-on-request.js'
import type { CreditTaxInput } from './receivables.type.js'

/**
 * Credits all tax that is left on an invoice, because its buyer owes the tax: the VAT id has been confirmed since. What was paid
 * beyond the new amount due goes to the balance. Later credit notes of the invoice have no tax.
 * @throws INVOICE_NOT_FOUND
 * @throws BAD_USER_INPUT as `findTaxCorrection`
 */
export async function creditTax(
  services: CollectionServices & Pick<Services, 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: CreditTaxInput,
): Promise<CreditResult> {
  const parsed = await parseInputAsync(creditRequestSchema(services.findMissingGlyph), 'input', input)
  const { invoiceId, reason = null, idempotencyKey: key } = parsed
  return creditOnRequest(services, principal, { operation: 'creditTax', invoiceId, reason, key }, async (tx, invoice) => {
    const correction = await findTaxCorrection(tx, services, invoice, 'input.invoiceId')
    await assertCreditNoteAllowed(tx, invoice, leftOfTax(invoice), 'input.invoiceId')
    return { correction }
  })
}

import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { type FindMissingGlyph, parseInputAsync } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'
import type { UserPrincipal } from '../../identity/index.js'
import { leftToCredit } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import type { CollectionServices } from '../../subscriptions/index.js'
import { type CreditResult, creditOnRequest, creditRequestSchema } from './credit-on-request.js'
import type { CreditInvoiceInput } from './receivables.type.js'

/** Bounds the list of credit notes that clients read with an invoice. */
const MAX_CREDIT_NOTES = 100

/** On our balance the money could be paid out, although the provider has it. */
const STATEMENT_REFUSED =
  'must not be a payment statement: the payment provider is the seller and returns the money itself; use requestRefund'

function creditSchema(find: FindMissingGlyph) {
  return creditRequestSchema(find).extend({ amount: z.bigint().min(1n, 'must be 1 or more').nullish() })
}

/**
 * Credits an invoice fully or partially by a credit note. What was paid beyond the new amount due goes to the balance.
 * @throws INVOICE_NOT_FOUND
 * @throws BAD_USER_INPUT when the amount exceeds what is left to credit, and for a payment statement
 */
export async function creditInvoice(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: CreditInvoiceInput,
): Promise<CreditResult> {
  const parsed = await parseInputAsync(creditSchema(services.findMissingGlyph), 'input', input)
  const { invoiceId, reason = null, idempotencyKey: key } = parsed
  const amount = parsed.amount ?? undefined
  return creditOnRequest(services, principal, { operation: 'creditInvoice', invoiceId, amount, reason, key }, async (tx, invoice) => {
    if (invoice.kind === 'STATEMENT') throw invalidInputError('input.invoiceId', STATEMENT_REFUSED)
    await assertCreditNoteAllowed(tx, invoice, amount, 'input.amount')
    return { amount }
  })
}

/**
 * @throws BAD_USER_INPUT when only one more credit note is allowed and it would not credit everything that is
 * left
 */
export async function assertCreditNoteAllowed(tx: Transaction, invoice: Invoice, amount: bigint | undefined, path: string): Promise<void> {
  const count = await tx.invoice.count({ where: { creditedInvoiceId: invoice.id } })
  if (count < MAX_CREDIT_NOTES - 1 || amount === undefined || amount === leftToCredit(invoice)) return
  throw invalidInputError(
    path,
    `an invoice can have at most ${MAX_CREDIT_NOTES} credit notes; use creditInvoice without an amount to credit everything that is left`,
  )
}

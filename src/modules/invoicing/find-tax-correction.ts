import { invalidInputError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { type TaxCorrection } from './credit-note.rules.js'
import { type DocumentSnapshot, parseDocumentSnapshot } from './document-snapshot.js'
import { getBuyer } from './invoice-data.queries.js'
import { leftOfTax, leftToCredit } from './issue-credit-note.js'

/**
 * Returns why the tax of an invoice can be credited: the VAT id of its buyer has been confirmed since, so that the customer owes the
 * tax. Call it under the lock of the invoice.
 * @param path  of the input in errors
 * @throws BAD_USER_INPUT if no such tax is left, or if the same sale would be taxed today
 */
export async function findTaxCorrection(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  invoice: Invoice,
  path: string,
): Promise<TaxCorrection> {
  const snapshot = parseDocumentSnapshot(invoice.snapshot)
  if (!hasOneTax(snapshot)) throw invalidInputError(path, 'must be an invoice with one tax, at a rate above 0')
  const taxLeft = leftOfTax(invoice)
  if (taxLeft === 0n) throw invalidInputError(path, 'must be an invoice with tax that is not credited yet')
  if (taxLeft === leftToCredit(invoice)) {
    throw invalidInputError(path, 'must have more left than tax; use creditInvoice to credit all of it')
  }
  const { buyer, tax } = await getBuyer(tx, services, invoice)
  const { country } = snapshot.buyer
  if (buyer.country !== country) {
    const message = `must be an invoice to the country of the billing details, which is ${buyer.country}; this one is to ${country}`
    throw invalidInputError(path, `${message}. Use creditInvoice, and issue a new invoice`)
  }
  const { check, taxes } = tax
  if (!check || taxes.some(({ category }) => category !== 'REVERSE_CHARGE')) {
    const message = 'must be an invoice whose buyer owes the tax itself: the VAT id of the billing details is not confirmed'
    throw invalidInputError(path, `${message}, or the seller and the buyer are not in two member states; see checkVatId`)
  }
  return { check, taxes }
}

function hasOneTax({ kind, taxes }: DocumentSnapshot): boolean {
  return kind === 'INVOICE' && taxes.length === 1 && taxes[0]?.category === 'STANDARD'
}

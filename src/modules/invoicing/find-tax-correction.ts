import type { Seller } from '../../config/config.js'
import { invalidInputError } from '../../core/errors.js'
import { normalizeVatId } from '../../core/vat-id.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import type { TaxCorrection } from './credit-note.rules.js'
import { type BuyerDetails, type DocumentSnapshot, parseDocumentSnapshot } from './document-snapshot.js'
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
  const difference = differenceOf(snapshot, services.config.invoices.issuer, buyer)
  if (difference !== undefined) {
    throw invalidInputError(path, `${difference}. Use creditInvoice to credit all of it, and issue a new invoice`)
  }
  const { check, taxes } = tax
  if (!check || taxes.some(({ category }) => category !== 'REVERSE_CHARGE')) {
    const message = 'must be an invoice whose buyer owes the tax itself: the VAT id of the billing details is not confirmed'
    throw invalidInputError(path, `${message}, or the seller and the buyer are not in two member states; see checkVatId`)
  }
  return { check, taxes }
}

/** Why the decision of today is not one about the parties of the invoice. */
function differenceOf({ issuer, buyer: invoiced }: DocumentSnapshot, seller: Seller, buyer: BuyerDetails): string | undefined {
  if (issuer.country !== seller.country || issuer.taxId !== seller.taxId)
    return 'must be an invoice of the same seller: country or VAT id have changed'
  if (invoiced.country !== buyer.country) {
    return `must be an invoice to the country of the billing details, which is ${buyer.country}; this one is to ${invoiced.country}`
  }
  const [statedId, currentId] = [invoiced.taxId, buyer.taxId].map((id) => normalizeVatId(id ?? ''))
  if (statedId !== '' && statedId !== currentId) {
    return `must state the VAT id of the billing details, which is ${buyer.taxId}; this one states ${invoiced.taxId}`
  }
  return statedId === '' && invoiced.name !== buyer.name
    ? `must state the name of the billing details, ${buyer.name}, or their VAT id; this one is to ${invoiced.name}`
    : undefined
}

function hasOneTax({ kind, taxes }: DocumentSnapshot): boolean {
  return kind === 'INVOICE' && taxes.length === 1 && taxes[0]?.category === 'STANDARD'
}

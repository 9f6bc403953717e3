import type { StatedInvoice, StatedTax } from './stated-invoice.rules.js'
import type { StatedParty } from './stated-party.rules.js'
import { group, text, xmlDocument } from './xml-element.js'

const SCHEMA = 'urn:oasis:names:specification:ubl:schema:xsd'
const COMPONENTS = { cac: `${SCHEMA}:CommonAggregateComponents-2`, cbc: `${SCHEMA}:CommonBasicComponents-2` }
/** The names that differ between the two kinds of documents. Source of the codes: UNTDID 1001. */
const KINDS = {
  INVOICE: {
    root: 'Invoice',
    type: text('cbc:InvoiceTypeCode', '380'),
    line: 'cac:InvoiceLine',
    quantity: 'cbc:InvoicedQuantity',
  },
  CREDIT_NOTE: {
    root: 'CreditNote',
    type: text('cbc:CreditNoteTypeCode', '381'),
    line: 'cac:CreditNoteLine',
    quantity: 'cbc:CreditedQuantity',
  },
}
/** C62 is "one". Source: UN/ECE Recommendation 20. */
const UNIT = { unitCode: 'C62' }
const TAX_SCHEME = taxScheme('VAT')

/**
 * Writes a UBL 2.1 Invoice or CreditNote. The order of the elements is that of their XSD. Source: EN 16931-3-2, and Peppol BIS Billing
 * 3.0.
 */
export function writeUbl(invoice: StatedInvoice): string {
  const { kind, accountingTax, purchaseOrder, salesOrder, credited } = invoice
  const { root, type } = KINDS[kind]
  return xmlDocument(
    root,
    { '': `${SCHEMA}:${root}-2`, ...COMPONENTS },
    text('cbc:CustomizationID', invoice.guideline),
    text('cbc:ProfileID', invoice.process),
    text('cbc:ID', invoice.number),
    text('cbc:IssueDate', invoice.day),
    // A credit note has no element for a due date.
    kind === 'INVOICE' ? text('cbc:DueDate', invoice.dueDay) : '',
    type,
    // Rule PEPPOL-EN16931-R002: one note.
    text('cbc:Note', invoice.notes.map((note) => note.text).join('\n')),
    text('cbc:DocumentCurrencyCode', invoice.currency),
    text('cbc:TaxCurrencyCode', accountingTax?.currency),
    text('cbc:BuyerReference', invoice.buyerReference),
    period(invoice),
    // The id of our order cannot be stated without that of the buyer.
    purchaseOrder ? group('cac:OrderReference', text('cbc:ID', purchaseOrder), text('cbc:SalesOrderID', salesOrder)) : '',
    group(
      'cac:BillingReference',
      group('cac:InvoiceDocumentReference', text('cbc:ID', credited?.number), text('cbc:IssueDate', credited?.day)),
    ),
    party('cac:AccountingSupplierParty', invoice.seller),
    party('cac:AccountingCustomerParty', invoice.buyer),
    group('cac:Delivery', text('cbc:ActualDeliveryDate', invoice.deliveryDay)),
    ...paymentMeans(invoice),
    ...allowances(invoice),
    taxTotal(invoice),
    group('cac:TaxTotal', text('cbc:TaxAmount', accountingTax?.tax, { currencyID: accountingTax?.currency })),
    totals(invoice),
    ...lines(invoice),
  )
}

function party(name: string, stated: StatedParty): string {
  const { electronicAddress: address, registration, contact, street } = stated
  return group(
    name,
    group(
      'cac:Party',
      text('cbc:EndpointID', address?.id, { schemeID: address?.scheme }),
      group('cac:PartyIdentification', text('cbc:ID', stated.identifier)),
      group(
        'cac:PostalAddress',
        text('cbc:StreetName', street[0]),
        text('cbc:AdditionalStreetName', street[1]),
        text('cbc:CityName', stated.city),
        text('cbc:PostalZone', stated.zip),
        text('cbc:CountrySubentity', stated.state),
        group('cac:AddressLine', text('cbc:Line', street[2])),
        group('cac:Country', text('cbc:IdentificationCode', stated.country)),
      ),
      taxRegistration(stated.vatId, TAX_SCHEME),
      taxRegistration(stated.taxNumber, taxScheme('TAX')),
      group(
        'cac:PartyLegalEntity',
        text('cbc:RegistrationName', stated.name),
        text('cbc:CompanyID', registration?.id, { schemeID: registration?.scheme }),
        text('cbc:CompanyLegalForm', stated.legalInformation),
      ),
      group('cac:Contact', text('cbc:Name', contact.name), text('cbc:Telephone', contact.phone), text('cbc:ElectronicMail', contact.email)),
    ),
  )
}

function taxRegistration(id: string | undefined, scheme: string): string {
  return id === undefined ? '' : group('cac:PartyTaxScheme', text('cbc:CompanyID', id), scheme)
}

function taxScheme(id: string): string {
  return group('cac:TaxScheme', text('cbc:ID', id))
}

function paymentMeans({ paymentMeans: stated, paymentReference }: StatedInvoice): string[] {
  return stated.map(({ code, iban, bic }) =>
    group(
      'cac:PaymentMeans',
      text('cbc:PaymentMeansCode', code),
      text('cbc:PaymentID', paymentReference),
      group('cac:PayeeFinancialAccount', text('cbc:ID', iban), group('cac:FinancialInstitutionBranch', text('cbc:ID', bic))),
    ),
  )
}

function allowances({ allowances: stated, currency }: StatedInvoice): string[] {
  return stated.map(({ reason, amount, tax }) =>
    group(
      'cac:AllowanceCharge',
      text('cbc:ChargeIndicator', 'false'),
      text('cbc:AllowanceChargeReason', reason),
      text('cbc:Amount', amount, { currencyID: currency }),
      category('cac:TaxCategory', tax),
    ),
  )
}

function category(name: string, { category: code, rate }: StatedTax): string {
  return group(name, text('cbc:ID', code), text('cbc:Percent', rate), TAX_SCHEME)
}

function taxTotal({ taxes, totals: { tax: total }, currency }: StatedInvoice): string {
  const money = { currencyID: currency }
  const subtotals = taxes.map(({ net, tax, category: code, totalRate, reason, reasonCode }) =>
    group(
      'cac:TaxSubtotal',
      text('cbc:TaxableAmount', net, money),
      text('cbc:TaxAmount', tax, money),
      group(
        'cac:TaxCategory',
        text('cbc:ID', code),
        text('cbc:Percent', totalRate),
        text('cbc:TaxExemptionReasonCode', reasonCode),
        text('cbc:TaxExemptionReason', reason),
        TAX_SCHEME,
      ),
    ),
  )
  return group('cac:TaxTotal', text('cbc:TaxAmount', total, money), ...subtotals)
}

function totals({ totals: stated, currency }: StatedInvoice): string {
  const money = { currencyID: currency }
  return group(
    'cac:LegalMonetaryTotal',
    text('cbc:LineExtensionAmount', stated.lines, money),
    text('cbc:TaxExclusiveAmount', stated.net, money),
    text('cbc:TaxInclusiveAmount', stated.total, money),
    text('cbc:AllowanceTotalAmount', stated.allowances, money),
    text('cbc:ChargeTotalAmount', stated.charges, money),
    text('cbc:PrepaidAmount', stated.prepaid, money),
    text('cbc:PayableAmount', stated.due, money),
  )
}

/** States the price for the whole quantity, because the price of one unit may not be a round number. */
function lines(invoice: StatedInvoice): string[] {
  const { line, quantity: quantityName } = KINDS[invoice.kind]
  const money = { currencyID: invoice.currency }
  const linePeriod = period(invoice)
  return invoice.lines.map(({ description, quantity, amount, tax }, index) =>
    group(
      line,
      text('cbc:ID', index + 1),
      text(quantityName, quantity, UNIT),
      text('cbc:LineExtensionAmount', amount, money),
      linePeriod,
      group('cac:Item', text('cbc:Name', description), category('cac:ClassifiedTaxCategory', tax)),
      group('cac:Price', text('cbc:PriceAmount', amount, money), text('cbc:BaseQuantity', quantity, UNIT)),
    ),
  )
}

function period({ period: stated }: StatedInvoice): string {
  return group('cac:InvoicePeriod', text('cbc:StartDate', stated?.start), text('cbc:EndDate', stated?.end))
}

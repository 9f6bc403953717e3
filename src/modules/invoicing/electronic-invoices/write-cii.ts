import type { StatedInvoice, StatedTax } from './stated-invoice.rules.js'
import type { StatedParty } from './stated-party.rules.js'
import type { PaymentMeans } from './stated-payment.rules.js'
import { group, text, xmlDocument } from './xml-element.js'

const STANDARD = 'urn:un:unece:uncefact:data:standard'
const NAMESPACES = {
  rsm: `${STANDARD}:CrossIndustryInvoice:100`,
  ram: `${STANDARD}:ReusableAggregateBusinessInformationEntity:100`,
  udt: `${STANDARD}:UnqualifiedDataType:100`,
  qdt: `${STANDARD}:QualifiedDataType:100`,
}
/** Document types. Source: UNTDID 1001. */
const TYPE_CODES = { INVOICE: '380', CREDIT_NOTE: '381' } as const
/** C62 is "one". Source: UN/ECE Recommendation 20. */
const UNIT = { unitCode: 'C62' }

/**
 * Writes a UN/CEFACT Cross Industry Invoice (D16B). The order of the elements is that of its XSD. Source: EN 16931-3-3, and
 * Factur-X 1.08.
 */
export function writeCii(invoice: StatedInvoice): string {
  const { process, guideline, number, kind, notes, deliveryDay } = invoice
  return xmlDocument(
    'rsm:CrossIndustryInvoice',
    NAMESPACES,
    group(
      'rsm:ExchangedDocumentContext',
      group('ram:BusinessProcessSpecifiedDocumentContextParameter', text('ram:ID', process)),
      group('ram:GuidelineSpecifiedDocumentContextParameter', text('ram:ID', guideline)),
    ),
    group(
      'rsm:ExchangedDocument',
      text('ram:ID', number),
      text('ram:TypeCode', TYPE_CODES[kind]),
      date('ram:IssueDateTime', invoice.day),
      ...notes.map((note) => group('ram:IncludedNote', text('ram:Content', note.text), text('ram:SubjectCode', note.subject))),
    ),
    group(
      'rsm:SupplyChainTradeTransaction',
      ...lines(invoice),
      agreement(invoice),
      group('ram:ApplicableHeaderTradeDelivery', group('ram:ActualDeliverySupplyChainEvent', date('ram:OccurrenceDateTime', deliveryDay))),
      settlement(invoice),
    ),
  )
}

/** States the price for the whole quantity, because the price of one unit may not be a round number. */
function lines(invoice: StatedInvoice): string[] {
  const linePeriod = period(invoice)
  return invoice.lines.map(({ description, quantity, amount, tax }, index) =>
    group(
      'ram:IncludedSupplyChainTradeLineItem',
      group('ram:AssociatedDocumentLineDocument', text('ram:LineID', index + 1)),
      group('ram:SpecifiedTradeProduct', text('ram:Name', description)),
      group(
        'ram:SpecifiedLineTradeAgreement',
        group('ram:NetPriceProductTradePrice', text('ram:ChargeAmount', amount), text('ram:BasisQuantity', quantity, UNIT)),
      ),
      group('ram:SpecifiedLineTradeDelivery', text('ram:BilledQuantity', quantity, UNIT)),
      group(
        'ram:SpecifiedLineTradeSettlement',
        group('ram:ApplicableTradeTax', ...category(tax)),
        linePeriod,
        group('ram:SpecifiedTradeSettlementLineMonetarySummation', text('ram:LineTotalAmount', amount)),
      ),
    ),
  )
}

function agreement({ buyerReference, seller, buyer, salesOrder, purchaseOrder }: StatedInvoice): string {
  return group(
    'ram:ApplicableHeaderTradeAgreement',
    text('ram:BuyerReference', buyerReference),
    party('ram:SellerTradeParty', seller),
    party('ram:BuyerTradeParty', buyer),
    group('ram:SellerOrderReferencedDocument', text('ram:IssuerAssignedID', salesOrder)),
    group('ram:BuyerOrderReferencedDocument', text('ram:IssuerAssignedID', purchaseOrder)),
  )
}

function party(name: string, stated: StatedParty): string {
  const { registration, electronicAddress: address, contact, street } = stated
  return group(
    name,
    text('ram:ID', stated.identifier),
    text('ram:Name', stated.name),
    text('ram:Description', stated.legalInformation),
    group('ram:SpecifiedLegalOrganization', text('ram:ID', registration?.id, { schemeID: registration?.scheme })),
    group(
      'ram:DefinedTradeContact',
      text('ram:PersonName', contact.name),
      group('ram:TelephoneUniversalCommunication', text('ram:CompleteNumber', contact.phone)),
      group('ram:EmailURIUniversalCommunication', text('ram:URIID', contact.email)),
    ),
    group(
      'ram:PostalTradeAddress',
      text('ram:PostcodeCode', stated.zip),
      text('ram:LineOne', street[0]),
      text('ram:LineTwo', street[1]),
      text('ram:LineThree', street[2]),
      text('ram:CityName', stated.city),
      text('ram:CountryID', stated.country),
      text('ram:CountrySubDivisionName', stated.state),
    ),
    group('ram:URIUniversalCommunication', text('ram:URIID', address?.id, { schemeID: address?.scheme })),
    group('ram:SpecifiedTaxRegistration', text('ram:ID', stated.vatId, { schemeID: 'VA' })),
    group('ram:SpecifiedTaxRegistration', text('ram:ID', stated.taxNumber, { schemeID: 'FC' })),
  )
}

function settlement(invoice: StatedInvoice): string {
  const { paymentReference, accountingTax, currency, paymentMeans, allowances, taxes, credited, dueDay } = invoice
  return group(
    'ram:ApplicableHeaderTradeSettlement',
    text('ram:PaymentReference', paymentReference),
    text('ram:TaxCurrencyCode', accountingTax?.currency),
    text('ram:InvoiceCurrencyCode', currency),
    ...paymentMeans.map(means),
    ...taxes.map(taxTotal),
    period(invoice),
    ...allowances.map(({ reason, amount, tax }) =>
      group(
        'ram:SpecifiedTradeAllowanceCharge',
        group('ram:ChargeIndicator', text('udt:Indicator', 'false')),
        text('ram:ActualAmount', amount),
        text('ram:Reason', reason),
        group('ram:CategoryTradeTax', ...category(tax)),
      ),
    ),
    group('ram:SpecifiedTradePaymentTerms', date('ram:DueDateDateTime', dueDay)),
    totals(invoice),
    group(
      'ram:InvoiceReferencedDocument',
      text('ram:IssuerAssignedID', credited?.number),
      credited ? date('ram:FormattedIssueDateTime', credited.day, 'qdt') : '',
    ),
  )
}

function means({ code, iban, bic }: PaymentMeans): string {
  return group(
    'ram:SpecifiedTradeSettlementPaymentMeans',
    text('ram:TypeCode', code),
    group('ram:PayeePartyCreditorFinancialAccount', text('ram:IBANID', iban)),
    group('ram:PayeeSpecifiedCreditorFinancialInstitution', text('ram:BICID', bic)),
  )
}

function category({ category: code, rate }: StatedTax): string[] {
  return [text('ram:TypeCode', 'VAT'), text('ram:CategoryCode', code), text('ram:RateApplicablePercent', rate)]
}

function taxTotal(tax: StatedTax): string {
  return group(
    'ram:ApplicableTradeTax',
    text('ram:CalculatedAmount', tax.tax),
    text('ram:TypeCode', 'VAT'),
    text('ram:ExemptionReason', tax.reason),
    text('ram:BasisAmount', tax.net),
    text('ram:CategoryCode', tax.category),
    text('ram:ExemptionReasonCode', tax.reasonCode),
    text('ram:RateApplicablePercent', tax.totalRate),
  )
}

function totals({ totals: stated, currency, accountingTax }: StatedInvoice): string {
  return group(
    'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
    text('ram:LineTotalAmount', stated.lines),
    text('ram:ChargeTotalAmount', stated.charges),
    text('ram:AllowanceTotalAmount', stated.allowances),
    text('ram:TaxBasisTotalAmount', stated.net),
    text('ram:TaxTotalAmount', stated.tax, { currencyID: currency }),
    text('ram:TaxTotalAmount', accountingTax?.tax, { currencyID: accountingTax?.currency }),
    text('ram:GrandTotalAmount', stated.total),
    text('ram:TotalPrepaidAmount', stated.prepaid),
    text('ram:DuePayableAmount', stated.due),
  )
}

function period({ period: stated }: StatedInvoice): string {
  if (!stated) return ''
  return group('ram:BillingSpecifiedPeriod', date('ram:StartDateTime', stated.start), date('ram:EndDateTime', stated.end))
}

/** Format 102: year, month and day. */
function date(name: string, day: string, prefix = 'udt'): string {
  return group(name, text(`${prefix}:DateTimeString`, day.replaceAll('-', ''), { format: '102' }))
}

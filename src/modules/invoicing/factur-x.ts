import type { Seller } from '../../config/config.js'
import { toLocalDate } from '../../core/local-date.js'
import { exponentOf, formatDecimal } from '../../core/money.js'
import { formatPercentage } from '../../core/percentage.js'
import { hasVatIdShape, normalizeVatId } from '../../core/vat-id.js'
import { escapeXml } from '../../platform/pdf/syntax.js'
import type { BuyerDetails, DocumentLine, DocumentSnapshot, TaxLine } from './document-snapshot.js'
import { amountToPay, isTaxed, lastDay, paymentReference } from './invoice.rules.js'

const GUIDELINE = 'urn:cen.eu:en16931:2017'
const STANDARD = 'urn:un:unece:uncefact:data:standard'
const NAMESPACES = Object.entries({
  rsm: 'CrossIndustryInvoice',
  ram: 'ReusableAggregateBusinessInformationEntity',
  udt: 'UnqualifiedDataType',
  qdt: 'QualifiedDataType',
}).map(([prefix, name]) => ` xmlns:${prefix}="${STANDARD}:${name}:100"`)
/** Document types. Source: UNTDID 1001. */
const TYPE_CODES = { INVOICE: '380', CREDIT_NOTE: '381' } as const
/** A credit transfer. Source: UNTDID 4461. */
const CREDIT_TRANSFER = '30'
/** C62 is "one". Source: UN/ECE Recommendation 20. */
const UNIT_CODE = 'unitCode="C62"'
/** The standard allows two digits, so it cannot express currencies with three, such as KWD. */
const MAX_FRACTION_DIGITS = 2

/**
 * Tax categories (UNTDID 5305), with reason and VATEX code if no tax is charged. Source: EN 16931-1, BG-23.
 */
const CATEGORIES: Record<TaxLine['category'], { code: string; reason?: string; reasonCode?: string }> = {
  STANDARD: { code: 'S' },
  ZERO: { code: 'Z' },
  EXEMPT: { code: 'E' },
  REVERSE_CHARGE: { code: 'AE', reason: 'Reverse charge', reasonCode: 'VATEX-EU-AE' },
  OUT_OF_SCOPE: { code: 'O', reason: 'Not subject to VAT', reasonCode: 'VATEX-EU-O' },
  NOT_TAXED: { code: 'O', reason: 'Not subject to VAT', reasonCode: 'VATEX-EU-O' },
}

/**
 * Builds the machine-readable invoice: a UN/CEFACT Cross Industry Invoice in the profile EN 16931.
 * @returns undefined for documents that the standard does not cover: those that are not tax documents,
 * currencies with three decimals, sellers without a country or a tax id, and buyers without a country
 */
export function buildFacturX(document: DocumentSnapshot): string | undefined {
  const { kind, number, currency, issuer, buyer, lines } = document
  const positiveLines = lines.filter(({ amount }) => !amount.startsWith('-'))
  if (
    (kind !== 'INVOICE' && kind !== 'CREDIT_NOTE') ||
    number === null ||
    document.merchantOfRecord ||
    exponentOf(currency) > MAX_FRACTION_DIGITS
  )
    return undefined
  if (!issuer.country || !issuer.taxId || !buyer.country || positiveLines.length === 0 || document.taxes.length > 1) return undefined
  const context = element('rsm:ExchangedDocumentContext', element('ram:GuidelineSpecifiedDocumentContextParameter', idElement(GUIDELINE)))
  const header = element(
    'rsm:ExchangedDocument',
    idElement(number),
    element('ram:TypeCode', TYPE_CODES[kind]),
    dateElement('ram:IssueDateTime', document.date, document),
  )
  const shared = { category: categoryElements(document), period: periodElement(document) }
  const transaction = element(
    'rsm:SupplyChainTradeTransaction',
    ...positiveLines.map((line, index) => lineElement(document, line, index + 1, shared)),
    agreementElement(document),
    element(
      'ram:ApplicableHeaderTradeDelivery',
      element('ram:ActualDeliverySupplyChainEvent', dateElement('ram:OccurrenceDateTime', document.supplyDate, document)),
    ),
    settlementElement(document),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice${NAMESPACES.join('')}>${context}${header}${transaction}</rsm:CrossIndustryInvoice>`
}

/** XML that is the same in all lines of a document. */
interface SharedLineElements {
  category: string
  period: string
}

/** States the price for the whole quantity, because the price of one unit may not be a round number. */
function lineElement(
  document: DocumentSnapshot,
  { description, quantity, amount }: DocumentLine,
  number: number,
  shared: SharedLineElements,
): string {
  return element(
    'ram:IncludedSupplyChainTradeLineItem',
    element('ram:AssociatedDocumentLineDocument', element('ram:LineID', number)),
    element('ram:SpecifiedTradeProduct', textElement('ram:Name', description)),
    element(
      'ram:SpecifiedLineTradeAgreement',
      element(
        'ram:NetPriceProductTradePrice',
        moneyElement('ram:ChargeAmount', amount, document),
        `<ram:BasisQuantity ${UNIT_CODE}>${quantity}</ram:BasisQuantity>`,
      ),
    ),
    element('ram:SpecifiedLineTradeDelivery', `<ram:BilledQuantity ${UNIT_CODE}>${quantity}</ram:BilledQuantity>`),
    element(
      'ram:SpecifiedLineTradeSettlement',
      element('ram:ApplicableTradeTax', shared.category),
      shared.period,
      element('ram:SpecifiedTradeSettlementLineMonetarySummation', moneyElement('ram:LineTotalAmount', amount, document)),
    ),
  )
}

function agreementElement({ issuer, buyer, orderId, taxes }: DocumentSnapshot): string {
  // Rule BR-O-02: a document that is not subject to VAT must not contain VAT ids.
  const taxed = taxes.every(isTaxed)
  return element(
    'ram:ApplicableHeaderTradeAgreement',
    partyElement('ram:SellerTradeParty', issuer, taxed, true),
    partyElement('ram:BuyerTradeParty', buyer, taxed, false),
    element('ram:SellerOrderReferencedDocument', element('ram:IssuerAssignedID', orderId)),
  )
}

/**
 * A tax id that does not have the format of a VAT id becomes the party's identifier; the seller's is also its
 * tax registration.
 */
function partyElement(name: string, party: Seller | BuyerDetails, taxed: boolean, isSeller: boolean): string {
  const { country, taxId, email } = party
  const vatId = country && taxId && taxed && hasVatIdShape(country, taxId) ? normalizeVatId(taxId) : undefined
  const registration = (scheme: string, value: string) =>
    element('ram:SpecifiedTaxRegistration', `<ram:ID schemeID="${scheme}">${escapeXml(value)}</ram:ID>`)
  return element(
    name,
    taxId && !vatId ? idElement(taxId) : '',
    textElement('ram:Name', party.name),
    addressElement(party),
    email ? element('ram:URIUniversalCommunication', `<ram:URIID schemeID="EM">${escapeXml(email)}</ram:URIID>`) : '',
    vatId ? registration('VA', vatId) : '',
    isSeller && taxId && !vatId ? registration('FC', taxId) : '',
  )
}

function addressElement({ zip, address: street, city, state, country }: Seller | BuyerDetails): string {
  const [line1, line2, ...rest] = street?.split('\n') ?? []
  return element(
    'ram:PostalTradeAddress',
    textElement('ram:PostcodeCode', zip),
    textElement('ram:LineOne', line1),
    textElement('ram:LineTwo', line2),
    textElement('ram:LineThree', rest.join(', ')),
    textElement('ram:CityName', city),
    textElement('ram:CountryID', country),
    textElement('ram:CountrySubDivisionName', state),
  )
}

function settlementElement(document: DocumentSnapshot): string {
  const { currency, taxes, lines, credited, howToPay } = document
  return element(
    'ram:ApplicableHeaderTradeSettlement',
    howToPay ? textElement('ram:PaymentReference', paymentReference(document)) : '',
    element('ram:InvoiceCurrencyCode', currency),
    ...(howToPay?.methods ?? []).map(paymentMeansElement),
    ...taxes.map((line) => taxElement(document, line)),
    periodElement(document),
    ...lines.filter(({ amount }) => amount.startsWith('-')).map((line) => allowanceElement(document, line)),
    element('ram:SpecifiedTradePaymentTerms', dateElement('ram:DueDateDateTime', document.dueDate, document)),
    totalsElement(document),
    credited
      ? element(
          'ram:InvoiceReferencedDocument',
          textElement('ram:IssuerAssignedID', credited.number),
          dateElement('ram:FormattedIssueDateTime', credited.date, document, 'qdt'),
        )
      : '',
  )
}

/** A payment method with an account, BG-17. The others are not expressed, because they have no code. */
function paymentMeansElement({ iban, bic }: { iban: string | null; bic: string | null }): string {
  if (!iban) return ''
  return element(
    'ram:SpecifiedTradeSettlementPaymentMeans',
    element('ram:TypeCode', CREDIT_TRANSFER),
    element('ram:PayeePartyCreditorFinancialAccount', element('ram:IBANID', iban)),
    bic ? element('ram:PayeeSpecifiedCreditorFinancialInstitution', element('ram:BICID', bic)) : '',
  )
}

function taxElement(document: DocumentSnapshot, line: TaxLine): string {
  const { code, reason, reasonCode } = CATEGORIES[line.category]
  return element(
    'ram:ApplicableTradeTax',
    moneyElement('ram:CalculatedAmount', line.tax, document),
    element('ram:TypeCode', 'VAT'),
    textElement('ram:ExemptionReason', line.exemption ?? reason),
    moneyElement('ram:BasisAmount', line.net, document),
    element('ram:CategoryCode', code),
    textElement('ram:ExemptionReasonCode', reasonCode),
    percentElement(line),
  )
}

/** A discount becomes an allowance, because the standard does not allow negative prices (BR-27). */
function allowanceElement(document: DocumentSnapshot, { description, amount }: DocumentLine): string {
  return element(
    'ram:SpecifiedTradeAllowanceCharge',
    element('ram:ChargeIndicator', element('udt:Indicator', 'false')),
    moneyElement('ram:ActualAmount', amount.slice(1), document),
    textElement('ram:Reason', description),
    element('ram:CategoryTradeTax', categoryElements(document)),
  )
}

function totalsElement(document: DocumentSnapshot): string {
  const { lines, subtotal, tax, total, currency } = document
  const due = amountToPay(document)
  const sum = (amounts: readonly string[]) => amounts.reduce((all, amount) => all + BigInt(amount), 0n).toString()
  const amounts = lines.map(({ amount }) => amount)
  const allowances = sum(amounts.filter((amount) => amount.startsWith('-')).map((amount) => amount.slice(1)))
  return element(
    'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
    moneyElement('ram:LineTotalAmount', sum(amounts.filter((amount) => !amount.startsWith('-'))), document),
    moneyElement('ram:ChargeTotalAmount', '0', document),
    moneyElement('ram:AllowanceTotalAmount', allowances, document),
    moneyElement('ram:TaxBasisTotalAmount', subtotal, document),
    `<ram:TaxTotalAmount currencyID="${currency}">${decimal(tax, document)}</ram:TaxTotalAmount>`,
    moneyElement('ram:GrandTotalAmount', total, document),
    moneyElement('ram:TotalPrepaidAmount', (BigInt(total) - BigInt(due)).toString(), document),
    moneyElement('ram:DuePayableAmount', due, document),
  )
}

/** Category and rate, which are the same for all lines of a document. */
function categoryElements({ taxes: [line] }: DocumentSnapshot): string {
  if (!line) return ''
  return `${element('ram:TypeCode', 'VAT')}${element('ram:CategoryCode', CATEGORIES[line.category].code)}${percentElement(line)}`
}

/** Rule BR-O-05: a document that is not subject to VAT has no rate, not even 0. */
function percentElement(line: TaxLine): string {
  return !isTaxed(line) ? '' : element('ram:RateApplicablePercent', formatPercentage(line.millionths))
}

function periodElement(document: DocumentSnapshot): string {
  if (!document.period) return ''
  return element(
    'ram:BillingSpecifiedPeriod',
    dateElement('ram:StartDateTime', document.period.start, document),
    dayElement('ram:EndDateTime', lastDay(document.period, document.timeZone)),
  )
}

/** Format 102: year, month and day in the seller's time zone. */
function dateElement(name: string, iso: string, { timeZone }: DocumentSnapshot, prefix = 'udt'): string {
  return dayElement(name, toLocalDate(new Date(iso), timeZone), prefix)
}

/** @param day  for example "2026-05-01" */
function dayElement(name: string, day: string, prefix = 'udt'): string {
  return element(name, `<${prefix}:DateTimeString format="102">${day.replaceAll('-', '')}</${prefix}:DateTimeString>`)
}

function moneyElement(name: string, minorUnits: string, document: DocumentSnapshot): string {
  return element(name, decimal(minorUnits, document))
}

function decimal(minorUnits: string, { currency }: DocumentSnapshot): string {
  return formatDecimal({ minorUnits: BigInt(minorUnits), currency })
}

function idElement(value: string): string {
  return textElement('ram:ID', value)
}

/** Omits the element if the value is empty, because the standard does not allow empty elements. */
function textElement(name: string, value: string | null | undefined): string {
  return value ? element(name, escapeXml(value)) : ''
}

function element(name: string, ...content: readonly (string | number)[]): string {
  return `<${name}>${content.join('')}</${name}>`
}

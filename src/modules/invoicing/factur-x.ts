import type { Seller } from '../../config/config.js'
import { toLocalDate } from '../../core/local-date.js'
import { exponentOf, formatDecimal } from '../../core/money.js'
import { hasVatIdShape, normalizeVatId } from '../../core/vat-id.js'
import { escapeXml } from '../../platform/pdf/syntax.js'
import type { Buyer } from './buyer.rules.js'
import { type DocumentLine, type DocumentSnapshot, isTaxed, lastIncludedMoment, type TaxLine } from './invoice.rules.js'

const GUIDELINE = 'urn:cen.eu:en16931:2017'
const STANDARD = 'urn:un:unece:uncefact:data:standard'
const NAMESPACES = Object.entries({
  rsm: 'CrossIndustryInvoice',
  ram: 'ReusableAggregateBusinessInformationEntity',
  udt: 'UnqualifiedDataType',
  qdt: 'QualifiedDataType',
}).map(([prefix, name]) => ` xmlns:${prefix}="${STANDARD}:${name}:100"`)
/** UNTDID 1001 */
const TYPE_CODES = { INVOICE: '380', CREDIT_NOTE: '381' } as const
/** UN/ECE Recommendation 20: "one". */
const UNIT_CODE = 'unitCode="C62"'
/** The standard has no more digits, so that amounts in dinars of a thousand fils cannot be said in it. */
const MAX_FRACTION_DIGITS = 2

/** UNTDID 5305, and the words for why nothing is charged, with their VATEX code. Source: EN 16931-1, BG-23. */
const CATEGORIES: Record<TaxLine['category'], { code: string; reason?: string; reasonCode?: string }> = {
  STANDARD: { code: 'S' },
  ZERO: { code: 'Z' },
  EXEMPT: { code: 'E' },
  REVERSE_CHARGE: { code: 'AE', reason: 'Reverse charge', reasonCode: 'VATEX-EU-AE' },
  NOT_TAXED: { code: 'O', reason: 'Not subject to VAT', reasonCode: 'VATEX-EU-O' },
}

/**
 * The invoice for accounting software: Cross Industry Invoice of UN/CEFACT in the profile EN 16931.
 * @returns undefined for what the standard has no place for: documents that are no tax documents, currencies with
 * three decimals, sellers without country and tax number, buyers without country
 */
export function facturX(document: DocumentSnapshot): string | undefined {
  const { kind, number, currency, issuer, buyer, lines } = document
  const sold = lines.filter(({ amount }) => !amount.startsWith('-'))
  if (
    (kind !== 'INVOICE' && kind !== 'CREDIT_NOTE') ||
    number === null ||
    document.merchantOfRecord ||
    exponentOf(currency) > MAX_FRACTION_DIGITS
  )
    return undefined
  if (!issuer.country || !issuer.taxId || !buyer.country || sold.length === 0) return undefined
  const context = element('rsm:ExchangedDocumentContext', element('ram:GuidelineSpecifiedDocumentContextParameter', id(GUIDELINE)))
  const head = element(
    'rsm:ExchangedDocument',
    id(number),
    element('ram:TypeCode', TYPE_CODES[kind]),
    date('ram:IssueDateTime', document.date, document),
  )
  const shared = { category: categoryOf(document), period: period(document) }
  const transaction = element(
    'rsm:SupplyChainTradeTransaction',
    ...sold.map((line, index) => lineItem(document, line, index + 1, shared)),
    agreement(document),
    element(
      'ram:ApplicableHeaderTradeDelivery',
      element('ram:ActualDeliverySupplyChainEvent', date('ram:OccurrenceDateTime', document.supplyDate, document)),
    ),
    settlement(document),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice${NAMESPACES.join('')}>${context}${head}${transaction}</rsm:CrossIndustryInvoice>`
}

/** What all lines of a document have. */
interface Shared {
  category: string
  period: string
}

/** The price is that of the whole quantity, for that of one may not be a round number. */
function lineItem(document: DocumentSnapshot, { description, quantity, amount }: DocumentLine, number: number, shared: Shared): string {
  return element(
    'ram:IncludedSupplyChainTradeLineItem',
    element('ram:AssociatedDocumentLineDocument', element('ram:LineID', number)),
    element('ram:SpecifiedTradeProduct', text('ram:Name', description)),
    element(
      'ram:SpecifiedLineTradeAgreement',
      element(
        'ram:NetPriceProductTradePrice',
        money('ram:ChargeAmount', amount, document),
        `<ram:BasisQuantity ${UNIT_CODE}>${quantity}</ram:BasisQuantity>`,
      ),
    ),
    element('ram:SpecifiedLineTradeDelivery', `<ram:BilledQuantity ${UNIT_CODE}>${quantity}</ram:BilledQuantity>`),
    element(
      'ram:SpecifiedLineTradeSettlement',
      element('ram:ApplicableTradeTax', shared.category),
      shared.period,
      element('ram:SpecifiedTradeSettlementLineMonetarySummation', money('ram:LineTotalAmount', amount, document)),
    ),
  )
}

function agreement({ issuer, buyer, orderId, taxes }: DocumentSnapshot): string {
  // Rule BR-O-02: what is not subject to VAT names no VAT numbers.
  const taxed = taxes.every(isTaxed)
  return element(
    'ram:ApplicableHeaderTradeAgreement',
    party('ram:SellerTradeParty', issuer, taxed, true),
    party('ram:BuyerTradeParty', buyer, taxed, false),
    element('ram:SellerOrderReferencedDocument', element('ram:IssuerAssignedID', orderId)),
  )
}

/** A tax number that is no VAT number stands as the party's identifier, the seller's also as its tax registration. */
function party(name: string, who: Seller | Buyer, taxed: boolean, isSeller: boolean): string {
  const { country, taxId, email } = who
  const vatId = country && taxId && taxed && hasVatIdShape(country, taxId) ? normalizeVatId(taxId) : undefined
  const registration = (scheme: string, value: string) =>
    element('ram:SpecifiedTaxRegistration', `<ram:ID schemeID="${scheme}">${escapeXml(value)}</ram:ID>`)
  return element(
    name,
    taxId && !vatId ? id(taxId) : '',
    text('ram:Name', who.name),
    address(who),
    email ? element('ram:URIUniversalCommunication', `<ram:URIID schemeID="EM">${escapeXml(email)}</ram:URIID>`) : '',
    vatId ? registration('VA', vatId) : '',
    isSeller && taxId && !vatId ? registration('FC', taxId) : '',
  )
}

function address({ zip, address: street, city, state, country }: Seller | Buyer): string {
  const [one, two, ...more] = street?.split('\n') ?? []
  return element(
    'ram:PostalTradeAddress',
    text('ram:PostcodeCode', zip),
    text('ram:LineOne', one),
    text('ram:LineTwo', two),
    text('ram:LineThree', more.join(', ')),
    text('ram:CityName', city),
    text('ram:CountryID', country),
    text('ram:CountrySubDivisionName', state),
  )
}

function settlement(document: DocumentSnapshot): string {
  const { currency, taxes, lines, credited } = document
  return element(
    'ram:ApplicableHeaderTradeSettlement',
    element('ram:InvoiceCurrencyCode', currency),
    ...taxes.map((line) => taxOf(document, line)),
    period(document),
    ...lines.filter(({ amount }) => amount.startsWith('-')).map((line) => allowance(document, line)),
    element('ram:SpecifiedTradePaymentTerms', date('ram:DueDateDateTime', document.dueDate, document)),
    totals(document),
    credited
      ? element(
          'ram:InvoiceReferencedDocument',
          text('ram:IssuerAssignedID', credited.number),
          date('ram:FormattedIssueDateTime', credited.date, document, 'qdt'),
        )
      : '',
  )
}

function taxOf(document: DocumentSnapshot, line: TaxLine): string {
  const { code, reason, reasonCode } = CATEGORIES[line.category]
  return element(
    'ram:ApplicableTradeTax',
    money('ram:CalculatedAmount', line.tax, document),
    element('ram:TypeCode', 'VAT'),
    text('ram:ExemptionReason', line.exemption ?? reason),
    money('ram:BasisAmount', line.net, document),
    element('ram:CategoryCode', code),
    text('ram:ExemptionReasonCode', reasonCode),
    percent(line),
  )
}

/** A discount: the standard has no negative prices (BR-27). */
function allowance(document: DocumentSnapshot, { description, amount }: DocumentLine): string {
  return element(
    'ram:SpecifiedTradeAllowanceCharge',
    element('ram:ChargeIndicator', element('udt:Indicator', 'false')),
    money('ram:ActualAmount', amount.slice(1), document),
    text('ram:Reason', description),
    element('ram:CategoryTradeTax', categoryOf(document)),
  )
}

function totals(document: DocumentSnapshot): string {
  const { lines, subtotal, tax, total, paid, currency } = document
  const sum = (amounts: readonly string[]) => amounts.reduce((all, amount) => all + BigInt(amount), 0n).toString()
  const amounts = lines.map(({ amount }) => amount)
  const allowances = sum(amounts.filter((amount) => amount.startsWith('-')).map((amount) => amount.slice(1)))
  return element(
    'ram:SpecifiedTradeSettlementHeaderMonetarySummation',
    money('ram:LineTotalAmount', sum(amounts.filter((amount) => !amount.startsWith('-'))), document),
    money('ram:ChargeTotalAmount', '0', document),
    money('ram:AllowanceTotalAmount', allowances, document),
    money('ram:TaxBasisTotalAmount', subtotal, document),
    `<ram:TaxTotalAmount currencyID="${currency}">${decimal(tax, document)}</ram:TaxTotalAmount>`,
    money('ram:GrandTotalAmount', total, document),
    money('ram:TotalPrepaidAmount', paid ? total : '0', document),
    money('ram:DuePayableAmount', paid ? '0' : total, document),
  )
}

/** All lines of a document have one rate. */
function categoryOf({ taxes: [line] }: DocumentSnapshot): string {
  if (!line) return ''
  return `${element('ram:TypeCode', 'VAT')}${element('ram:CategoryCode', CATEGORIES[line.category].code)}${percent(line)}`
}

/** Rule BR-O-05: what is not subject to VAT has no rate, not even 0. */
function percent(line: TaxLine): string {
  return !isTaxed(line) ? '' : element('ram:RateApplicablePercent', (line.basisPoints / 100).toFixed(2))
}

function period(document: DocumentSnapshot): string {
  if (!document.period) return ''
  return element(
    'ram:BillingSpecifiedPeriod',
    date('ram:StartDateTime', document.period.start, document),
    date('ram:EndDateTime', lastIncludedMoment(document.period.end), document),
  )
}

/** Format 102: year, month, day, as the seller's calendar has it. */
function date(name: string, iso: string, { timeZone }: DocumentSnapshot, prefix = 'udt'): string {
  const day = toLocalDate(new Date(iso), timeZone).replaceAll('-', '')
  return element(name, `<${prefix}:DateTimeString format="102">${day}</${prefix}:DateTimeString>`)
}

function money(name: string, minorUnits: string, document: DocumentSnapshot): string {
  return element(name, decimal(minorUnits, document))
}

function decimal(minorUnits: string, { currency }: DocumentSnapshot): string {
  return formatDecimal({ minorUnits: BigInt(minorUnits), currency })
}

function id(value: string): string {
  return text('ram:ID', value)
}

/** Nothing for nothing: the standard has no empty elements. */
function text(name: string, value: string | null | undefined): string {
  return value ? element(name, escapeXml(value)) : ''
}

function element(name: string, ...content: readonly (string | number)[]): string {
  return `<${name}>${content.join('')}</${name}>`
}

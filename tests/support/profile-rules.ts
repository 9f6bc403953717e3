import { XmlDocument } from 'libxml2-wasm'
import type { InvoiceFormat } from '../../src/modules/invoicing/document-snapshot.js'
import { NAMESPACES } from './en16931-paths.js'

const SELLER = '//ram:SellerTradeParty'
const BUYER = '//ram:BuyerTradeParty'
const MEANS = '//ram:SpecifiedTradeSettlementPaymentMeans'
const SUMS = '//ram:SpecifiedTradeSettlementHeaderMonetarySummation'
const PROCESS = '//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID'
const GUIDELINE = '//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID'
const PEPPOL_PROCESS = '"urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"'
const noteCount = (subject: string) => `count(//ram:IncludedNote[ram:SubjectCode = "${subject}" and normalize-space(ram:Content)])`
const isPaidProcess = `${PROCESS} = "S2"`
const FRENCH_RATES = '0 0.9 1.05 1.75 2.1 5.5 7 8.5 9.2 9.6 10 13 19.6 20 20.6'.split(' ').map((rate) => `. = "${rate}"`)

/** What each profile adds to EN 16931, as XPath expressions that must be true. The names are those of the published rules. */
const RULES: Readonly<Record<InvoiceFormat, Readonly<Record<string, string>>>> = {
  FACTUR_X: { guideline: `${GUIDELINE} = "urn:cen.eu:en16931:2017" and not(${PROCESS})` },
  XRECHNUNG: {
    'BR-DE-1': `count(${MEANS}/ram:TypeCode) > 0`,
    'BR-DE-3': `${SELLER}/ram:PostalTradeAddress/ram:CityName`,
    'BR-DE-4': `${SELLER}/ram:PostalTradeAddress/ram:PostcodeCode`,
    'BR-DE-5': `${SELLER}/ram:DefinedTradeContact/ram:PersonName`,
    'BR-DE-7': `contains(${SELLER}/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID, "@")`,
    'BR-DE-8': `${BUYER}/ram:PostalTradeAddress/ram:CityName`,
    'BR-DE-9': `${BUYER}/ram:PostalTradeAddress/ram:PostcodeCode`,
    'BR-DE-14': 'not(//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax[not(ram:RateApplicablePercent)])',
    'BR-DE-15': 'normalize-space(//ram:BuyerReference)',
    'BR-DE-17': '//rsm:ExchangedDocument/ram:TypeCode[. = "380" or . = "381"]',
    'BR-DE-21': `${GUIDELINE} = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"`,
    'BR-DE-23': `not(${MEANS}[ram:TypeCode = "30" and not(ram:PayeePartyCreditorFinancialAccount/ram:IBANID)])`,
    'BR-DE-27': `string-length(translate(${SELLER}//ram:CompleteNumber, translate(${SELLER}//ram:CompleteNumber, "0123456789", ""), "")) > 2`,
    'BR-DE-TMP-32': '//ram:ActualDeliverySupplyChainEvent or //ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod',
    'PEPPOL-EN16931-R001': `${PROCESS} = ${PEPPOL_PROCESS}`,
    'PEPPOL-EN16931-R010': `${BUYER}/ram:URIUniversalCommunication/ram:URIID[@schemeID]`,
    'PEPPOL-EN16931-R020': `${SELLER}/ram:URIUniversalCommunication/ram:URIID[@schemeID]`,
  },
  PEPPOL: {
    'PEPPOL-EN16931-R001': `/*/cbc:ProfileID = ${PEPPOL_PROCESS}`,
    'PEPPOL-EN16931-R002': 'count(/*/cbc:Note) < 2',
    'PEPPOL-EN16931-R003': '/*/cbc:BuyerReference or /*/cac:OrderReference/cbc:ID',
    'PEPPOL-EN16931-R004': '/*/cbc:CustomizationID = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"',
    'PEPPOL-EN16931-R005': 'not(/*/cbc:TaxCurrencyCode = /*/cbc:DocumentCurrencyCode)',
    'PEPPOL-EN16931-R010': 'string-length(/*/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID) = 4',
    'PEPPOL-EN16931-R020': 'string-length(/*/cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID) = 4',
    'PEPPOL-EN16931-R051': 'not(//@currencyID[. != /*/cbc:DocumentCurrencyCode and . != string(/*/cbc:TaxCurrencyCode)])',
    'PEPPOL-EN16931-R053': 'count(/*/cac:TaxTotal[cac:TaxSubtotal]) = 1',
    'PEPPOL-EN16931-R054': 'count(/*/cac:TaxTotal[not(cac:TaxSubtotal)]) = count(/*/cbc:TaxCurrencyCode)',
    'PEPPOL-EN16931-R110': 'not(//cac:InvoiceLine/cac:InvoicePeriod[cbc:StartDate != /*/cac:InvoicePeriod/cbc:StartDate])',
    'PEPPOL-EN16931-R121': 'not(//cbc:BaseQuantity[. <= 0])',
    'PEPPOL-EN16931-R130': 'not(//cbc:BaseQuantity[@unitCode != "C62"])',
    'PEPPOL-EN16931-F001': 'not(//*[contains(local-name(), "Date") and not(*) and string-length() != 10])',
    'PEPPOL-EN16931-P0100, P0101': '/*/cbc:InvoiceTypeCode = "380" or /*/cbc:CreditNoteTypeCode = "381"',
    'NL-R-001': 'not(/*/cbc:CreditNoteTypeCode) or /*/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID',
  },
  FRANCE: {
    'BR-FR-01': 'string-length(//rsm:ExchangedDocument/ram:ID) <= 35',
    'BR-FR-04': '//rsm:ExchangedDocument/ram:TypeCode[. = "380" or . = "381"]',
    'BR-FR-05, BR-FR-06': `${noteCount('PMT')} = 1 and ${noteCount('PMD')} = 1 and ${noteCount('AAB')} = 1`,
    'BR-FR-08': `${PROCESS}[. = "S1" or . = "S2"]`,
    'BR-FR-10': `string-length(number(${SELLER}/ram:SpecifiedLegalOrganization/ram:ID[@schemeID = "0002"])) = 9`,
    'BR-FR-11': `string-length(number(${BUYER}/ram:SpecifiedLegalOrganization/ram:ID[@schemeID = "0002"])) = 9 or ${BUYER}//ram:CountryID != "FR"`,
    'BR-FR-12': `${BUYER}/ram:URIUniversalCommunication/ram:URIID`,
    'BR-FR-13': `${SELLER}/ram:URIUniversalCommunication/ram:URIID`,
    'BR-FR-16': `not(//ram:RateApplicablePercent[not(${FRENCH_RATES.join(' or ')})])`,
    'BR-FR-21': `${BUYER}//ram:CountryID != "FR" or starts-with(${BUYER}/ram:URIUniversalCommunication/ram:URIID, ${BUYER}/ram:SpecifiedLegalOrganization/ram:ID)`,
    'BR-FR-CO-05':
      '//rsm:ExchangedDocument/ram:TypeCode != "381" or //ram:InvoiceReferencedDocument[ram:IssuerAssignedID]//qdt:DateTimeString',
    'BR-FR-CO-07': `${isPaidProcess} or number(//ram:DueDateDateTime) >= number(//ram:IssueDateTime)`,
    'BR-FR-CO-09': `not(${isPaidProcess}) or (${SUMS}/ram:DuePayableAmount = 0 and ${SUMS}/ram:TotalPrepaidAmount = ${SUMS}/ram:GrandTotalAmount)`,
    'BR-FR-CO-12': `//ram:InvoiceCurrencyCode = "EUR" or (//ram:TaxCurrencyCode = "EUR" and ${SUMS}/ram:TaxTotalAmount[@currencyID = "EUR"])`,
  },
}

/** @returns the violated rules that a profile adds to EN 16931 */
export function violatedProfileRules(xml: string, format: InvoiceFormat): string[] {
  const document = XmlDocument.fromString(xml)
  try {
    return Object.entries(RULES[format]).flatMap(([rule, path]) => (document.eval(`boolean(${path})`, NAMESPACES) === true ? [] : rule))
  } finally {
    document.dispose()
  }
}

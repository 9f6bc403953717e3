const STANDARD = 'urn:un:unece:uncefact:data:standard'
const SCHEMA = 'urn:oasis:names:specification:ubl:schema:xsd'

export const NAMESPACES = {
  rsm: `${STANDARD}:CrossIndustryInvoice:100`,
  ram: `${STANDARD}:ReusableAggregateBusinessInformationEntity:100`,
  udt: `${STANDARD}:UnqualifiedDataType:100`,
  qdt: `${STANDARD}:QualifiedDataType:100`,
  cac: `${SCHEMA}:CommonAggregateComponents-2`,
  cbc: `${SCHEMA}:CommonBasicComponents-2`,
}

const SUMS = '//ram:SpecifiedTradeSettlementHeaderMonetarySummation'
const SETTLEMENT = '//ram:ApplicableHeaderTradeSettlement'
const AGREEMENT = '//ram:ApplicableHeaderTradeAgreement'

/** Where the syntax CII has the terms of EN 16931. Paths of lines, discounts, the breakdown and parties are relative to them. */
export const CII = {
  line: '//ram:IncludedSupplyChainTradeLineItem',
  lineName: 'ram:SpecifiedTradeProduct/ram:Name',
  lineAmount: './/ram:LineTotalAmount',
  price: './/ram:ChargeAmount',
  priceQuantity: './/ram:BasisQuantity',
  quantity: './/ram:BilledQuantity',
  allowance: `${SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge`,
  allowanceAmount: 'ram:ActualAmount',
  allowanceReason: 'ram:Reason',
  usedCategory: './/ram:CategoryCode',
  usedRate: 'ram:RateApplicablePercent',
  breakdown: `${SETTLEMENT}/ram:ApplicableTradeTax`,
  category: 'ram:CategoryCode',
  rate: 'ram:RateApplicablePercent',
  categoryBasis: 'ram:BasisAmount',
  categoryTax: 'ram:CalculatedAmount',
  exemption: 'ram:ExemptionReason | ram:ExemptionReasonCode',
  lines: `${SUMS}/ram:LineTotalAmount`,
  allowances: `${SUMS}/ram:AllowanceTotalAmount`,
  charges: `${SUMS}/ram:ChargeTotalAmount`,
  net: `${SUMS}/ram:TaxBasisTotalAmount`,
  tax: `${SUMS}/ram:TaxTotalAmount[@currencyID = //ram:InvoiceCurrencyCode]`,
  accountingCurrency: '//ram:TaxCurrencyCode',
  accountingTax: `${SUMS}/ram:TaxTotalAmount[@currencyID = //ram:TaxCurrencyCode]`,
  gross: `${SUMS}/ram:GrandTotalAmount`,
  prepaid: `${SUMS}/ram:TotalPrepaidAmount`,
  due: `${SUMS}/ram:DuePayableAmount`,
  seller: `${AGREEMENT}/ram:SellerTradeParty`,
  buyer: `${AGREEMENT}/ram:BuyerTradeParty`,
  name: 'ram:Name',
  identifier: 'ram:ID',
  registration: 'ram:SpecifiedLegalOrganization/ram:ID',
  vatId: 'ram:SpecifiedTaxRegistration/ram:ID[@schemeID="VA"]',
  taxNumber: 'ram:SpecifiedTaxRegistration/ram:ID[@schemeID="FC"]',
  country: 'ram:PostalTradeAddress/ram:CountryID',
  addressWithoutScheme: '//ram:URIUniversalCommunication/ram:URIID[not(@schemeID)]',
}

export type SyntaxPaths = typeof CII

const MONETARY = '/*/cac:LegalMonetaryTotal'
const TAX_TOTAL = '/*/cac:TaxTotal'

/** The same for UBL. */
export const UBL: SyntaxPaths = {
  line: '/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine]',
  lineName: 'cac:Item/cbc:Name',
  lineAmount: 'cbc:LineExtensionAmount',
  price: 'cac:Price/cbc:PriceAmount',
  priceQuantity: 'cac:Price/cbc:BaseQuantity',
  quantity: 'cbc:InvoicedQuantity | cbc:CreditedQuantity',
  allowance: '/*/cac:AllowanceCharge',
  allowanceAmount: 'cbc:Amount',
  allowanceReason: 'cbc:AllowanceChargeReason',
  usedCategory: './/cac:ClassifiedTaxCategory/cbc:ID | cac:TaxCategory/cbc:ID',
  usedRate: 'cbc:Percent',
  breakdown: `${TAX_TOTAL}/cac:TaxSubtotal`,
  category: 'cac:TaxCategory/cbc:ID',
  rate: 'cac:TaxCategory/cbc:Percent',
  categoryBasis: 'cbc:TaxableAmount',
  categoryTax: 'cbc:TaxAmount',
  exemption: 'cac:TaxCategory/cbc:TaxExemptionReason | cac:TaxCategory/cbc:TaxExemptionReasonCode',
  lines: `${MONETARY}/cbc:LineExtensionAmount`,
  allowances: `${MONETARY}/cbc:AllowanceTotalAmount`,
  charges: `${MONETARY}/cbc:ChargeTotalAmount`,
  net: `${MONETARY}/cbc:TaxExclusiveAmount`,
  tax: `${TAX_TOTAL}[cac:TaxSubtotal]/cbc:TaxAmount`,
  accountingCurrency: '/*/cbc:TaxCurrencyCode',
  accountingTax: `${TAX_TOTAL}[not(cac:TaxSubtotal)]/cbc:TaxAmount[@currencyID = /*/cbc:TaxCurrencyCode]`,
  gross: `${MONETARY}/cbc:TaxInclusiveAmount`,
  prepaid: `${MONETARY}/cbc:PrepaidAmount`,
  due: `${MONETARY}/cbc:PayableAmount`,
  seller: '/*/cac:AccountingSupplierParty/cac:Party',
  buyer: '/*/cac:AccountingCustomerParty/cac:Party',
  name: 'cac:PartyLegalEntity/cbc:RegistrationName',
  identifier: 'cac:PartyIdentification/cbc:ID',
  registration: 'cac:PartyLegalEntity/cbc:CompanyID',
  vatId: 'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID="VAT"]/cbc:CompanyID',
  taxNumber: 'cac:PartyTaxScheme[cac:TaxScheme/cbc:ID!="VAT"]/cbc:CompanyID',
  country: 'cac:PostalAddress/cac:Country/cbc:IdentificationCode',
  addressWithoutScheme: '//cbc:EndpointID[not(@schemeID)]',
}

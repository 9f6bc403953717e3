import { XmlDocument, type XmlNode } from 'libxml2-wasm'

const STANDARD = 'urn:un:unece:uncefact:data:standard'
const NAMESPACES = {
  rsm: `${STANDARD}:CrossIndustryInvoice:100`,
  ram: `${STANDARD}:ReusableAggregateBusinessInformationEntity:100`,
  udt: `${STANDARD}:UnqualifiedDataType:100`,
}

/**
 * Checks the main rules of EN 16931 on an XML invoice.
 * Source: EN 16931-1:2017, 6.4, including the names of the rules.
 * @returns the violated rules, each with the value that was found
 */
export function violatedRules(xml: string): string[] {
  const document = XmlDocument.fromString(xml)
  try {
    return [...documentRules(document), ...categoryRules(document), ...partyRules(document)].flatMap(([rule, holds, found]) =>
      holds ? [] : `${rule} ${JSON.stringify(found, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}`,
    )
  } finally {
    document.dispose()
  }
}

type RuleResult = [rule: string, holds: boolean, found?: unknown]
type XmlContext = XmlDocument | XmlNode

function texts(context: XmlContext, path: string): string[] {
  return context.find(path, NAMESPACES).map((node) => node.content)
}

function one(context: XmlContext, path: string): string {
  const [first, ...more] = texts(context, path)
  if (first === undefined || more.length > 0) throw new Error(`${more.length + (first === undefined ? 0 : 1)} x ${path}`)
  return first
}

/** Parses a decimal to hundredths: "12.34" is 1234, and "12" in a currency without decimals is 1200. */
function cents(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(decimal)
  if (!match) throw new Error(`BR-DEC: "${decimal}" is not an amount with at most two decimals`)
  const value = BigInt(`${match[2]}${(match[3] ?? '').padEnd(2, '0')}`)
  return match[1] ? -value : value
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)
const LINES = '//ram:IncludedSupplyChainTradeLineItem'
const SUMS = '//ram:SpecifiedTradeSettlementHeaderMonetarySummation'
const BREAKDOWN = '//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax'
const ALLOWANCES = '//ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge'

function documentRules(document: XmlDocument): RuleResult[] {
  const total = (name: string) => cents(one(document, `${SUMS}/ram:${name}`))
  const amounts = (path: string) => texts(document, path).map(cents)
  const items = document.find(LINES, NAMESPACES)
  const net = total('LineTotalAmount') - total('AllowanceTotalAmount') + total('ChargeTotalAmount')
  return [
    ['BR-CO-10', total('LineTotalAmount') === sum(amounts(`${LINES}//ram:LineTotalAmount`))],
    ['BR-CO-11', total('AllowanceTotalAmount') === sum(amounts(`${ALLOWANCES}/ram:ActualAmount`))],
    ['BR-CO-12', total('ChargeTotalAmount') === 0n],
    ['BR-CO-13', total('TaxBasisTotalAmount') === net, net],
    ['BR-CO-14', total('TaxTotalAmount') === sum(amounts(`${BREAKDOWN}/ram:CalculatedAmount`))],
    ['BR-CO-15', total('GrandTotalAmount') === total('TaxBasisTotalAmount') + total('TaxTotalAmount')],
    ['BR-CO-16', total('DuePayableAmount') === total('GrandTotalAmount') - total('TotalPrepaidAmount')],
    ['BR-CO-18', texts(document, BREAKDOWN).length > 0],
    ['BR-16', items.length > 0],
    ['BR-33', texts(document, `${ALLOWANCES}/ram:Reason`).length === texts(document, ALLOWANCES).length],
    ...items.flatMap((item) => lineRules(item)),
  ]
}

function lineRules(item: XmlNode): RuleResult[] {
  const price = cents(one(item, './/ram:ChargeAmount'))
  const [quantity, basis] = [BigInt(one(item, './/ram:BilledQuantity')), BigInt(one(item, './/ram:BasisQuantity'))]
  return [
    ['BR-25', one(item, './/ram:SpecifiedTradeProduct/ram:Name') !== ''],
    ['BR-27', price >= 0n, price],
    ['quantity x net price', cents(one(item, './/ram:LineTotalAmount')) === (price * quantity) / basis],
  ]
}

function categoryRules(document: XmlDocument): RuleResult[] {
  const net = cents(one(document, `${SUMS}/ram:TaxBasisTotalAmount`))
  const categories = texts(document, `${BREAKDOWN}/ram:CategoryCode`)
  const used = texts(document, `${LINES}//ram:CategoryCode | ${ALLOWANCES}//ram:CategoryCode`)
  return [
    ['BR-*-01', used.every((category) => categories.includes(category)), used],
    ...document.find(BREAKDOWN, NAMESPACES).flatMap((line) => breakdownRules(document, line, net)),
  ]
}

/** All lines of an invoice have one tax rate, so the basis is the whole net amount. */
function breakdownRules(document: XmlDocument, line: XmlNode, net: bigint): RuleResult[] {
  const category = one(line, 'ram:CategoryCode')
  const [rate] = texts(line, 'ram:RateApplicablePercent')
  const [basis, tax] = [cents(one(line, 'ram:BasisAmount')), cents(one(line, 'ram:CalculatedAmount'))]
  const hasReason = texts(line, 'ram:ExemptionReason | ram:ExemptionReasonCode').length > 0
  // An amount that includes tax cannot always be split exactly: 9.99 at 20% is 8.32 and 1.67. A difference of
  // one cent is accepted, as in CEN's rules.
  const difference = tax * 10_000n - basis * cents(rate ?? '0')
  const sellerTaxIds = texts(document, '//ram:SellerTradeParty/ram:SpecifiedTaxRegistration')
  const vatIds = (party: string) => texts(document, `//ram:${party}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID="VA"]`)
  const common: RuleResult[] = [
    ['BR-CO-17', difference <= 10_000n && difference >= -10_000n, { basis, tax, rate }],
    [`BR-${category}-08`, basis === net, { basis, net }],
  ]
  if (category === 'O') {
    return [
      ...common,
      ['BR-O-02', vatIds('SellerTradeParty').length + vatIds('BuyerTradeParty').length === 0],
      ['BR-O-05', texts(document, '//ram:RateApplicablePercent').length === 0],
      ['BR-O-09', tax === 0n, tax],
      ['BR-O-10', hasReason],
    ]
  }
  common.push([`BR-${category}-02`, sellerTaxIds.length > 0])
  if (category === 'S') return [...common, ['BR-S-05', Number(rate) > 0, rate], ['BR-S-10', !hasReason]]
  return [
    ...common,
    [`BR-${category}-05`, Number(rate) === 0, rate],
    [`BR-${category}-09`, tax === 0n, tax],
    [`BR-${category}-10`, hasReason === (category !== 'Z')],
    ['BR-AE-02 (buyer)', category !== 'AE' || vatIds('BuyerTradeParty').length === 1],
  ]
}

function partyRules(document: XmlDocument): RuleResult[] {
  const seller = '//ram:SellerTradeParty'
  const identifiers = texts(document, `${seller}/ram:ID | ${seller}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID="VA"]`)
  const vatIds = texts(document, '//ram:SpecifiedTaxRegistration/ram:ID[@schemeID="VA"]')
  return [
    ['BR-06', one(document, `${seller}/ram:Name`) !== ''],
    ['BR-07', one(document, '//ram:BuyerTradeParty/ram:Name') !== ''],
    ['BR-09', one(document, `${seller}/ram:PostalTradeAddress/ram:CountryID`) !== ''],
    ['BR-11', one(document, '//ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID') !== ''],
    ['BR-CO-09', vatIds.every((vatId) => /^[A-Z]{2}/.test(vatId)), vatIds],
    ['BR-CO-26', identifiers.length > 0],
  ]
}

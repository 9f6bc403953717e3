import { XmlDocument, type XmlNode } from 'libxml2-wasm'
import { CII, NAMESPACES, type SyntaxPaths, UBL } from './en16931-paths.js'

/**
 * Checks the main rules of EN 16931 on an XML invoice, in CII or UBL.
 * Source: EN 16931-1:2017, 6.4, including the names of the rules.
 * @returns the violated rules, each with the value that was found
 */
export function violatedRules(xml: string): string[] {
  const document = XmlDocument.fromString(xml)
  try {
    const paths = document.root.name === 'CrossIndustryInvoice' ? CII : UBL
    return [...documentRules(document, paths), ...categoryRules(document, paths), ...partyRules(document, paths)].flatMap(
      ([rule, holds, found]) =>
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

function documentRules(document: XmlDocument, paths: SyntaxPaths): RuleResult[] {
  const total = (path: string) => cents(one(document, path))
  const amounts = (path: string) => texts(document, path).map(cents)
  const items = document.find(paths.line, NAMESPACES)
  const net = total(paths.lines) - total(paths.allowances) + total(paths.charges)
  const empty = texts(document, '//*[not(*) and not(normalize-space())]')
  return [
    ['no empty elements', empty.length === 0],
    ['BR-CO-10', total(paths.lines) === sum(items.map((item) => cents(one(item, paths.lineAmount))))],
    ['BR-CO-11', total(paths.allowances) === sum(amounts(`${paths.allowance}/${paths.allowanceAmount}`))],
    ['BR-CO-12', total(paths.charges) === 0n],
    ['BR-CO-13', total(paths.net) === net, net],
    ['BR-CO-14', total(paths.tax) === sum(amounts(`${paths.breakdown}/${paths.categoryTax}`))],
    ['BR-CO-15', total(paths.gross) === total(paths.net) + total(paths.tax)],
    ['BR-CO-16', total(paths.due) === total(paths.gross) - total(paths.prepaid)],
    ['BR-CO-18', texts(document, paths.breakdown).length > 0],
    ['BR-16', items.length > 0],
    ['BR-33', texts(document, `${paths.allowance}/${paths.allowanceReason}`).length === texts(document, paths.allowance).length],
    ['BR-53', texts(document, paths.accountingCurrency).length === texts(document, paths.accountingTax).length],
    ...items.flatMap((item) => lineRules(item, paths)),
  ]
}

function lineRules(item: XmlNode, paths: SyntaxPaths): RuleResult[] {
  const price = cents(one(item, paths.price))
  const [quantity, basis] = [BigInt(one(item, paths.quantity)), BigInt(one(item, paths.priceQuantity))]
  return [
    ['BR-25', one(item, paths.lineName) !== ''],
    ['BR-27', price >= 0n, price],
    ['quantity x net price', cents(one(item, paths.lineAmount)) === (price * quantity) / basis],
  ]
}

function categoryRules(document: XmlDocument, paths: SyntaxPaths): RuleResult[] {
  const categories = texts(document, `${paths.breakdown}/${paths.category}`)
  const used = [paths.line, paths.allowance].flatMap((path) => document.find(path, NAMESPACES).map((each) => one(each, paths.usedCategory)))
  return [
    ['BR-*-01', used.every((category) => categories.includes(category)), used],
    ...document.find(paths.breakdown, NAMESPACES).flatMap((line) => breakdownRules(document, line, paths)),
  ]
}

/** No document has two rates of the same category. */
function breakdownRules(document: XmlDocument, line: XmlNode, paths: SyntaxPaths): RuleResult[] {
  const category = one(line, paths.category)
  const amountsOf = (path: string, amount: string) => {
    const ofCategory = document.find(path, NAMESPACES).filter((each) => one(each, paths.usedCategory) === category)
    return sum(ofCategory.map((each) => cents(one(each, amount))))
  }
  const net = amountsOf(paths.line, paths.lineAmount) - amountsOf(paths.allowance, paths.allowanceAmount)
  const [rate = '0'] = texts(line, paths.rate)
  const [basis, tax] = [cents(one(line, paths.categoryBasis)), cents(one(line, paths.categoryTax))]
  const hasReason = texts(line, paths.exemption).length > 0
  // An amount that includes tax cannot always be split exactly: 9.99 at 20% is 8.32 and 1.67. A credit note splits a part of
  // amounts that are already rounded. So two cents are accepted; CEN's rules accept one unit. Rates have up to four decimals.
  const millionths = BigInt(Math.round(Number(rate) * 10_000))
  const difference = tax * 1_000_000n - basis * millionths
  const vatIds = (party: string) => texts(document, `${party}/${paths.vatId}`)
  const { seller, buyer } = paths
  const common: RuleResult[] = [
    ['BR-CO-17', difference <= 2_000_000n && difference >= -2_000_000n, { basis, tax, rate }],
    [`BR-${category}-08`, basis === net, { basis, net }],
  ]
  const ratesOfLines = texts(document, `${paths.line}//${paths.usedRate} | ${paths.allowance}//${paths.usedRate}`)
  if (category === 'O') {
    return [
      ...common,
      ['BR-O-02', vatIds(seller).length + vatIds(buyer).length === 0],
      ['BR-O-05', ratesOfLines.length === 0],
      ['BR-O-09', tax === 0n, tax],
      ['BR-O-10', hasReason],
    ]
  }
  common.push([`BR-${category}-02`, texts(document, `${seller}/${paths.vatId} | ${seller}/${paths.taxNumber}`).length > 0])
  if (category === 'S') return [...common, ['BR-S-05', Number(rate) > 0, rate], ['BR-S-10', !hasReason]]
  return [
    ...common,
    [`BR-${category}-05`, Number(rate) === 0, rate],
    [`BR-${category}-09`, tax === 0n, tax],
    [`BR-${category}-10`, hasReason === (category !== 'Z')],
    ['BR-AE-02 (buyer)', category !== 'AE' || texts(document, `${buyer}/${paths.vatId} | ${buyer}/${paths.registration}`).length > 0],
  ]
}

function partyRules(document: XmlDocument, { seller, buyer, ...paths }: SyntaxPaths): RuleResult[] {
  const identifiers = texts(document, `${seller}/${paths.identifier} | ${seller}/${paths.registration} | ${seller}/${paths.vatId}`)
  const vatIds = texts(document, `${seller}/${paths.vatId} | ${buyer}/${paths.vatId}`)
  return [
    ['BR-06', one(document, `${seller}/${paths.name}`) !== ''],
    ['BR-07', one(document, `${buyer}/${paths.name}`) !== ''],
    ['BR-09', one(document, `${seller}/${paths.country}`) !== ''],
    ['BR-11', one(document, `${buyer}/${paths.country}`) !== ''],
    ['BR-62, BR-63', texts(document, paths.addressWithoutScheme).length === 0],
    ['BR-CO-09', vatIds.every((vatId) => /^[A-Z]{2}/.test(vatId)), vatIds],
    ['BR-CO-26', identifiers.length > 0],
  ]
}

import { toLocalDate } from '../../core/local-date.js'
import { isInEuropeanUnion, normalizeVatId } from '../../core/vat-id.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { readTogether } from '../../platform/postgres/run-statement.js'
import type { BoundStatement } from '../../platform/postgres/statement.js'
import { bindForCustomer } from '../identity/index.js'
import { type DescribedLine, describeLines, parseOrderItem } from '../orders/index.js'
import type { Services } from '../services.js'
import { isConfirmation } from '../vat-checks/index.js'
import { buyerDetails } from './buyer.rules.js'
import type { BuyerDetails, InvoiceFormat, VatIdCheck } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import { FIND_VAT_CHECK, LIST_TAX_RATES, READ_PARTY } from './invoicing.statements.js'
import { decideTax, type TaxDecision, territoryOf } from './tax/tax.rules.js'

/** Current data of a sale that its invoice document shows. */
export interface InvoiceData {
  readonly lines: readonly DescribedLine[]
  readonly buyer: BuyerDetails
  readonly locale: string
  readonly tax: TaxDecision
  /** The fields of the billing details that an invoice must state and that are not known. Source: Directive 2006/112/EC, article 226. */
  readonly missing: readonly string[]
  /** The profile of the electronic invoice. */
  readonly format: InvoiceFormat
}

/**
 * @param withCredit  whether the lines include the credit for a replaced plan. A pro forma shows it; for an invoice, it is a
 *   credit note.
 */
export async function getInvoiceData(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  order: Order,
  { withCredit }: { withCredit: boolean },
): Promise<InvoiceData> {
  const items = await tx.orderItem.findMany({
    where: { orderId: order.id, ...(!withCredit && { kind: { not: 'UNUSED' } }) },
    orderBy: { position: 'asc' },
    select: { kind: true, parameters: true, description: true, quantity: true, unitPrice: true, amount: true },
  })
  const sale = await getBuyer(tx, services, order)
  return { ...sale, lines: describeLines(items.map(parseOrderItem), sale.locale) }
}

type CustomerReference = Pick<Order, 'userId' | 'organisationId'>

/** The statements that read a buyer and what decides about its tax. Run them together, alone or with others. */
export function bindBuyer({ config }: Pick<Services, 'config'>, customer: CustomerReference) {
  const { issuer, defaultCustomerCountry } = config.invoices
  const { userId: buyerId, organisationId: buyerOrganisationId } = customer
  const countries = { sellerCountry: issuer.country ? territoryOf(issuer.country) : null, defaultCountry: defaultCustomerCountry ?? null }
  return {
    party: bindForCustomer(READ_PARTY, customer, { buyerId, buyerOrganisationId }),
    taxRates: bindForCustomer(LIST_TAX_RATES, customer, countries),
    vatChecks: bindForCustomer(FIND_VAT_CHECK, customer, {}),
  }
}

type Bound = ReturnType<typeof bindBuyer>
/** What the statements of `bindBuyer` have read. */
export type BuyerRows = { readonly [Name in keyof Bound]: Bound[Name] extends BoundStatement<infer Row> ? readonly Row[] : never }

/**
 * Returns the buyer (the billing details of the organisation or the user, or at least a name) and the tax
 * decision.
 */
export async function getBuyer(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  customer: CustomerReference,
): Promise<Omit<InvoiceData, 'lines'>> {
  return toBuyer(services, customer, await readTogether(tx, bindBuyer(services, customer)))
}

/** Like `getBuyer`, from what was read together with other data. */
export async function toBuyer(
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  { userId, organisationId }: CustomerReference,
  rows: BuyerRows,
): Promise<Omit<InvoiceData, 'lines'>> {
  const { userName, organisationName, email, details } = partyOf(rows)
  const { locale: defaultLocale, format: defaultFormat, defaultCustomerCountry: country } = services.config.invoices
  const locale = details?.locale ?? defaultLocale
  const { messages } = messagesFor(locale)
  const fallbackNames =
    organisationId === null
      ? [userName, email, messages.userWithId(userId)]
      : [organisationName, messages.organisationWithId(organisationId)]
  const buyer = buyerDetails(details, { name: await findPrintableName(services, fallbackNames), email, country })
  const format = details?.format ?? defaultFormat
  const tax = decideTaxOf(services, { userId, organisationId }, buyer, rows)
  const missing = [
    ...(buyer.name === '' ? ['name'] : []),
    ...(buyer.country === null ? ['country'] : []),
    ...(tax.needsState ? ['state'] : []),
  ]
  return { buyer, locale, format, tax, missing }
}

/** The tax decision of a sale, from what was read of its buyer. */
export function decideTaxFor(services: Pick<Services, 'clock' | 'config'>, customer: CustomerReference, rows: BuyerRows): TaxDecision {
  const { email, details } = partyOf(rows)
  const defaults = { name: '', email, country: services.config.invoices.defaultCustomerCountry }
  return decideTaxOf(services, customer, buyerDetails(details, defaults), rows)
}

function partyOf({ party: [party] }: BuyerRows) {
  if (!party) throw new Error('the buyer does not exist')
  const { name } = party
  return { ...party, details: name === null ? null : { ...party, name } }
}

function decideTaxOf(
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  customer: CustomerReference,
  buyer: BuyerDetails,
  { taxRates, vatChecks }: BuyerRows,
): TaxDecision {
  const { issuer, timeZone, isOssRegistered } = config.invoices
  const at = clock.now()
  return decideTax({
    seller: { country: null, taxId: null, ...issuer },
    buyer,
    customerType: customer.organisationId === null ? 'USER' : 'ORGANISATION',
    rates: taxRates.map((rate) => ({ ...rate, validFrom: new Date(rate.validFrom) })),
    check: findEvidence(vatChecks, issuer.country, buyer, at),
    isOssRegistered,
    day: toLocalDate(at, timeZone),
  })
}

/** The confirmation of the buyer's VAT id, if the tax depends on it. */
function findEvidence(
  checks: BuyerRows['vatChecks'],
  sellerCountry: string | undefined,
  { country, taxId }: BuyerDetails,
  at: Date,
): VatIdCheck | null {
  if (!taxId || !country || !sellerCountry) return null
  const [home, abroad] = [territoryOf(sellerCountry), territoryOf(country)]
  if (home === abroad || !isInEuropeanUnion(home) || !isInEuropeanUnion(abroad)) return null
  const id = normalizeVatId(taxId)
  const check = checks.find(({ vatId }) => vatId === id)
  if (!check?.result || !check.checkedAt || !isConfirmation(check.status, { result: check.result, checkedAt: check.checkedAt }, at))
    return null
  const { name, consultationNumber, checkedAt } = check
  return { method: 'VIES', vatId: id, at: checkedAt.toISOString(), name, consultationNumber }
}

/**
 * Returns the first name that the fonts can display. Unlike billing details, names from the panel are not
 * validated.
 */
async function findPrintableName(
  { findMissingGlyph }: Pick<Services, 'findMissingGlyph'>,
  names: readonly (string | null)[],
): Promise<string> {
  for (const name of names) if (name && !(await findMissingGlyph(name))) return name
  return ''
}

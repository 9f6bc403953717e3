import { toLocalDate } from '../../core/local-date.js'
import { isInEuropeanUnion, normalizeVatId } from '../../core/vat-id.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { type DescribedLine, describeLines, parseOrderItem } from '../orders/index.js'
import type { Services } from '../services.js'
import { findConfirmation } from '../vat-checks/index.js'
import { buyerDetails } from './buyer.rules.js'
import type { BuyerDetails, InvoiceFormat, VatIdCheck } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import { decideTax, type TaxDecision, territoryOf } from './tax/tax.rules.js'
import { listTaxRatesFor } from './tax/tax-rates.js'

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

/**
 * Returns the buyer (the billing details of the organisation or the user, or at least a name) and the tax
 * decision.
 */
export async function getBuyer(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  { userId, organisationId }: CustomerReference,
): Promise<Omit<InvoiceData, 'lines'>> {
  const { user, organisation, details } = await readParty(tx, { userId, organisationId })
  const { locale: defaultLocale, format: defaultFormat, defaultCustomerCountry: country } = services.config.invoices
  const locale = details?.locale ?? defaultLocale
  const { messages } = messagesFor(locale)
  const fallbackNames = organisation
    ? [organisation.name, messages.organisationWithId(organisation.id)]
    : [user.name, user.email, messages.userWithId(userId)]
  const buyer = buyerDetails(details, { name: await findPrintableName(services, fallbackNames), email: user.email, country })
  const format = details?.invoiceFormat ?? defaultFormat
  const tax = await decideTaxOf(tx, services, { userId, organisationId }, buyer)
  const missing = [
    ...(buyer.name === '' ? ['name'] : []),
    ...(buyer.country === null ? ['country'] : []),
    ...(tax.needsState ? ['state'] : []),
  ]
  return { buyer, locale, format, tax, missing }
}

/** Returns the tax decision of a sale without the name of the buyer. */
export async function getTaxDecision(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  customer: CustomerReference,
): Promise<TaxDecision> {
  const { user, details } = await readParty(tx, customer)
  const defaults = { name: '', email: user.email, country: services.config.invoices.defaultCustomerCountry }
  return decideTaxOf(tx, services, customer, buyerDetails(details, defaults))
}

async function readParty(tx: Transaction, { userId, organisationId }: CustomerReference) {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { billingDetails: true } })
  const organisation =
    organisationId === null
      ? null
      : await tx.organisation.findUniqueOrThrow({ where: { id: organisationId }, include: { billingDetails: true } })
  return { user, organisation, details: (organisation ?? user).billingDetails[0] ?? null }
}

async function decideTaxOf(
  tx: Transaction,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  customer: CustomerReference,
  buyer: BuyerDetails,
): Promise<TaxDecision> {
  const { issuer, timeZone, isOssRegistered } = config.invoices
  const at = clock.now()
  return decideTax({
    seller: { country: null, taxId: null, ...issuer },
    buyer,
    customerType: customer.organisationId === null ? 'USER' : 'ORGANISATION',
    rates: await listTaxRatesFor(tx, [issuer.country, buyer.country]),
    check: await findEvidence(tx, customer, issuer.country, buyer, at),
    isOssRegistered,
    day: toLocalDate(at, timeZone),
  })
}

/** The confirmation of the buyer's VAT id, if the tax depends on it. */
async function findEvidence(
  tx: Transaction,
  customer: CustomerReference,
  sellerCountry: string | undefined,
  { country, taxId }: BuyerDetails,
  at: Date,
): Promise<VatIdCheck | null> {
  if (!taxId || !country || !sellerCountry) return null
  const [home, abroad] = [territoryOf(sellerCountry), territoryOf(country)]
  if (home === abroad || !isInEuropeanUnion(home) || !isInEuropeanUnion(abroad)) return null
  const vatId = normalizeVatId(taxId)
  const check = await findConfirmation(tx, customer, vatId, at)
  if (!check) return null
  const { name, consultationNumber, checkedAt } = check
  return { method: 'VIES', vatId, at: checkedAt.toISOString(), name, consultationNumber }
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

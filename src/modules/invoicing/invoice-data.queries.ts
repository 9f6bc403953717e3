import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import type { OrderLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { type Buyer, buyerOf } from './buyer.rules.js'
import { decideTax, type TaxDecision } from './tax/tax.rules.js'
import { listTaxRatesFor } from './tax/tax-rates.js'

/** Everything of a sale that a document shows, as it is now. */
export interface InvoiceData {
  readonly lines: readonly OrderLine[]
  readonly buyer: Buyer
  readonly locale: string
  readonly tax: TaxDecision
}

export async function getInvoiceData(tx: Transaction, services: Services, order: Order): Promise<InvoiceData> {
  const lines = await tx.orderItem.findMany({
    where: { orderId: order.id },
    orderBy: { position: 'asc' },
    select: { description: true, quantity: true, unitPrice: true, amount: true },
  })
  return { lines, ...(await getBuyer(tx, services, order)) }
}

type CustomerReference = Pick<Order, 'userId' | 'organisationId'>

/** Who the document is made out to (the organisation's or user's billing details, or at least a name), and the tax they pay. */
export async function getBuyer(
  tx: Transaction,
  services: Services,
  { userId, organisationId }: CustomerReference,
): Promise<Omit<InvoiceData, 'lines'>> {
  const { issuer, locale } = services.config.invoices
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { billingDetails: true } })
  const organisation =
    organisationId === null
      ? null
      : await tx.organisation.findUniqueOrThrow({ where: { id: organisationId }, include: { billingDetails: true } })
  const details = (organisation ?? user).billingDetails[0] ?? null
  const known = organisation ? [organisation.name, `Organisation ${organisation.id}`] : [user.name, user.email, `User ${userId}`]
  const buyer = buyerOf(details, await findPrintableName(services, known), user.email)
  const rates = await listTaxRatesFor(tx, [issuer.country, buyer.country])
  const holderType = organisation ? 'ORGANISATION' : 'USER'
  return {
    buyer,
    locale: details?.locale ?? locale,
    tax: decideTax({ seller: { country: null, taxId: null, ...issuer }, buyer, holderType, rates, at: services.clock.now() }),
  }
}

/** Names that the panel tells are not checked when they are entered, as billing details are. */
async function findPrintableName({ findMissingGlyph: findUnprintable }: Services, names: readonly (string | null)[]): Promise<string> {
  for (const name of names) if (name && !(await findUnprintable(name))) return name
  return ''
}

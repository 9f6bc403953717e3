import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import type { OrderLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { type Buyer, buyerOf } from './buyer.rules.js'
import { decideTax, type TaxDecision } from './tax/tax.rules.js'
import { readTaxRates } from './tax/tax-rates.js'

/** Everything of a sale that a document shows, as it is now. */
export interface SaleParts {
  readonly lines: readonly OrderLine[]
  readonly buyer: Buyer
  readonly locale: string
  readonly tax: TaxDecision
}

export async function readSale(tx: Transaction, services: Services, order: Order): Promise<SaleParts> {
  const lines = await tx.orderItem.findMany({
    where: { orderId: order.id },
    orderBy: { position: 'asc' },
    select: { description: true, quantity: true, unitPrice: true, amount: true },
  })
  return { lines, ...(await readBuyer(tx, services, order)) }
}

type Buying = Pick<Order, 'userId' | 'organisationId'>

/** Who the document is made out to (the organisation's or user's billing details, or at least a name), and the tax they pay. */
export async function readBuyer(
  tx: Transaction,
  services: Services,
  { userId, organisationId }: Buying,
): Promise<Omit<SaleParts, 'lines'>> {
  const { issuer, locale } = services.config.invoices
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { billingDetails: true } })
  const organisation =
    organisationId === null
      ? null
      : await tx.organisation.findUniqueOrThrow({ where: { id: organisationId }, include: { billingDetails: true } })
  const details = (organisation ?? user).billingDetails[0] ?? null
  const known = organisation ? [organisation.name, `Organisation ${organisation.id}`] : [user.name, user.email, `User ${userId}`]
  const buyer = buyerOf(details, await firstPrintable(services, known), user.email)
  const rates = await readTaxRates(tx, [issuer.country, buyer.country])
  const holderType = organisation ? 'ORGANISATION' : 'USER'
  return {
    buyer,
    locale: details?.locale ?? locale,
    tax: decideTax({ seller: { country: null, taxId: null, ...issuer }, buyer, holderType, rates, at: services.clock.now() }),
  }
}

/** Names that the panel tells are not checked when they are entered, as billing details are. */
async function firstPrintable({ findUnprintable }: Services, names: readonly (string | null)[]): Promise<string> {
  for (const name of names) if (name && !(await findUnprintable(name))) return name
  return ''
}

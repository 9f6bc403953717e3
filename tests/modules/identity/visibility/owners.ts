import { rowId } from '../../../support/ids.js'
import type { TestServer } from '../../../support/server.js'

/** User ids. Ada owns the organisation that the others belong to, and another one that they must not see. */
export const PEOPLE = { Ada: 910_001, Alan: 910_002, Mia: 910_003, Cleo: 910_004, Bob: 910_005, Eve: 910_006 } as const
export const ORGANISATION = 920_001
export const SECRET = 920_002
export const BOBS = 920_003
/** Pays by invoice. */
export const INVOICED = 920_004
/** Is in another member state, and its VAT id was confirmed after its invoice. */
export const ABROAD = 920_005
const ORGANISATIONS: Readonly<Record<number, string>> = {
  [ORGANISATION]: 'the organisation',
  [SECRET]: "Ada's other organisation",
  [BOBS]: "Bob's organisation",
  [INVOICED]: 'an organisation that pays by invoice',
  [ABROAD]: 'an organisation in another member state',
}
const NAMES = new Map<number, string>(Object.entries(PEOPLE).map(([name, id]) => [id, name]))

export function ownerName(userId: number, organisationId: number | null): string {
  if (organisationId !== null) return ORGANISATIONS[organisationId] ?? `organisation ${organisationId}`
  return NAMES.get(userId) ?? (userId === 1 ? 'the administrator' : `user ${userId}`)
}

/** Finds the owner of an object in a response by its type and id. */
export type FindOwner = (object: Record<string, unknown>) => string | undefined

export async function readOwners({ services: { db } }: TestServer): Promise<FindOwner> {
  const ownersById = (rows: { id: bigint; userId: string | null; organisationId: string | null }[]) =>
    new Map(
      rows.map(({ id, userId, organisationId }) => [
        rowId(id),
        ownerName(Number(userId), organisationId === null ? null : Number(organisationId)),
      ]),
    )
  const orders = ownersById(await db.order.findMany())
  const invoices = ownersById(await db.invoice.findMany())
  const hidden = new Set((await db.plan.findMany({ where: { hiddenFromBilling: true } })).map(({ id }) => rowId(id)))
  const refunds = ownersById(await db.refund.findMany())
  const refundParts = ownersById((await db.refundPart.findMany({ include: { refund: true } })).map(({ id, refund }) => ({ ...refund, id })))
  const byType: Record<string, (id: number) => string | undefined> = {
    User: (id) => ownerName(id, null),
    Organisation: (id) => ownerName(0, id),
    Order: (id) => orders.get(id),
    Invoice: (id) => invoices.get(id),
    CreditNote: (id) => invoices.get(id),
    Refund: (id) => refunds.get(id),
    RefundPart: (id) => refundParts.get(id),
    PlanSubscription: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.subscription.findMany())),
    LimitOverride: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.limitOverride.findMany())),
    Payment: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.payment.findMany())),
    ReportedPayment: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.reportedPayment.findMany())),
    Mail: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.mail.findMany())),
    BalanceEntry: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.ledgerPosting.findMany())),
    CreditGrant: (
      (all) => (id: number) =>
        all.get(id)
    )(ownersById(await db.creditGrant.findMany())),
    Plan: (id) => (hidden.has(id) ? 'a hidden plan' : 'the catalog'),
  }
  return (object) => {
    const type = String(object.__typename)
    if (type === 'Buyer') return ownerName(rowId(String(object.userId)), null)
    if (type === 'Entitlement') {
      const { customer } = object as { customer: { __typename: string; id: string } }
      const id = rowId(customer.id)
      return customer.__typename === 'User' ? ownerName(id, null) : ownerName(0, id)
    }
    return object.id === undefined ? undefined : byType[type]?.(rowId(String(object.id)))
  }
}

import { isPanelId } from '../../core/ids.js'
import type { Database } from '../../platform/postgres/client.js'
import type { ImportRow } from './import-row.js'

/** The rows in the database that a file refers to. Valid rows of the file are added during validation. */
export interface ExistingRows {
  users: Set<string>
  organisations: Set<string>
  plans: Map<bigint, { name: string; price: bigint | null; currency: string }>
  orders: Map<bigint, { userId: string; amount: bigint; placedAt: Date }>
  /** The id of the active plan order of each customer. */
  activeOrders: Map<string, bigint>
  /** The organisations whose plan was imported without an order of the file, even if it has ended since. */
  grantedOrganisations: Set<string>
}

export function customerLabel({ userId, organisationId }: { userId: string; organisationId?: string | null | undefined }): string {
  return organisationId == null ? `user ${userId}` : `organisation ${organisationId}`
}

export async function listExistingRows(db: Database, rows: readonly ImportRow[]): Promise<ExistingRows> {
  const referencedIds = (name: string) => toPanelIds(rows.map(({ values }) => values[name]))
  const idsOf = (kind: ImportRow['kind']) => toPanelIds(rows.map((row) => (row.kind === kind ? row.values.id : undefined)))
  const users = [...new Set([...referencedIds('userId'), ...referencedIds('ownerId'), ...idsOf('users')])]
  const organisations = [...new Set([...referencedIds('organisationId'), ...idsOf('organisations')])]
  const orders = toIds(rows.flatMap((row) => (row.kind === 'orders' ? row.values.id : [])))
  const [foundUsers, foundOrganisations, plans, foundOrders, active, granted] = await Promise.all([
    db.$queryRaw<{ id: string }[]>`SELECT id FROM users WHERE id = ANY (${users}::text[])`,
    db.$queryRaw<{ id: string }[]>`SELECT id FROM organisations WHERE id = ANY (${organisations}::text[])`,
    db.plan.findMany({ select: { id: true, name: true, price: true, currency: true } }),
    db.$queryRaw<{ id: bigint; userId: string; amount: bigint; placedAt: Date }[]>`
      SELECT id, user_id AS "userId", amount, placed_at AS "placedAt" FROM orders WHERE id = ANY (${orders}::bigint[])`,
    db.$queryRaw<{ id: bigint; userId: string; organisationId: string | null }[]>`
      SELECT id, user_id AS "userId", organisation_id AS "organisationId" FROM orders WHERE status = 'ACTIVE' AND plan_id IS NOT NULL
        AND ((organisation_id IS NULL AND user_id = ANY (${users}::text[])) OR organisation_id = ANY (${organisations}::text[]))`,
    db.$queryRaw<{ id: string }[]>`
      SELECT organisation_id AS id FROM orders WHERE organisation_id = ANY (${organisations}::text[])
        AND reason = 'GRANT' AND invoiced_elsewhere`,
  ])
  return {
    users: new Set(foundUsers.map(({ id }) => id)),
    organisations: new Set(foundOrganisations.map(({ id }) => id)),
    plans: new Map(plans.map((plan) => [plan.id, plan])),
    orders: new Map(foundOrders.map((order) => [order.id, order])),
    activeOrders: new Map(active.map((order) => [customerLabel(order), order.id])),
    grantedOrganisations: new Set(granted.map(({ id }) => id)),
  }
}

/** The distinct valid ids of users or organisations among values that are not validated yet. */
function toPanelIds(values: readonly unknown[]): string[] {
  const found = values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String)
  return [...new Set(found.filter(isPanelId))]
}

/** The distinct valid ids of rows among values that are not validated yet. */
function toIds(values: readonly unknown[]): number[] {
  const found = values.map(Number).filter((value) => Number.isSafeInteger(value) && value > 0)
  return [...new Set(found)]
}

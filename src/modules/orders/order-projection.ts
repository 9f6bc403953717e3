import { type Order, Prisma } from '../../platform/postgres/generated/client.js'
import type * as graphql from './order.type.js'
import type { OrderLine } from './order-item.js'

/**
 * The columns of an order that queries read. The limits and features of the plan snapshot are loaded
 * separately.
 */
export type OrderProjection = Pick<
  Order,
  | 'id'
  | 'userId'
  | 'organisationId'
  | 'planId'
  | 'status'
  | 'reason'
  | 'currency'
  | 'amount'
  | 'net'
  | 'planName'
  | 'planPrice'
  | 'notes'
  | 'purchaseOrder'
  | 'placedAt'
  | 'activatedAt'
  | 'expiresAt'
  | 'cancelledAt'
> & {
  /** The line items, if a query has read them with the order. */
  lines?: readonly OrderLine[]
}

type OrderColumn = Exclude<keyof OrderProjection, 'lines'>

/** The fields of orders that have a resolver. */
type ResolvedField = 'amount' | 'buyer' | 'customer' | 'items' | 'net' | 'notes' | 'organisation' | 'plan' | 'planId' | 'purchasedPlan'

interface ProjectedColumn {
  name: string
  /** The GraphQL fields that need this column. A column without them is always read. */
  neededBy?: readonly (keyof graphql.Order | ResolvedField)[]
}

const ORDER_COLUMNS: Record<OrderColumn, ProjectedColumn> = {
  id: { name: 'id' },
  placedAt: { name: 'placed_at' },
  userId: { name: 'user_id', neededBy: ['buyer', 'customer'] },
  organisationId: { name: 'organisation_id', neededBy: ['customer', 'organisation'] },
  planId: { name: 'plan_id', neededBy: ['plan', 'planId', 'purchasedPlan'] },
  status: { name: 'status', neededBy: ['status'] },
  reason: { name: 'reason', neededBy: ['reason'] },
  currency: { name: 'currency', neededBy: ['amount', 'items', 'net', 'purchasedPlan'] },
  amount: { name: 'amount', neededBy: ['amount'] },
  net: { name: 'net', neededBy: ['net'] },
  planName: { name: 'plan_name', neededBy: ['purchasedPlan'] },
  planPrice: { name: 'plan_price', neededBy: ['purchasedPlan'] },
  notes: { name: 'notes', neededBy: ['notes'] },
  purchaseOrder: { name: 'purchase_order', neededBy: ['purchaseOrder'] },
  activatedAt: { name: 'activated_at', neededBy: ['activatedAt'] },
  expiresAt: { name: 'expires_at', neededBy: ['expiresAt'] },
  cancelledAt: { name: 'cancelled_at', neededBy: ['cancelledAt'] },
}

/** By the set of fields, which is the same object while an operation is cached. */
const columnCache = new WeakMap<ReadonlySet<string>, Prisma.Sql>()

/** @param fields  the selected GraphQL fields. Default: all */
export function selectColumns(fields?: ReadonlySet<string>): Prisma.Sql {
  const cached = fields && columnCache.get(fields)
  if (cached) return cached
  const selection = buildSelection(fields)
  if (fields) columnCache.set(fields, selection)
  return selection
}

function buildSelection(fields: ReadonlySet<string> | undefined): Prisma.Sql {
  const columns = Object.entries(ORDER_COLUMNS).filter(
    ([, { neededBy }]) => !fields || !neededBy || neededBy.some((field) => fields.has(field)),
  )
  return Prisma.raw(columns.map(([field, { name }]) => `${name} AS "${field}"`).join(', '))
}

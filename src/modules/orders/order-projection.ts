import { type Order, Prisma } from '../../platform/postgres/generated/client.js'
import { selectList, type Types } from '../../platform/postgres/statement.js'
import type * as graphql from './order.type.js'
import type { OrderLine } from './order-item.js'
import { ORDER_COLUMNS } from './orders.statements.js'

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
  /** The GraphQL fields that need this column. A column without them is always read. */
  neededBy?: readonly (keyof graphql.Order | ResolvedField)[]
}

const PROJECTED_COLUMNS: Record<OrderColumn, ProjectedColumn> = {
  id: {},
  placedAt: {},
  userId: { neededBy: ['buyer', 'customer'] },
  organisationId: { neededBy: ['customer', 'organisation'] },
  planId: { neededBy: ['plan', 'planId', 'purchasedPlan'] },
  status: { neededBy: ['status'] },
  reason: { neededBy: ['reason'] },
  currency: { neededBy: ['amount', 'items', 'net', 'purchasedPlan'] },
  amount: { neededBy: ['amount'] },
  net: { neededBy: ['net'] },
  planName: { neededBy: ['purchasedPlan'] },
  planPrice: { neededBy: ['purchasedPlan'] },
  notes: { neededBy: ['notes'] },
  purchaseOrder: { neededBy: ['purchaseOrder'] },
  activatedAt: { neededBy: ['activatedAt'] },
  expiresAt: { neededBy: ['expiresAt'] },
  cancelledAt: { neededBy: ['cancelledAt'] },
}

/** The columns that a query reads. */
export interface OrderSelection {
  /** With their names in the rows. */
  readonly columns: Prisma.Sql
  readonly types: Types
}

/** By the set of fields, which is the same object while an operation is cached. */
const selectionCache = new WeakMap<ReadonlySet<string>, OrderSelection>()

/** @param fields  the selected GraphQL fields. Default: all */
export function selectOrders(fields?: ReadonlySet<string>): OrderSelection {
  if (!fields) return ALL_COLUMNS
  const cached = selectionCache.get(fields)
  if (cached) return cached
  const selection = buildSelection(fields)
  selectionCache.set(fields, selection)
  return selection
}

function buildSelection(fields: ReadonlySet<string> | undefined): OrderSelection {
  const columns = Object.entries(PROJECTED_COLUMNS).filter(
    ([, { neededBy }]) => !fields || !neededBy || neededBy.some((field) => fields.has(field)),
  )
  const types = Object.fromEntries(columns.map(([name]) => [name, ORDER_COLUMNS[name as OrderColumn]]))
  return { columns: Prisma.raw(selectList(types, 'orders')), types }
}

const ALL_COLUMNS = buildSelection(undefined)

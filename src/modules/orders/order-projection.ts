import { type Order, Prisma } from '../../platform/postgres/generated/client.js'
import type { OrderResolver } from './order.resolver.js'
import type * as graphql from './order.type.js'

/** What an order shows of itself; the limits and features that were bought are read where somebody asks for them. */
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
  | 'planName'
  | 'planPrice'
  | 'notes'
  | 'placedAt'
  | 'activatedAt'
  | 'expiresAt'
  | 'cancelledAt'
>

interface ProjectedColumn {
  name: string
  /** The fields of GraphQL that need it; every page needs those without. */
  of?: readonly (keyof graphql.Order | keyof OrderResolver)[]
}

const COLUMNS: Record<keyof OrderProjection, ProjectedColumn> = {
  id: { name: 'id' },
  placedAt: { name: 'placed_at' },
  userId: { name: 'user_id', of: ['buyer'] },
  organisationId: { name: 'organisation_id', of: ['organisation'] },
  planId: { name: 'plan_id', of: ['plan', 'planId', 'purchasedPlan'] },
  status: { name: 'status', of: ['status'] },
  reason: { name: 'reason', of: ['reason'] },
  currency: { name: 'currency', of: ['amount', 'items', 'purchasedPlan'] },
  amount: { name: 'amount', of: ['amount'] },
  planName: { name: 'plan_name', of: ['purchasedPlan'] },
  planPrice: { name: 'plan_price', of: ['purchasedPlan'] },
  notes: { name: 'notes', of: ['notes'] },
  activatedAt: { name: 'activated_at', of: ['activatedAt'] },
  expiresAt: { name: 'expires_at', of: ['expiresAt'] },
  cancelledAt: { name: 'cancelled_at', of: ['cancelledAt'] },
}

/** @param asked  the fields that somebody will look at */
export function selectColumns(asked: ReadonlySet<string>): Prisma.Sql {
  const wanted = Object.entries(COLUMNS).filter(([, { of }]) => !of || of.some((field) => asked.has(field)))
  return Prisma.raw(wanted.map(([field, { name }]) => `${name} AS "${field}"`).join(', '))
}

import DataLoader from 'dataloader'
import { loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'
import type { Order, Plan, Subscription } from '../database/generated/client.js'
import type { Context } from '../identity/context.js'
import type { Holder } from '../identity/holder.js'
import { defaultPlan } from '../plans/find-plans.js'
import { planLoader } from '../plans/plan.loader.js'
import { type LimitValues, limitsOf, NO_LIMITS_GRANTED } from '../plans/plan.rules.js'

const ACTIVE_PLAN = { status: 'ACTIVE', planId: { not: null } } as const
const LIVE = { status: { not: 'EXPIRED' } } as const

const userOrderLoader = (db: Database) =>
  loadOne(
    (ids) => db.order.findMany({ where: { ...ACTIVE_PLAN, userId: { in: ids }, organisationId: null } }),
    (order) => order.userId,
  )

const organisationOrderLoader = (db: Database) =>
  loadOne(
    (ids) => db.order.findMany({ where: { ...ACTIVE_PLAN, organisationId: { in: ids } } }),
    (order) => order.organisationId ?? 0,
  )

const userSubscriptionLoader = (db: Database) =>
  loadOne(
    (ids) => db.subscription.findMany({ where: { ...LIVE, userId: { in: ids }, organisationId: null } }),
    (subscription) => subscription.userId,
  )

const organisationSubscriptionLoader = (db: Database) =>
  loadOne(
    (ids) => db.subscription.findMany({ where: { ...LIVE, organisationId: { in: ids } } }),
    (subscription) => subscription.organisationId ?? 0,
  )

const defaultPlanLoader = (db: Database) =>
  new DataLoader<'default', Plan | null>(async (keys) => {
    const plan = await defaultPlan(db)
    return keys.map(() => plan)
  })

/** The order whose plan the holder has now; one whose agreed end has passed does not count any more. */
export async function activeOrder(context: Context, { userId, organisationId }: Holder): Promise<Order | null> {
  const order = await (organisationId === null
    ? context.loader(userOrderLoader).load(userId)
    : context.loader(organisationOrderLoader).load(organisationId))
  const over = order?.expiresAt && order.expiresAt <= context.services.clock.now()
  return over ? null : order
}

export function liveSubscription(context: Context, { userId, organisationId }: Holder): Promise<Subscription | null> {
  return organisationId === null
    ? context.loader(userSubscriptionLoader).load(userId)
    : context.loader(organisationSubscriptionLoader).load(organisationId)
}

export async function planOf(context: Context, holder: Holder): Promise<Plan | null> {
  const order = await activeOrder(context, holder)
  return order?.planId ? context.loader(planLoader).load(order.planId) : context.loader(defaultPlanLoader).load('default')
}

/** The limits as they were bought; those of the default plan for who bought none. */
export async function limitsFor(context: Context, holder: Holder): Promise<LimitValues> {
  const order = await activeOrder(context, holder)
  if (order?.planLimits) return order.planLimits as LimitValues
  const plan = await context.loader(defaultPlanLoader).load('default')
  return plan ? limitsOf(plan) : NO_LIMITS_GRANTED
}

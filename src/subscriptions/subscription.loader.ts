import DataLoader from 'dataloader'
import { loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'
import type { Plan, Subscription } from '../database/generated/client.js'
import type { Context } from '../identity/context.js'
import type { Holder } from '../identity/holder.js'
import { defaultPlan } from '../plans/find-plans.js'
import { planLoader } from '../plans/plan.loader.js'
import { type LimitValues, limitsOf, NO_LIMITS_GRANTED } from '../plans/plan.rules.js'
import { hasAccess } from './subscription.rules.js'

const LIVE = { status: { not: 'EXPIRED' } } as const

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

export function liveSubscription(context: Context, { userId, organisationId }: Holder): Promise<Subscription | null> {
  return organisationId === null
    ? context.loader(userSubscriptionLoader).load(userId)
    : context.loader(organisationSubscriptionLoader).load(organisationId)
}

/** The subscription whose plan the holder may use now. */
export async function usableSubscription(context: Context, holder: Holder): Promise<Subscription | null> {
  const { clock, config } = context.services
  const subscription = await liveSubscription(context, holder)
  return subscription && hasAccess(subscription, clock.now(), config.graceDays) ? subscription : null
}

export async function planOf(context: Context, holder: Holder): Promise<Plan | null> {
  const subscription = await usableSubscription(context, holder)
  return subscription ? context.loader(planLoader).load(subscription.planId) : context.loader(defaultPlanLoader).load('default')
}

/** The limits as they were bought; those of the default plan for who bought none. */
export async function limitsFor(context: Context, holder: Holder): Promise<LimitValues> {
  const subscription = await usableSubscription(context, holder)
  if (subscription) return subscription.planLimits as LimitValues
  const plan = await context.loader(defaultPlanLoader).load('default')
  return plan ? limitsOf(plan) : NO_LIMITS_GRANTED
}

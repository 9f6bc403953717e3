import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { LimitOverride, Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { planLoader } from '../catalog/index.js'
import type { Customer, RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'
import { hasAccess } from './access.rules.js'
import { calculateEntitlement, type Entitlement, LIVE_SUBSCRIPTION } from './entitlement.queries.js'

const NOT_REMOVED = { removedAt: null } as const

const userSubscriptionLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.subscription.findMany({ where: { ...LIVE_SUBSCRIPTION, userId: { in: ids }, organisationId: null } }),
    (subscription) => subscription.userId,
  )

const organisationSubscriptionLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.subscription.findMany({ where: { ...LIVE_SUBSCRIPTION, organisationId: { in: ids } } }),
    (subscription) => subscription.organisationId,
  )

const userOverrideLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: string[]) => db.limitOverride.findMany({ where: { ...NOT_REMOVED, userId: { in: ids } }, orderBy: { id: 'asc' } }),
    (override) => override.userId,
  )

const organisationOverrideLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: string[]) => db.limitOverride.findMany({ where: { ...NOT_REMOVED, organisationId: { in: ids } }, orderBy: { id: 'asc' } }),
    (override) => override.organisationId,
  )

export function loadLiveSubscription(context: RequestContext, { userId, organisationId }: Customer): Promise<Subscription | null> {
  return organisationId === null
    ? context.loader(userSubscriptionLoader).load(userId)
    : context.loader(organisationSubscriptionLoader).load(organisationId)
}

/** The live subscription, if it currently gives access to its plan. */
export async function loadUsableSubscription(context: RequestContext, customer: Customer): Promise<Subscription | null> {
  const { clock, config } = context.services
  const subscription = await loadLiveSubscription(context, customer)
  return subscription && hasAccess(subscription, clock.now(), config.graceDays) ? subscription : null
}

/** Loads the current entitlement; any number of customers takes a constant number of statements. */
export async function loadEntitlement(context: RequestContext, customer: Customer): Promise<Entitlement> {
  const { clock, config } = context.services
  const [subscription, overrides, { all }] = await Promise.all([
    loadSubscriptionWithPlan(context, customer),
    loadOverrides(context, customer),
    context.services.planCache.read(),
  ])
  return calculateEntitlement(
    { subscription, overrides, defaultPlan: all.find(({ isDefault }) => isDefault) ?? null },
    clock.now(),
    config.graceDays,
  )
}

async function loadSubscriptionWithPlan(context: RequestContext, customer: Customer): Promise<(Subscription & { plan: Plan }) | null> {
  const subscription = await loadLiveSubscription(context, customer)
  const plan = subscription && (await context.loader(planLoader).load(subscription.planId))
  return subscription && plan ? { ...subscription, plan } : null
}

function loadOverrides(context: RequestContext, { userId, organisationId }: Customer): Promise<LimitOverride[]> {
  return organisationId === null
    ? context.loader(userOverrideLoader).load(userId)
    : context.loader(organisationOverrideLoader).load(organisationId)
}

export const limitOverrideLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.limitOverride.findMany({ where: { id: { in: ids } } }),
    (override) => override.id,
  )

export const reapplicationLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.planReapplication.findMany({ where: { id: { in: ids } } }),
    (reapplication) => reapplication.id,
  )

import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { findDefaultPlan, type LimitValues, limitsOf, parseLimits, ZERO_LIMITS } from '../catalog/index.js'
import { type Customer, customerFilter, customerKey } from '../identity/index.js'
import { type AccessState, accessEndsAt, earliest, hasAccess } from './access.rules.js'
import { isInForce, type LimitOverrideRule, withOverrides } from './entitlement.rules.js'

/** What a user or an organisation may use. @typeParam P  as much of a plan as is wanted */
export interface Entitlement<P = Plan> {
  /** The plan held now: what was bought, or the default plan; null where there is neither. */
  readonly plan: P | null
  /** As they were bought, with what an administrator gave beside them. */
  readonly limits: LimitValues
  readonly features: unknown
  /** When time alone changes it next, as far as is known. */
  readonly changesAt: Date | null
}

interface EntitlementSources<P> {
  /** The live subscription, if there is one. */
  subscription: (AccessState & { plan: P & LimitValues; planLimits: unknown; planFeatures: unknown }) | null
  defaultPlan: (P & LimitValues & { features: unknown }) | null
  overrides: readonly LimitOverrideRule[]
}

/** What follows from what is held. */
export function calculateEntitlement<P>(
  { subscription, defaultPlan, overrides }: EntitlementSources<P>,
  at: Date,
  graceDays: number,
): Entitlement<P> {
  const usable = subscription && hasAccess(subscription, at, graceDays) ? subscription : null
  const inForce = overrides.filter((override) => isInForce(override, at))
  const free = defaultPlan ? limitsOf(defaultPlan) : ZERO_LIMITS
  return {
    plan: usable?.plan ?? defaultPlan,
    limits: withOverrides(usable ? parseLimits(usable.planLimits, usable.plan) : free, inForce),
    features: usable ? usable.planFeatures : (defaultPlan?.features ?? {}),
    changesAt: earliest([usable ? accessEndsAt(usable, graceDays) : null, ...inForce.map(({ endsAt }) => endsAt)]),
  }
}

export async function getEntitlement(tx: Transaction, holder: Customer, at: Date, graceDays: number): Promise<Entitlement> {
  const [subscription, overrides, free] = await Promise.all([
    tx.subscription.findFirst({ where: { ...customerFilter(holder), status: { not: 'EXPIRED' } }, include: { plan: true } }),
    tx.limitOverride.findMany({ where: { ...customerKey(holder), removedAt: null } }),
    findDefaultPlan(tx),
  ])
  return calculateEntitlement({ subscription, overrides, defaultPlan: free }, at, graceDays)
}

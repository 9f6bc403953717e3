import type { Transaction } from '../database/client.js'
import type { LimitOverride, Plan, Subscription } from '../database/generated/client.js'
import { type Holder, heldBy, ownKey } from '../identity/holder.js'
import { defaultPlan } from '../plans/find-plans.js'
import { type LimitValues, limitsOf, NO_LIMITS_GRANTED } from '../plans/plan.rules.js'
import { accessEnds, earliest, hasAccess } from './access.rules.js'
import { isInForce, withOverrides } from './entitlement.rules.js'

/** What a user or an organisation may use. */
export interface Entitlement {
  /** The plan held now: what was bought, or the default plan; null where there is neither. */
  readonly plan: Plan | null
  /** As they were bought, with what an administrator gave beside them. */
  readonly limits: LimitValues
  readonly features: unknown
  /** When time alone changes it next, as far as is known. */
  readonly changesAt: Date | null
}

interface Held {
  /** The live subscription, if there is one. */
  subscription: (Subscription & { plan: Plan }) | null
  defaultPlan: Plan | null
  overrides: readonly LimitOverride[]
}

/** What follows from what is held. */
export function entitlementOf({ subscription, defaultPlan, overrides }: Held, at: Date, graceDays: number): Entitlement {
  const usable = subscription && hasAccess(subscription, at, graceDays) ? subscription : null
  const inForce = overrides.filter((override) => isInForce(override, at))
  const free = defaultPlan ? limitsOf(defaultPlan) : NO_LIMITS_GRANTED
  return {
    plan: usable?.plan ?? defaultPlan,
    limits: withOverrides(usable ? (usable.planLimits as LimitValues) : free, inForce),
    features: usable ? usable.planFeatures : (defaultPlan?.features ?? {}),
    changesAt: earliest([usable ? accessEnds(usable, graceDays) : null, ...inForce.map(({ endsAt }) => endsAt)]),
  }
}

export async function readEntitlement(tx: Transaction, holder: Holder, at: Date, graceDays: number): Promise<Entitlement> {
  const [subscription, overrides, free] = await Promise.all([
    tx.subscription.findFirst({ where: { ...heldBy(holder), status: { not: 'EXPIRED' } }, include: { plan: true } }),
    tx.limitOverride.findMany({ where: { ...ownKey(holder), removedAt: null } }),
    defaultPlan(tx),
  ])
  return entitlementOf({ subscription, overrides, defaultPlan: free }, at, graceDays)
}

import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { defaultPlan, type LimitValues, limitsOf, NO_LIMITS_GRANTED, parseLimits } from '../catalog/index.js'
import { type Holder, heldBy, ownKey } from '../identity/index.js'
import { accessEnds, earliest, hasAccess, type Standing } from './access.rules.js'
import { isInForce, type Override, withOverrides } from './entitlement.rules.js'

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

interface Held<P> {
  /** The live subscription, if there is one. */
  subscription: (Standing & { plan: P & LimitValues; planLimits: unknown; planFeatures: unknown }) | null
  defaultPlan: (P & LimitValues & { features: unknown }) | null
  overrides: readonly Override[]
}

/** What follows from what is held. */
export function entitlementOf<P>({ subscription, defaultPlan, overrides }: Held<P>, at: Date, graceDays: number): Entitlement<P> {
  const usable = subscription && hasAccess(subscription, at, graceDays) ? subscription : null
  const inForce = overrides.filter((override) => isInForce(override, at))
  const free = defaultPlan ? limitsOf(defaultPlan) : NO_LIMITS_GRANTED
  return {
    plan: usable?.plan ?? defaultPlan,
    limits: withOverrides(usable ? parseLimits(usable.planLimits, usable.plan) : free, inForce),
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

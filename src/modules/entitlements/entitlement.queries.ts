import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { type RowsOf, readRow } from '../../platform/postgres/run-statement.js'
import { limitsOf, parseLimits, ZERO_LIMITS } from '../catalog/index.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import type { LimitValues } from '../limited-resources.rules.js'
import { type AccessState, accessEndsAt, earliest, hasAccess } from './access.rules.js'
import { isInForce, type LimitOverrideRule, withOverrides } from './entitlement.rules.js'
import { FIND_ENTITLEMENT, FIND_LIVE_SUBSCRIPTION, LIST_ENTITLED_PLANS, LIST_OVERRIDES } from './entitlements.statements.js'

/** What a customer may use now. @typeParam P  the part of the plan that is needed */
export interface Entitlement<P = Plan> {
  /** The purchased plan or the default plan; null if there is neither. */
  readonly plan: P | null
  /** The limits at the time of purchase, with the overrides of administrators applied. */
  readonly limits: LimitValues
  readonly features: unknown
  /** When the entitlement next changes due to the passage of time; null if no such time is known. */
  readonly changesAt: Date | null
}

/** Selects subscriptions that have not ended; a customer has at most one. */
export const LIVE_SUBSCRIPTION = { status: { not: 'EXPIRED' } } as const

export async function findLiveSubscription(tx: Transaction, customer: Customer): Promise<Subscription | null> {
  return (await readRow(tx, bindForCustomer(FIND_LIVE_SUBSCRIPTION, customer, {}))) ?? null
}

interface EntitlementSources<P> {
  /** The live subscription; null if there is none. */
  subscription: (AccessState & { plan: P & LimitValues; planLimits: unknown; planFeatures: unknown }) | null
  defaultPlan: (P & LimitValues & { features: unknown }) | null
  overrides: readonly LimitOverrideRule[]
}

export function calculateEntitlement<P>(
  { subscription, defaultPlan, overrides }: EntitlementSources<P>,
  at: Date,
  graceDays: number,
): Entitlement<P> {
  const usable = subscription && hasAccess(subscription, at, graceDays) ? subscription : null
  const inForce = overrides.filter((override) => isInForce(override, at))
  const defaultLimits = defaultPlan ? limitsOf(defaultPlan) : ZERO_LIMITS
  return {
    plan: usable?.plan ?? defaultPlan,
    limits: withOverrides(usable ? parseLimits(usable.planLimits, usable.plan) : defaultLimits, inForce),
    features: usable ? usable.planFeatures : (defaultPlan?.features ?? {}),
    changesAt: earliest([usable ? accessEndsAt(usable, graceDays) : null, ...inForce.map(({ endsAt }) => endsAt)]),
  }
}

/** The statements that read what the entitlement of a customer depends on, besides its subscription, and what is stored. */
export function bindEntitlement(customer: Customer) {
  return {
    plans: bindForCustomer(LIST_ENTITLED_PLANS, customer, {}),
    overrides: bindForCustomer(LIST_OVERRIDES, customer, {}),
    stored: bindForCustomer(FIND_ENTITLEMENT, customer, {}),
  }
}

/** What the statements of `bindEntitlement` have read. */
export type EntitlementRows = RowsOf<ReturnType<typeof bindEntitlement>>

/** @param rows  their plans include that of the subscription */
export function entitlementOf(
  live: Subscription | undefined,
  { plans, overrides }: EntitlementRows,
  at: Date,
  graceDays: number,
): Entitlement {
  const purchased = plans.find(({ id }) => id === live?.planId)
  const subscription = live && purchased ? { ...live, plan: purchased } : null
  const defaultPlan = plans.find(({ isDefault }) => isDefault) ?? null
  return calculateEntitlement({ subscription, overrides, defaultPlan }, at, graceDays)
}

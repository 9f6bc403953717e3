import { MAX_INT } from '../../core/input.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { type LimitName, type LimitValues, mapLimits } from '../limited-resources.rules.js'

export function limitsOf(plan: LimitValues): LimitValues {
  return mapLimits(({ column }) => plan[column])
}

/** The copy of a plan that an order stores; later changes of the plan do not affect it. */
export function planSnapshot(plan: Plan) {
  return {
    planId: plan.id,
    planName: plan.name,
    planType: plan.type,
    planInterval: plan.interval,
    planPrice: plan.price,
    planLimits: limitsOf(plan),
    planFeatures: plan.features as object,
  }
}

/**
 * Reads limits that an order or a subscription stored as JSON. A resource that did not exist when they were
 * stored, or whose stored value is not a limit (a string, a fraction, a negative number), has the value of
 * `fallback`.
 * @param fallback  the current limits of the plan; by default the limit of such a resource is 0
 */
export function parseLimits(stored: unknown, fallback: LimitValues = ZERO_LIMITS): LimitValues {
  const values: Partial<Record<LimitName, unknown>> = typeof stored === 'object' && stored !== null ? stored : {}
  return mapLimits(({ column }) => {
    const value = values[column]
    return isLimit(value) ? value : fallback[column]
  })
}

function isLimit(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INT)
}

/** The limits of a customer without a plan while the catalog has no default plan. */
export const ZERO_LIMITS: LimitValues = mapLimits(() => 0)

/** Whether customers can see and order the plan. */
export function isAvailable(plan: Pick<Plan, 'hiddenFromBilling' | 'archivedAt'>): boolean {
  return !plan.hiddenFromBilling && plan.archivedAt === null
}

const MAX_DERIVED_SLUG_LENGTH = 50

/**
 * "Étudiant Plus" becomes "etudiant-plus". "365" becomes "plan-365", because a slug of digits would look like
 * an id.
 */
export function slugOf(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const slug =
    letters
      .match(/[a-z0-9]+/g)
      ?.join('-')
      .slice(0, MAX_DERIVED_SLUG_LENGTH)
      .replace(/-$/, '') ?? 'plan'
  return /^\d+$/.test(slug) ? `plan-${slug}` : slug
}

/** Returns the slug itself, or the first of "slug-2", "slug-3", … that is not taken. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  let candidate = slug
  for (let next = 2; taken.has(candidate); next += 1) candidate = `${slug}-${next}`
  return candidate
}

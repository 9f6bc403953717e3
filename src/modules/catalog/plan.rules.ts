import { MAX_INT } from '../../core/input.js'
import type { Plan } from '../../platform/postgres/generated/client.js'

/** The names of the ten limits, as plans, orders and GraphQL have them. */
export const LIMITS = [
  'memory',
  'disk',
  'cpu',
  'serverLimit',
  'nodeLimit',
  'databases',
  'backups',
  'portCount',
  'tunnelPortCount',
  'emailsPerDay',
] as const

export type LimitName = (typeof LIMITS)[number]

/** null is unlimited, 0 is none. */
export type LimitValues = Record<LimitName, number | null>

export function limitsOf(plan: LimitValues): LimitValues {
  return Object.fromEntries(LIMITS.map((name) => [name, plan[name]])) as LimitValues
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
 * @param fallback  the present limits of the plan they come from; without them such a resource has the limit 0
 */
export function parseLimits(stored: unknown, fallback: LimitValues = ZERO_LIMITS): LimitValues {
  const values: Partial<Record<LimitName, unknown>> = typeof stored === 'object' && stored !== null ? stored : {}
  const entries = LIMITS.map((name) => {
    const value = values[name]
    return [name, isLimit(value) ? value : fallback[name]]
  })
  return Object.fromEntries(entries) as LimitValues
}

function isLimit(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INT)
}

/** What a holder without any plan may use, where the catalogue has no default: nothing. */
export const ZERO_LIMITS = Object.fromEntries(LIMITS.map((name) => [name, 0])) as LimitValues

/** Whether customers can find and order it. */
export function isAvailable(plan: Pick<Plan, 'hiddenFromBilling' | 'archivedAt'>): boolean {
  return !plan.hiddenFromBilling && plan.archivedAt === null
}

const MAX_DERIVED_SLUG_LENGTH = 50

/** "Étudiant Plus" is "etudiant-plus" and "365" is "plan-365": a slug of digits would look like an id. */
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

/** The slug itself, or the first of "slug-2", "slug-3", … that no other plan has. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  let candidate = slug
  for (let next = 2; taken.has(candidate); next += 1) candidate = `${slug}-${next}`
  return candidate
}

import { MAX_INT } from '../../core/input.js'
import { mapRecord } from '../../core/record.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { LimitedResource } from '../limited-resources.enums.js'
import { type LimitValues, mapLimits, RESOURCES } from '../limited-resources.rules.js'

/** An administrator's adjustment to the limits of a customer. */
export interface LimitOverrideRule {
  readonly id: bigint
  /** Null for a percentage increase of every resource. */
  readonly resource: LimitedResource | null
  /** Added to the plan's limit, in percent of it. */
  readonly percent: number | null
  /** Replaces the plan's limit; unlimited if both `value` and `percent` are null. */
  readonly value: number | null
  readonly endsAt: Date | null
  readonly removedAt: Date | null
}

export function isInForce({ endsAt, removedAt }: LimitOverrideRule, at: Date): boolean {
  return removedAt === null && (endsAt === null || at < endsAt)
}

/**
 * Applies overrides to limits. The latest fixed value replaces the plan's limit. Without one, the percentages
 * are added up and applied once to the plan's limit, rounded down. Unlimited stays unlimited.
 * @param overrides  the overrides in force
 */
export function withOverrides(limits: LimitValues, overrides: readonly LimitOverrideRule[]): LimitValues {
  return mapLimits(({ column }, resource) => {
    const applicable = overrides.filter((override) => override.resource === null || override.resource === resource)
    const fixedValues = applicable.filter(({ percent }) => percent === null).sort((one, other) => (one.id < other.id ? 1 : -1))
    if (fixedValues[0]) return fixedValues[0].value
    const increase = applicable.reduce((sum, { percent }) => sum + (percent ?? 0), 0)
    const base = limits[column]
    return base === null ? null : Math.min(MAX_INT, Math.floor((base * (100 + increase)) / 100))
  })
}

/** Usage of each resource; for a limit per server, the highest value of any server. */
export type Usage = Readonly<Record<LimitedResource, number>>

export interface UsageComparison {
  resource: LimitedResource
  used: number
  /** Null is unlimited. */
  limit: number | null
  remaining: number | null
  overLimit: boolean
}

export function compareUsage(limits: LimitValues, usage: Usage): UsageComparison[] {
  const comparisons = mapRecord(RESOURCES, ({ column }, resource) => {
    const used = usage[resource]
    const limit = limits[column]
    return {
      resource,
      used,
      limit,
      remaining: limit === null ? null : Math.max(0, limit - used),
      overLimit: limit !== null && used > limit,
    }
  })
  return Object.values(comparisons)
}

interface RefusedRequest {
  resource: LimitedResource
  limit: number
  requested: number
  /** Name of the plan; null for a customer without one. */
  plan: string | null
}

/**
 * "Maximum servers (5) reached for Starter plan", or, for a single request that is larger than the limit,
 * "The request for 999999 MB of memory exceeds the limit of 32768 MB of the Pro plan". Servers are claimed
 * one at a time, so a refused server always gets the first message.
 */
export function limitReachedMessage({ resource, limit, requested, plan }: RefusedRequest): string {
  const { singular, plural, unit } = RESOURCES[resource]
  const amountOf = (noun: string) => (unit === undefined ? noun : `${unit} of ${noun}`)
  // The sum must fit into a PostgreSQL integer even if the plan has no limit.
  if (limit === MAX_INT) return `At most ${MAX_INT} ${amountOf(plural)} can be counted`
  if (resource === 'SERVERS' || requested <= limit) {
    const label = unit === undefined ? plural : `${plural} in ${unit}`
    return `Maximum ${label} (${limit}) reached ${plan === null ? 'without a plan' : `for ${plan} plan`}`
  }
  const request = `${requested} ${amountOf(requested === 1 ? singular : plural)}`
  const bound = unit === undefined ? `${limit}` : `${limit} ${unit}`
  return `The request for ${request} exceeds the limit of ${bound} ${plan === null ? 'without a plan' : `of the ${plan} plan`}`
}

/** Whether two sets of limits or features are equal. */
export function isDeepEqual(one: unknown, other: unknown): boolean {
  return stableStringify(one) === stableStringify(other)
}

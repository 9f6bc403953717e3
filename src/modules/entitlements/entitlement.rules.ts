import { MAX_INT } from '../../core/input.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import type { LimitName, LimitValues } from '../catalog/index.js'

interface ResourceDefinition {
  /** The field of a plan that limits the resource. */
  readonly limit: LimitName
  /** As in "Maximum memory in MB (32768) reached". */
  readonly label: string
  /** As in "The request for 1 node" and "The request for 4 nodes". */
  readonly one: string
  readonly many: string
  /** Follows a limit, as in "32768 MB". */
  readonly unit?: string
}

const countedResource = (limit: LimitName, one: string, many: string): ResourceDefinition => ({ limit, label: many, one, many })
const measuredResource = (limit: LimitName, name: string, unit: string): ResourceDefinition => {
  return { limit, label: `${name} in ${unit}`, one: `${unit} of ${name}`, many: `${unit} of ${name}`, unit }
}

/** The limit that applies to each resource, and the name of the resource in messages. */
export const RESOURCES: Readonly<Record<LimitedResource, ResourceDefinition>> = {
  SERVERS: countedResource('serverLimit', 'server', 'servers'),
  NODES: countedResource('nodeLimit', 'node', 'nodes'),
  MEMORY_MB: measuredResource('memory', 'memory', 'MB'),
  DISK_MB: measuredResource('disk', 'disk', 'MB'),
  CPU_PERCENT: measuredResource('cpu', 'CPU', 'percent'),
  DATABASES_PER_SERVER: countedResource('databases', 'database per server', 'databases per server'),
  BACKUPS_PER_SERVER: countedResource('backups', 'backup per server', 'backups per server'),
  PORTS_PER_SERVER: countedResource('portCount', 'port per server', 'ports per server'),
  TUNNEL_PORTS: countedResource('tunnelPortCount', 'tunnel port', 'tunnel ports'),
  EMAILS_PER_DAY: countedResource('emailsPerDay', 'e-mail per day', 'e-mails per day'),
}

/** Resources that `consume` counts, and not server claims. */
export const COUNTED_RESOURCES = ['NODES', 'TUNNEL_PORTS', 'EMAILS_PER_DAY'] as const

export type CountedResource = (typeof COUNTED_RESOURCES)[number]

/** An administrator's adjustment to the limits of a customer. */
export interface LimitOverrideRule {
  readonly id: number
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
  const entries = Object.entries(RESOURCES).map(([resource, { limit }]) => {
    const applicable = overrides.filter((override) => override.resource === null || override.resource === resource)
    const fixedValues = applicable.filter(({ percent }) => percent === null).sort((one, other) => other.id - one.id)
    if (fixedValues[0]) return [limit, fixedValues[0].value]
    const increase = applicable.reduce((sum, { percent }) => sum + (percent ?? 0), 0)
    const base = limits[limit]
    return [limit, base === null ? null : Math.min(MAX_INT, Math.floor((base * (100 + increase)) / 100))]
  })
  return Object.fromEntries(entries) as LimitValues
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
  return (Object.keys(RESOURCES) as LimitedResource[]).map((resource) => {
    const used = usage[resource]
    const limit = limits[RESOURCES[resource].limit]
    return {
      resource,
      used,
      limit,
      remaining: limit === null ? null : Math.max(0, limit - used),
      overLimit: limit !== null && used > limit,
    }
  })
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
  const { label, one, many, unit } = RESOURCES[resource]
  // The sum must fit into a PostgreSQL integer even if the plan has no limit.
  if (limit === MAX_INT) return `At most ${MAX_INT} ${many} can be counted`
  if (resource === 'SERVERS' || requested <= limit) {
    return `Maximum ${label} (${limit}) reached ${plan === null ? 'without a plan' : `for ${plan} plan`}`
  }
  const request = `${requested} ${requested === 1 ? one : many}`
  const bound = unit === undefined ? `${limit}` : `${limit} ${unit}`
  return `The request for ${request} exceeds the limit of ${bound} ${plan === null ? 'without a plan' : `of the ${plan} plan`}`
}

/** Whether two sets of limits or features are equal. */
export function isDeepEqual(one: unknown, other: unknown): boolean {
  return stableStringify(one) === stableStringify(other)
}

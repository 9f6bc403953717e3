import { canonical } from '../core/canonical.js'
import { MAX_INT } from '../core/input.js'
import type { LimitedResource } from '../database/generated/enums.js'
import type { LimitName, LimitValues } from '../plans/plan.rules.js'

/** Under which name a plan has the limit of a resource, and what people call it. */
export const RESOURCES: Readonly<Record<LimitedResource, { limit: LimitName; words: string }>> = {
  SERVERS: { limit: 'serverLimit', words: 'servers' },
  NODES: { limit: 'nodeLimit', words: 'nodes' },
  MEMORY_MB: { limit: 'memory', words: 'memory in MB' },
  DISK_MB: { limit: 'disk', words: 'disk in MB' },
  CPU_PERCENT: { limit: 'cpu', words: 'CPU in percent' },
  DATABASES_PER_SERVER: { limit: 'databases', words: 'databases per server' },
  BACKUPS_PER_SERVER: { limit: 'backups', words: 'backups per server' },
  PORTS_PER_SERVER: { limit: 'portCount', words: 'ports per server' },
  TUNNEL_PORTS: { limit: 'tunnelPortCount', words: 'tunnel ports' },
  EMAILS_PER_DAY: { limit: 'emailsPerDay', words: 'e-mails per day' },
}

/** What is counted by `consume` and not by servers. */
export const CONSUMABLE = ['NODES', 'TUNNEL_PORTS', 'EMAILS_PER_DAY'] as const

export type Consumable = (typeof CONSUMABLE)[number]

/** What an administrator gave beside the plan. */
export interface Override {
  readonly id: number
  /** Null for a boost of every resource. */
  readonly resource: LimitedResource | null
  /** On top of the plan's limit. */
  readonly percent: number | null
  /** In the place of the plan's limit; unlimited where percent is null as well. */
  readonly value: number | null
  readonly endsAt: Date | null
  readonly removedAt: Date | null
}

export function isInForce({ endsAt, removedAt }: Override, at: Date): boolean {
  return removedAt === null && (endsAt === null || at < endsAt)
}

/**
 * What may be used. A value in the place of the plan's limit stands as it is, the latest one where there are several;
 * otherwise boosts are added up and counted once from the plan's limit, rounded down. Unlimited stays unlimited.
 * @param overrides  those in force
 */
export function withOverrides(limits: LimitValues, overrides: readonly Override[]): LimitValues {
  const entries = Object.entries(RESOURCES).map(([resource, { limit }]) => {
    const mine = overrides.filter((override) => override.resource === null || override.resource === resource)
    const values = mine.filter(({ percent }) => percent === null).sort((one, other) => other.id - one.id)
    if (values[0]) return [limit, values[0].value]
    const boost = mine.reduce((sum, { percent }) => sum + (percent ?? 0), 0)
    const base = limits[limit]
    return [limit, base === null ? null : Math.min(MAX_INT, Math.floor((base * (100 + boost)) / 100))]
  })
  return Object.fromEntries(entries) as LimitValues
}

/** What is in use of each resource; for one of a server, the most that any server has. */
export type Usage = Readonly<Record<LimitedResource, number>>

export interface ResourceUsage {
  resource: LimitedResource
  used: number
  /** null is unlimited. */
  limit: number | null
  remaining: number | null
  overLimit: boolean
}

export function compareUsage(limits: LimitValues, usage: Usage): ResourceUsage[] {
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

/** "Maximum servers (5) reached for Starter plan". @param plan  its name; null for a holder without any plan */
export function limitMessage(resource: LimitedResource, limit: number, plan: string | null): string {
  return `Maximum ${RESOURCES[resource].words} (${limit}) reached ${plan === null ? 'without a plan' : `for ${plan} plan`}`
}

/** Whether two sets of limits, or of features, say the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

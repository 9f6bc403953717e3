import { MAX_INT } from '../../core/input.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import type { LimitName, LimitValues } from '../catalog/index.js'

interface Resource {
  /** The field of a plan that limits it. */
  readonly limit: LimitName
  /** "Maximum memory in MB (32768) reached". */
  readonly words: string
  /** "The request for 1 node", "The request for 4 nodes". */
  readonly one: string
  readonly many: string
  /** Follows a limit: "32768 MB". */
  readonly unit?: string
}

const count = (limit: LimitName, one: string, many: string): Resource => ({ limit, words: many, one, many })
const measure = (limit: LimitName, name: string, unit: string): Resource => {
  return { limit, words: `${name} in ${unit}`, one: `${unit} of ${name}`, many: `${unit} of ${name}`, unit }
}

/** The limit that applies to each resource, and its name in messages. */
export const RESOURCES: Readonly<Record<LimitedResource, Resource>> = {
  SERVERS: count('serverLimit', 'server', 'servers'),
  NODES: count('nodeLimit', 'node', 'nodes'),
  MEMORY_MB: measure('memory', 'memory', 'MB'),
  DISK_MB: measure('disk', 'disk', 'MB'),
  CPU_PERCENT: measure('cpu', 'CPU', 'percent'),
  DATABASES_PER_SERVER: count('databases', 'database per server', 'databases per server'),
  BACKUPS_PER_SERVER: count('backups', 'backup per server', 'backups per server'),
  PORTS_PER_SERVER: count('portCount', 'port per server', 'ports per server'),
  TUNNEL_PORTS: count('tunnelPortCount', 'tunnel port', 'tunnel ports'),
  EMAILS_PER_DAY: count('emailsPerDay', 'e-mail per day', 'e-mails per day'),
}

/** What is counted by `consume` and not by servers. */
export const COUNTED_RESOURCES = ['NODES', 'TUNNEL_PORTS', 'EMAILS_PER_DAY'] as const

export type CountedResource = (typeof COUNTED_RESOURCES)[number]

/** What an administrator gave beside the plan. */
export interface LimitOverrideRule {
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

export function isInForce({ endsAt, removedAt }: LimitOverrideRule, at: Date): boolean {
  return removedAt === null && (endsAt === null || at < endsAt)
}

/**
 * What may be used. A value in the place of the plan's limit stands as it is, the latest one where there are several;
 * otherwise boosts are added up and counted once from the plan's limit, rounded down. Unlimited stays unlimited.
 * @param overrides  those in force
 */
export function withOverrides(limits: LimitValues, overrides: readonly LimitOverrideRule[]): LimitValues {
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

interface RefusedRequest {
  resource: LimitedResource
  limit: number
  requested: number
  /** Name of the plan; null for a customer without one. */
  plan: string | null
}

/**
 * "Maximum servers (5) reached for Starter plan", or for one request that is larger than the limit itself
 * "The request for 999999 MB of memory exceeds the limit of 32768 MB of the Pro plan". Servers are claimed one at
 * a time, so their limit is always reached.
 */
export function limitReachedMessage({ resource, limit, requested, plan }: RefusedRequest): string {
  const { words, one, many, unit } = RESOURCES[resource]
  // Without a limit, what is counted still has to fit into an integer.
  if (limit === MAX_INT) return `At most ${MAX_INT} ${many} can be counted`
  if (resource === 'SERVERS' || requested <= limit) {
    return `Maximum ${words} (${limit}) reached ${plan === null ? 'without a plan' : `for ${plan} plan`}`
  }
  const request = `${requested} ${requested === 1 ? one : many}`
  const bound = unit === undefined ? `${limit}` : `${limit} ${unit}`
  return `The request for ${request} exceeds the limit of ${bound} ${plan === null ? 'without a plan' : `of the ${plan} plan`}`
}

/** Whether two sets of limits, or of features, say the same. */
export function isDeepEqual(one: unknown, other: unknown): boolean {
  return stableStringify(one) === stableStringify(other)
}

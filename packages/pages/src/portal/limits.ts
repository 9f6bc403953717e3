import type { PlanCardFragment } from '../generated/portal'
import type { Locale } from '../ui/locale'
import type { PortalTexts } from './texts'

export type Resource = keyof PortalTexts['resources']

/** The limit of each resource in a plan, in the order in which they are shown. */
const PLAN_LIMITS = {
  SERVERS: 'serverLimit',
  NODES: 'nodeLimit',
  MEMORY_MB: 'memory',
  DISK_MB: 'disk',
  CPU_PERCENT: 'cpu',
  DATABASES_PER_SERVER: 'databases',
  BACKUPS_PER_SERVER: 'backups',
  PORTS_PER_SERVER: 'portCount',
  TUNNEL_PORTS: 'tunnelPortCount',
  EMAILS_PER_DAY: 'emailsPerDay',
} as const satisfies Record<Resource, keyof PlanCardFragment>

const MB_PER_GB = 1024

export function planLimits(plan: PlanCardFragment): { resource: Resource; limit: number | null }[] {
  return Object.entries(PLAN_LIMITS).map(([resource, field]) => ({ resource: resource as Resource, limit: plan[field] ?? null }))
}

/** A quantity of a resource with its unit: "8 GB", "200%". */
export function formatQuantity(resource: string, value: number, { number }: Locale): string {
  if (resource === 'CPU_PERCENT') return `${number(value)}%`
  if (resource !== 'MEMORY_MB' && resource !== 'DISK_MB') return number(value)
  return value >= MB_PER_GB ? `${number(Math.round((value / MB_PER_GB) * 10) / 10)} GB` : `${number(value)} MB`
}

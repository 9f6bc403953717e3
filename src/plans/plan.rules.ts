import type { Plan } from '../database/generated/client.js'

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

/** What a holder without any plan may use, where the catalogue has no default: nothing. */
export const NO_LIMITS_GRANTED = Object.fromEntries(LIMITS.map((name) => [name, 0])) as LimitValues

/** Whether customers can find and order it. */
export function isOnSale(plan: Pick<Plan, 'hiddenFromBilling' | 'archivedAt'>): boolean {
  return !plan.hiddenFromBilling && plan.archivedAt === null
}

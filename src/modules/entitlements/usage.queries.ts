import { mapRecord } from '../../core/record.js'
import type { Database } from '../../platform/postgres/client.js'
import { type Customer, customerFilter, customerKey } from '../identity/index.js'
import type { LimitedResource } from '../limited-resources.enums.js'
import { CONSUMABLE_RESOURCES, RESOURCES, type Resource, type ServerField } from '../limited-resources.rules.js'
import type { Usage } from './entitlement.rules.js'
import { countingDay } from './record-usage.js'

/** Current usage of a customer; of the current UTC day for a resource of scope DAY. */
export async function getUsage(db: Database, customer: Customer, at: Date): Promise<Usage> {
  const days = CONSUMABLE_RESOURCES.map((resource) => ({ resource, day: toDate(countingDay(resource, at)) }))
  const [servers, counters] = await Promise.all([
    db.serverClaim.aggregate({
      where: customerFilter(customer),
      _count: true,
      _sum: serverFieldsOf('ALL_SERVERS'),
      _max: serverFieldsOf('SERVER'),
    }),
    db.resourceCounter.findMany({ where: { ...customerKey(customer), OR: days }, select: { resource: true, used: true } }),
  ])
  const usageOf = (resource: Resource, key: LimitedResource): number => {
    switch (resource.scope) {
      case 'CUSTOMER':
      case 'DAY':
        return counters.find((counter) => counter.resource === key)?.used ?? 0
      case 'ALL_SERVERS':
        return resource.serverField === null ? servers._count : (servers._sum[resource.serverField] ?? 0)
      case 'SERVER':
        return servers._max[resource.serverField] ?? 0
    }
  }
  return mapRecord(RESOURCES, usageOf)
}

/** Selects the fields of server claims that count for resources of this scope. */
function serverFieldsOf(scope: 'ALL_SERVERS' | 'SERVER'): Partial<Record<ServerField, true>> {
  const fields: Partial<Record<ServerField, true>> = {}
  for (const resource of Object.values(RESOURCES)) {
    if (resource.scope === scope && resource.serverField !== null) fields[resource.serverField] = true
  }
  return fields
}

function toDate(day: string | null): Date | null {
  return day === null ? null : new Date(day)
}

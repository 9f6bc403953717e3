import type { Database } from '../../platform/postgres/client.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import { type Customer, customerFilter, customerKey } from '../identity/index.js'
import { COUNTED_RESOURCES, type Usage } from './entitlement.rules.js'
import { countingDay } from './record-usage.js'

/** Current usage of a customer. E-mails are those of the current UTC day. */
export async function getUsage(db: Database, customer: Customer, at: Date): Promise<Usage> {
  const days = COUNTED_RESOURCES.map((resource) => ({ resource, day: toDate(countingDay(resource, at)) }))
  const [servers, counters] = await Promise.all([
    db.serverClaim.aggregate({
      where: customerFilter(customer),
      _count: true,
      _sum: { memory: true, disk: true, cpu: true },
      _max: { databases: true, backups: true, ports: true },
    }),
    db.resourceCounter.findMany({ where: { ...customerKey(customer), OR: days }, select: { resource: true, used: true } }),
  ])
  const counted = (resource: LimitedResource) => counters.find((counter) => counter.resource === resource)?.used ?? 0
  return {
    SERVERS: servers._count,
    NODES: counted('NODES'),
    MEMORY_MB: servers._sum.memory ?? 0,
    DISK_MB: servers._sum.disk ?? 0,
    CPU_PERCENT: servers._sum.cpu ?? 0,
    DATABASES_PER_SERVER: servers._max.databases ?? 0,
    BACKUPS_PER_SERVER: servers._max.backups ?? 0,
    PORTS_PER_SERVER: servers._max.ports ?? 0,
    TUNNEL_PORTS: counted('TUNNEL_PORTS'),
    EMAILS_PER_DAY: counted('EMAILS_PER_DAY'),
  }
}

function toDate(day: string | null): Date | null {
  return day === null ? null : new Date(day)
}

import { z } from 'zod'
import { DAY_MS } from '../../core/duration.js'
import { DomainError } from '../../core/errors.js'
import { line, MAX_INT, parseId, parseInput, parseOptionalId } from '../../core/input.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Customer, customerKey, getMemberCustomer, lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { COUNTED_RESOURCES, type CountedResource, RESOURCES } from './entitlement.rules.js'
import type { ConsumeInput, GiveBackInput } from './entitlement.type.js'
import { limitExceededError } from './limit-exceeded-error.js'
import { withCurrentEntitlement } from './with-current-entitlement.js'

const countedResourceSchema = z.enum(COUNTED_RESOURCES, {
  error: `must be one of ${COUNTED_RESOURCES.join(', ')}; servers are claimed by claimServer`,
})
const usageSchema = z.object({
  resource: countedResourceSchema,
  amount: z.number().min(1, 'must be 1 or more').max(MAX_INT),
  key: line(255),
})

interface UsageRow {
  outcome: 'consumed' | 'stale' | 'conflict' | 'refused'
  used: bigint | null
}

/**
 * Counts an amount against the plan, once for a key. E-mails are counted by the day, in UTC; nodes and tunnel ports are
 * held until they are given back, and another amount under their key takes the place of the one before.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_LIMIT_EXCEEDED; IDEMPOTENCY_CONFLICT for e-mails under a used key
 */
export async function recordUsage(services: Services, input: ConsumeInput): Promise<Customer> {
  const { resource, amount, key } = parseInput(usageSchema, 'input', input)
  const holder = parseCustomer(input)
  const { entitlement, row } = await withCurrentEntitlement(services, holder, async (entitlement) => {
    const at = services.clock.now()
    const limit = entitlement.limits[RESOURCES[resource].limit]
    const rows = await services.db.$queryRaw<UsageRow[]>`
      SELECT * FROM consume_resource(${holder.userId}::int, ${holder.organisationId}::int, ${resource}::"LimitedResource",
        ${countingDay(resource, at)}::date, ${key}, ${amount}::int, ${limit}::int, ${entitlement.version}::int, ${at}::timestamptz)`
    const row = rows[0] as UsageRow
    return row.outcome === 'stale' ? undefined : { entitlement, row }
  })
  if (row.outcome === 'conflict') {
    throw new DomainError('IDEMPOTENCY_CONFLICT', 'This key was used before with another amount; take a new key')
  }
  if (row.outcome === 'refused') {
    const limit = entitlement.limits[RESOURCES[resource].limit] ?? MAX_INT
    throw await limitExceededError(services, { plan: entitlement.plan, resource, limit, used: Number(row.used), requested: amount })
  }
  return holder
}

const releaseSchema = z.object({ resource: countedResourceSchema, key: line(255) })

/** Takes back what was counted under a key. @returns whether there was anything, and whose */
export async function releaseUsage(services: Services, input: GiveBackInput): Promise<{ holder: Customer; givenBack: boolean }> {
  const { resource, key } = parseInput(releaseSchema, 'input', input)
  const { userId, organisationId } = parseCustomer(input)
  const holder = await getMemberCustomer(services.db, userId, organisationId ?? undefined)
  const givenBack = await runTransaction(services.db, async (tx) => {
    await lockCustomer(tx, holder)
    const found = await tx.consumption.findFirst({ where: { ...customerKey(holder), resource, key } })
    if (!found) return false
    await tx.consumption.delete({ where: { id: found.id } })
    await tx.resourceCounter.update({ where: { id: found.counterId }, data: { used: { decrement: found.amount } } })
    return true
  })
  return { holder, givenBack }
}

/** The day on which a resource is counted, as PostgreSQL reads it; null for what is held. */
export function countingDay(resource: CountedResource, at: Date): string | null {
  return resource === 'EMAILS_PER_DAY' ? at.toISOString().slice(0, 10) : null
}

function parseCustomer({ userId, organisationId }: ConsumeInput | GiveBackInput): Customer {
  return { userId: parseId('input.userId', userId), organisationId: parseOptionalId('input.organisationId', organisationId) ?? null }
}

const BATCH = 10_000
const USAGE_RETENTION_DAYS = 2

/** What was counted on days long gone: a key is remembered for a day and more. */
export async function purgeExpiredUsage({ db, clock }: Services): Promise<void> {
  const before = new Date(clock.now().getTime() - USAGE_RETENTION_DAYS * DAY_MS).toISOString().slice(0, 10)
  for (;;) {
    const removed = await db.$executeRaw`
      DELETE FROM consumptions WHERE id IN (
        SELECT c.id FROM consumptions AS c JOIN resource_counters AS r ON r.id = c.counter_id WHERE r.day < ${before}::date LIMIT ${BATCH})`
    if (removed < BATCH) break
  }
  await db.$executeRaw`
    DELETE FROM resource_counters WHERE day < ${before}::date
      AND NOT EXISTS (SELECT FROM consumptions WHERE counter_id = resource_counters.id)`
}

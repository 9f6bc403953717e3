import { z } from 'zod'
import { addDays } from '../../core/duration.js'
import { DomainError } from '../../core/errors.js'
import { line, MAX_INT, optional, organisationId, parseInput, userId } from '../../core/input.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { IDEMPOTENCY_CONFLICT } from '../../platform/postgres/idempotency.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Customer, customerKey, getMemberCustomer, lockCustomer } from '../identity/index.js'
import { LimitedResource } from '../limited-resources.enums.js'
import { CONSUMABLE_RESOURCES, RESOURCES } from '../limited-resources.rules.js'
import type { Services } from '../services.js'
import type { RecordUsageInput, ReleaseUsageInput } from './entitlement.type.js'
import { CONSUME_RESOURCE } from './entitlements.statements.js'
import { limitExceededError } from './limit-exceeded-error.js'
import { withCurrentEntitlement } from './with-current-entitlement.js'

const consumableResourceSchema = z.enum(LimitedResource).refine((resource) => CONSUMABLE_RESOURCES.includes(resource), {
  error: `must be one of ${CONSUMABLE_RESOURCES.join(', ')}; use claimServer for servers`,
})
const releaseSchema = z.object({
  resource: consumableResourceSchema,
  key: line(255),
  userId: userId(),
  organisationId: optional(organisationId()),
})
const usageSchema = releaseSchema.extend({ amount: z.number().min(1, 'must be 1 or more').max(MAX_INT) })

/**
 * Records usage against the customer's limits, once per key. A resource of scope DAY is counted per UTC day.
 * One of scope CUSTOMER counts until it is released, and another amount under the same key replaces the
 * previous one.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_LIMIT_EXCEEDED
 * @throws IDEMPOTENCY_CONFLICT for scope DAY when the key was used with another amount
 */
export async function recordUsage(services: Pick<Services, 'clock' | 'config' | 'db'>, input: RecordUsageInput): Promise<Customer> {
  const { resource, amount, key, userId, organisationId = null } = parseInput(usageSchema, 'input', input)
  const customer = { userId, organisationId }
  const { entitlement, row } = await withCurrentEntitlement(services, customer, async (entitlement) => {
    const at = services.clock.now()
    const limit = entitlement.limits[RESOURCES[resource].column]
    const values = { resource, day: countingDay(resource, at), key, amount, limit, version: entitlement.version, consumedAt: at }
    const row = await readRow(services.db, bind(CONSUME_RESOURCE, { ...customer, ...values }))
    return !row || row.outcome === 'stale' ? undefined : { entitlement, row }
  })
  if (row.outcome === 'conflict') {
    throw new DomainError(IDEMPOTENCY_CONFLICT, 'input.key: was already used with another amount; use a new key')
  }
  if (row.outcome === 'refused') {
    const limit = entitlement.limits[RESOURCES[resource].column] ?? MAX_INT
    throw await limitExceededError(services, { plan: entitlement.plan, resource, limit, used: Number(row.used), requested: amount })
  }
  return customer
}

/** Releases the usage under a key. @returns the customer, and whether any usage was recorded under the key */
export async function releaseUsage(
  services: Pick<Services, 'db'>,
  input: ReleaseUsageInput,
): Promise<{ customer: Customer; wasReleased: boolean }> {
  const { resource, key, userId, organisationId } = parseInput(releaseSchema, 'input', input)
  const customer = await getMemberCustomer(services.db, userId, organisationId)
  const wasReleased = await runTransaction(services.db, async (tx) => {
    await lockCustomer(tx, customer)
    const consumption = await tx.consumption.findFirst({ where: { ...customerKey(customer), resource, key } })
    if (!consumption) return false
    await tx.consumption.delete({ where: { id: consumption.id } })
    await tx.resourceCounter.update({ where: { id: consumption.counterId }, data: { used: { decrement: consumption.amount } } })
    return true
  })
  return { customer, wasReleased }
}

/**
 * The UTC day for resources that are counted per day, as "2026-05-01"; null for resources that count until
 * released.
 */
export function countingDay(resource: LimitedResource, at: Date): string | null {
  return RESOURCES[resource].scope === 'DAY' ? at.toISOString().slice(0, 10) : null
}

const USAGE_PURGE_BATCH_SIZE = 1000
/** A literal: for a parameter, PostgreSQL plans to delete a tenth of the table and reads all of it. */
const USAGE_PURGE_LIMIT = Prisma.raw(String(USAGE_PURGE_BATCH_SIZE))
const USAGE_RETENTION_DAYS = 2

/**
 * Deletes daily usage after the retention. Keys are stored for at least one full day, so that retries across
 * midnight stay safe.
 */
export async function purgeExpiredUsage({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const before = addDays(clock.now(), -USAGE_RETENTION_DAYS).toISOString().slice(0, 10)
  await deleteInBatches(
    () => db.$executeRaw`
      DELETE FROM consumptions WHERE ctid = ANY (ARRAY(
        SELECT consumption.ctid FROM resource_counters AS counter
        JOIN consumptions AS consumption ON consumption.counter_id = counter.id
        WHERE counter.day < ${before}::date ORDER BY counter.day LIMIT ${USAGE_PURGE_LIMIT}))`,
  )
  await deleteInBatches(
    () => db.$executeRaw`
      DELETE FROM resource_counters WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM resource_counters AS counter WHERE day < ${before}::date
          AND (SELECT consumption.id FROM consumptions AS consumption WHERE counter_id = counter.id LIMIT 1) IS NULL
        ORDER BY day LIMIT ${USAGE_PURGE_LIMIT}))`,
  )
}

/** @param deleteBatch  deletes a batch and returns the number of rows */
async function deleteInBatches(deleteBatch: () => Promise<number>): Promise<void> {
  while ((await deleteBatch()) === USAGE_PURGE_BATCH_SIZE) {
    // Each batch is a separate transaction.
  }
}

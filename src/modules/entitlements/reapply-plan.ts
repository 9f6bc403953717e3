import { parseId } from '../../core/ids.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, PlanReapplication } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { getPlan, limitsOf } from '../catalog/index.js'
import {
  type Customer,
  customerFilter,
  listOrganisationsAfter,
  listUsersAfter,
  lockCustomer,
  principalName,
  type UserPrincipal,
} from '../identity/index.js'
import type { Services } from '../services.js'
import { REAPPLY_PLAN } from './entitlement.jobs.js'
import { LIVE_SUBSCRIPTION } from './entitlement.queries.js'
import type { ReapplyPlanInput } from './entitlement.type.js'
import { refreshEntitlement } from './refresh-entitlement.js'

/** Customers per transaction. Each is locked until the commit, so the batch is small. */
const CUSTOMERS_PER_BATCH = 50

/**
 * Starts to apply a plan's current limits and features to all of its subscribers. A run in progress restarts,
 * so that no customer keeps the limits from before the latest change.
 * @throws PLAN_NOT_FOUND
 */
export async function reapplyPlan(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  input: ReapplyPlanInput,
): Promise<PlanReapplication> {
  const planId = parseId('input.planId', input.planId, 'Plan')
  return runTransaction(db, async (tx) => {
    const at = clock.now()
    // Serializes concurrent requests, so that the second one finds the run of the first.
    await tx.$queryRaw`SELECT id FROM plans WHERE id = ${planId} FOR NO KEY UPDATE`
    const plan = await getPlan(tx, planId)
    const state = { planId, requestedBy: principalName(principal), total: await countSubscribers(tx, plan), startedAt: at }
    const initial = { ...state, done: 0, lastUserId: '', lastOrganisationId: '' }
    const running = await tx.planReapplication.findFirst({ where: { planId, finishedAt: null } })
    const reapplication = running
      ? await tx.planReapplication.update({ where: { id: running.id }, data: initial })
      : await tx.planReapplication.create({ data: initial })
    await enqueue(tx, REAPPLY_PLAN, { reapplicationId: reapplication.id }, `reapplyPlan:${reapplication.id}`, { isLowPriority: true })
    await recordAuditEntry(tx, { actor: principal, action: 'reapplyPlan', subject: `plan:${planId}`, details: { total: state.total }, at })
    return reapplication
  })
}

/** Newest first. */
export async function listReapplications({ db }: Pick<Services, 'db'>, planId: bigint, pageArguments: ConnectionArguments) {
  const page = await readPageById(pageArguments, {
    read: ({ where, ...query }) => db.planReapplication.findMany({ where: { ...where, planId }, ...query }),
    timeOf: ({ startedAt }) => startedAt,
  })
  return { ...page, count: () => db.planReapplication.count({ where: { planId } }) }
}

/** Runs a reapplication batch by batch. After a crash it resumes after the last committed batch. */
export async function runReapplication(services: Pick<Services, 'clock' | 'config' | 'db'>, id: bigint): Promise<void> {
  while (await reapplyNextBatch(services, id)) {
    // Each batch is a separate transaction.
  }
}

/** @returns whether there may be more batches */
function reapplyNextBatch(services: Pick<Services, 'clock' | 'config' | 'db'>, id: bigint): Promise<boolean> {
  return runTransaction(services.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM plan_reapplications WHERE id = ${id} FOR UPDATE`
    const reapplication = await tx.planReapplication.findUnique({ where: { id }, include: { plan: true } })
    if (!reapplication || reapplication.finishedAt) return false
    const { plan, done, lastUserId, lastOrganisationId } = reapplication
    const users = await listNextUsers(tx, plan, lastUserId)
    const organisations = users.length === 0 ? await listNextOrganisations(tx, plan, lastOrganisationId) : []
    const customers = [...users, ...organisations]
    for (const customer of customers) await applyCurrentLimits(tx, services, plan, customer)
    const isFinished = customers.length === 0
    await tx.planReapplication.update({
      where: { id },
      data: {
        done: done + customers.length,
        lastUserId: users.at(-1)?.userId ?? lastUserId,
        lastOrganisationId: organisations.at(-1)?.organisationId ?? lastOrganisationId,
        ...(isFinished && { finishedAt: services.clock.now() }),
      },
    })
    return !isFinished
  })
}

async function applyCurrentLimits(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  plan: Plan,
  customer: Customer,
): Promise<void> {
  await lockCustomer(tx, customer)
  await tx.subscription.updateMany({
    where: { ...customerFilter(customer), planId: plan.id, ...LIVE_SUBSCRIPTION },
    data: { planLimits: limitsOf(plan), planFeatures: jsonObject.parse(plan.features), updatedAt: services.clock.now() },
  })
  await refreshEntitlement(tx, services, customer)
}

/**
 * For the default plan these are all users: those without a subscription are notified of the new limits as
 * well.
 */
async function listNextUsers(tx: Transaction, { id, isDefault }: Plan, afterId: string): Promise<Customer[]> {
  if (isDefault) return listUsersAfter(tx, afterId, CUSTOMERS_PER_BATCH)
  return tx.$queryRaw`
    SELECT user_id AS "userId", NULL AS "organisationId" FROM subscriptions
    WHERE plan_id = ${id} AND status <> 'EXPIRED' AND organisation_id IS NULL AND user_id > ${afterId}
    ORDER BY user_id LIMIT ${CUSTOMERS_PER_BATCH}`
}

async function listNextOrganisations(tx: Transaction, { id, isDefault }: Plan, afterId: string): Promise<Customer[]> {
  if (isDefault) return listOrganisationsAfter(tx, afterId, CUSTOMERS_PER_BATCH)
  return tx.$queryRaw`
    SELECT user_id AS "userId", organisation_id AS "organisationId" FROM subscriptions
    WHERE plan_id = ${id} AND status <> 'EXPIRED' AND organisation_id > ${afterId}
    ORDER BY organisation_id LIMIT ${CUSTOMERS_PER_BATCH}`
}

async function countSubscribers(tx: Transaction, { id, isDefault }: Plan): Promise<number> {
  if (isDefault) return (await tx.user.count()) + (await tx.organisation.count())
  const rows = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM subscriptions WHERE plan_id = ${id} AND status <> 'EXPIRED'`
  return rows[0]?.count ?? 0
}

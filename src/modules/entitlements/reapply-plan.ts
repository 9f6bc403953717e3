import { parseId } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, PlanReapplication } from '../../platform/postgres/generated/client.js'
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
import { refreshEntitlement } from './refresh-entitlement.js'

/** Holders in one transaction: few enough that nobody waits long for one of them. */
const BATCH = 50

/**
 * Begins to move everybody who has a plan to its limits and features of today. One that is under way begins again, so that
 * nobody is left with limits from between two changes. @throws PLAN_NOT_FOUND
 */
export async function reapplyPlan({ db, clock }: Services, by: UserPrincipal, id: string): Promise<PlanReapplication> {
  const planId = parseId('planId', id)
  return runTransaction(db, async (tx) => {
    const at = clock.now()
    // Two at once queue here, and the second one finds the first.
    await tx.$queryRaw`SELECT id FROM plans WHERE id = ${planId} FOR NO KEY UPDATE`
    const plan = await getPlan(tx, planId)
    const state = { planId, requestedBy: principalName(by), total: await countSubscribers(tx, plan), startedAt: at }
    const fresh = { ...state, done: 0, lastUserId: 0, lastOrganisationId: 0 }
    const running = await tx.planReapplication.findFirst({ where: { planId, finishedAt: null } })
    const reapplication = running
      ? await tx.planReapplication.update({ where: { id: running.id }, data: fresh })
      : await tx.planReapplication.create({ data: fresh })
    await enqueue(tx, 'reapplyPlan', { reapplicationId: reapplication.id }, `reapplyPlan:${reapplication.id}`, { isLowPriority: true })
    await recordAuditEntry(tx, { by, action: 'reapplyPlan', subject: `plan:${planId}`, details: { total: state.total }, at })
    return reapplication
  })
}

/** Newest first. */
export async function listReapplications({ db }: Services, planId: number, asked: ConnectionArguments) {
  const page = await readPageById(asked, {
    read: ({ where, ...query }) => db.planReapplication.findMany({ where: { ...where, planId }, ...query }),
    timeOf: ({ startedAt }) => startedAt,
  })
  return { ...page, count: () => db.planReapplication.count({ where: { planId } }) }
}

/** The work itself, batch by batch; after a crash it goes on where it was. */
export async function runReapplication(services: Services, id: number): Promise<void> {
  while (await reapplyNextBatch(services, id)) {
    // Each batch is a transaction of its own.
  }
}

/** @returns whether there may be more */
function reapplyNextBatch(services: Services, id: number): Promise<boolean> {
  return runTransaction(services.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM plan_reapplications WHERE id = ${id} FOR UPDATE`
    const reapplication = await tx.planReapplication.findUnique({ where: { id }, include: { plan: true } })
    if (!reapplication || reapplication.finishedAt) return false
    const { plan, done, lastUserId, lastOrganisationId } = reapplication
    const users = await listNextUsers(tx, plan, lastUserId)
    const organisations = users.length === 0 ? await listNextOrganisations(tx, plan, lastOrganisationId) : []
    const holders = [...users, ...organisations]
    for (const holder of holders) await applyCurrentLimits(tx, services, plan, holder)
    const isOver = holders.length === 0
    await tx.planReapplication.update({
      where: { id },
      data: {
        done: done + holders.length,
        lastUserId: users.at(-1)?.userId ?? lastUserId,
        lastOrganisationId: organisations.at(-1)?.organisationId ?? lastOrganisationId,
        ...(isOver && { finishedAt: services.clock.now() }),
      },
    })
    return !isOver
  })
}

async function applyCurrentLimits(tx: Transaction, services: Services, plan: Plan, holder: Customer): Promise<void> {
  await lockCustomer(tx, holder)
  await tx.subscription.updateMany({
    where: { ...customerFilter(holder), planId: plan.id, status: { not: 'EXPIRED' } },
    data: { planLimits: limitsOf(plan), planFeatures: plan.features as object, updatedAt: services.clock.now() },
  })
  await refreshEntitlement(tx, services, holder)
}

const LIVE = { status: { not: 'EXPIRED' } } as const

/** The default plan is everybody's who has no other: they are told what it is now. */
async function listNextUsers(tx: Transaction, { id, isDefault }: Plan, last: number): Promise<Customer[]> {
  if (isDefault) return listUsersAfter(tx, last, BATCH)
  return tx.subscription.findMany({
    where: { ...LIVE, planId: id, organisationId: null, userId: { gt: last } },
    orderBy: { userId: 'asc' },
    take: BATCH,
    select: { userId: true, organisationId: true },
  })
}

async function listNextOrganisations(tx: Transaction, { id, isDefault }: Plan, last: number): Promise<Customer[]> {
  if (isDefault) return listOrganisationsAfter(tx, last, BATCH)
  return tx.subscription.findMany({
    where: { ...LIVE, planId: id, organisationId: { gt: last } },
    orderBy: { organisationId: 'asc' },
    take: BATCH,
    select: { userId: true, organisationId: true },
  })
}

async function countSubscribers(tx: Transaction, { id, isDefault }: Plan): Promise<number> {
  if (!isDefault) return tx.subscription.count({ where: { ...LIVE, planId: id } })
  return (await tx.user.count()) + (await tx.organisation.count())
}

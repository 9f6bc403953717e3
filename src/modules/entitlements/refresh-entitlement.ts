import type { Transaction } from '../../platform/postgres/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Customer, customerKey, lockCustomer, setPortalTier } from '../identity/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { type Entitlement, getEntitlement } from './entitlement.queries.js'
import { isDeepEqual } from './entitlement.rules.js'

/**
 * The last step of everything that changes what a holder has: sets its tier, remembers what it may use now, and tells of it
 * when that is something else than before. Call it under the holder's lock, in the transaction of the change.
 */
export async function refreshEntitlement(tx: Transaction, { clock, config }: Services, holder: Customer): Promise<Entitlement> {
  const at = clock.now()
  const entitlement = await getEntitlement(tx, holder, at, config.graceDays)
  const { plan, limits, features, changesAt } = entitlement
  await setPortalTier(tx, holder, plan?.type ?? 'FREE')
  const where = customerKey(holder)
  const told = await tx.entitlement.findUnique({ where })
  const isKnown = told && told.planId === (plan?.id ?? null) && isDeepEqual(told.limits, limits) && isDeepEqual(told.features, features)
  if (isKnown && told.changesAt?.getTime() === changesAt?.getTime()) return entitlement
  const state = { planId: plan?.id ?? null, limits: { ...limits }, features: features as object, changesAt, updatedAt: at }
  await tx.entitlement.upsert({ where, create: { ...where, ...state }, update: { ...state, version: { increment: 1 } } })
  if (!isKnown) {
    const payload = { planId: plan?.id ?? null, plan: plan?.slug ?? null, limits: { ...limits }, features: features as object }
    await publishEvent(tx, { type: 'limits.changed', customer: holder, payload, at })
  }
  return entitlement
}

/** Locks the holder and settles it, in a transaction of its own. */
export async function refreshCustomerEntitlement(services: Services, holder: Customer): Promise<void> {
  await runTransaction(services.db, async (tx) => {
    await lockCustomer(tx, holder)
    await refreshEntitlement(tx, services, holder)
  })
}

const BATCH = 500

/** Plans and overrides whose end has come: nobody did anything, so nobody has settled it. */
export async function refreshExpiredEntitlements(services: Services): Promise<void> {
  for (;;) {
    const due = await services.db.entitlement.findMany({
      where: { changesAt: { lte: services.clock.now() } },
      select: { userId: true, organisationId: true },
      orderBy: { changesAt: 'asc' },
      take: BATCH,
    })
    for (const { userId, organisationId } of due) await refreshCustomerEntitlement(services, { userId: userId ?? 0, organisationId })
    if (due.length < BATCH) return
  }
}

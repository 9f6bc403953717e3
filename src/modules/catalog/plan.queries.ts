import { DomainError, invalidInputError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { isAdministrator, type UserPrincipal } from '../identity/index.js'
import type { PlanCache } from '../services.js'
import { isAvailable } from './plan.rules.js'

/** Null when there is none, or when it is not on sale and the viewer no administrator. */
export async function findPlan(catalogue: PlanCache, viewer: UserPrincipal | undefined, id: number): Promise<Plan | null> {
  const plan = (await catalogue.read()).byId.get(id)
  return plan && (isAvailable(plan) || isAdministrator(viewer)) ? plan : null
}

/** @throws PLAN_NOT_FOUND */
export async function getPlan(tx: Transaction, id: number): Promise<Plan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan) throw new DomainError('PLAN_NOT_FOUND', `There is no plan ${id}`)
  return plan
}

type PricedPlan = Plan & { price: bigint }

/**
 * A plan that the viewer may order, at its price: on sale, or for an administrator also a hidden one.
 * @throws PLAN_NOT_FOUND, BAD_USER_INPUT for a plan at a custom price, naming `field`
 */
export async function getOrderablePlan(tx: Transaction, viewer: UserPrincipal, id: number, field: string): Promise<PricedPlan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan || !mayOrder(viewer, plan)) throw planNotFoundError(id)
  return requirePrice(plan, field)
}

/** As requireOrderable, by the plan's slug or number. A hidden and a missing plan have the same message. */
export async function getOrderablePlanBySlug(tx: Transaction, viewer: UserPrincipal, slug: string, field: string): Promise<PricedPlan> {
  const byNumber = /^[1-9]\d{0,8}$/.test(slug) ? Number(slug) : undefined
  const plan = await tx.plan.findFirst({ where: byNumber === undefined ? { slug } : { OR: [{ slug }, { id: byNumber }] } })
  if (!plan || !mayOrder(viewer, plan)) throw planNotFoundError(`"${slug.slice(0, 60)}"`)
  return requirePrice(plan, field)
}

function mayOrder(viewer: UserPrincipal, plan: Plan): boolean {
  return plan.archivedAt === null && (isAvailable(plan) || isAdministrator(viewer))
}

function requirePrice(plan: Plan, field: string): PricedPlan {
  if (plan.price === null) throw invalidInputError(field, 'this plan has a custom price; ask sales for an offer')
  return { ...plan, price: plan.price }
}

export function planNotFoundError(plan: number | string): DomainError {
  return new DomainError('PLAN_NOT_FOUND', `There is no plan ${plan} that can be ordered`)
}

/** What somebody who has outgrown a plan would buy: the next one on sale by rank; the first one for who has none. */
export function findNextPlan(tx: Transaction, plan: Pick<Plan, 'rank'> | null): Promise<Plan | null> {
  const higher = plan ? { rank: { gt: plan.rank } } : {}
  return tx.plan.findFirst({
    where: { hiddenFromBilling: false, archivedAt: null, isDefault: false, ...higher },
    orderBy: [{ rank: 'asc' }, { id: 'asc' }],
  })
}

/** The free plan that everybody without another one has. */
export function findDefaultPlan(tx: Transaction): Promise<Plan | null> {
  return tx.plan.findFirst({ where: { isDefault: true } })
}

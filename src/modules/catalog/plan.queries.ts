import { DomainError, invalidInputError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { isAdministrator, type UserPrincipal } from '../identity/index.js'
import type { PlanCache } from '../services.js'
import { PLAN_NOT_FOUND } from './plan.errors.js'
import { isAvailable } from './plan.rules.js'

/** Null if the plan does not exist, or if it is not available and the principal is not an administrator. */
export async function findVisiblePlan(planCache: PlanCache, principal: UserPrincipal | undefined, id: bigint): Promise<Plan | null> {
  const plan = (await planCache.read()).byId.get(id)
  return plan && (isAvailable(plan) || isAdministrator(principal)) ? plan : null
}

/** @throws PLAN_NOT_FOUND */
export async function getPlan(tx: Transaction, id: bigint): Promise<Plan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan) throw new DomainError(PLAN_NOT_FOUND, `Plan ${id} does not exist`)
  return plan
}

type PricedPlan = Plan & { price: bigint }

/**
 * Returns a plan that the principal may order: an available plan, or for an administrator also a hidden one.
 * @throws PLAN_NOT_FOUND, BAD_USER_INPUT naming `field` for a plan with a custom price
 */
export async function getOrderablePlan(tx: Transaction, principal: UserPrincipal, id: bigint, field: string): Promise<PricedPlan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan || !canOrder(principal, plan)) throw planNotFoundError(id)
  return assertPriced(plan, field)
}

/**
 * Like getOrderablePlan, by the slug or id of the plan. The error does not reveal whether a hidden plan
 * exists.
 */
export async function getOrderablePlanBySlugOrId(
  tx: Transaction,
  principal: UserPrincipal,
  slugOrId: string,
  field: string,
): Promise<PricedPlan> {
  const [, number] = /^(?:plan_)?([1-9]\d{0,14})$/.exec(slugOrId) ?? []
  const planId = number === undefined ? undefined : BigInt(number)
  if (!isStorable(slugOrId)) throw planNotFoundError('with this name')
  const plan = await tx.plan.findFirst({ where: planId === undefined ? { slug: slugOrId } : { OR: [{ slug: slugOrId }, { id: planId }] } })
  if (!plan || !canOrder(principal, plan)) throw planNotFoundError(`"${slugOrId.slice(0, 60)}"`)
  return assertPriced(plan, field)
}

/** PostgreSQL refuses texts with U+0000. */
function isStorable(text: string): boolean {
  return !text.includes('\0')
}

function canOrder(principal: UserPrincipal, plan: Plan): boolean {
  return plan.archivedAt === null && (isAvailable(plan) || isAdministrator(principal))
}

function assertPriced(plan: Plan, field: string): PricedPlan {
  if (plan.price === null) throw invalidInputError(field, 'this plan has a custom price; contact sales for an offer')
  return { ...plan, price: plan.price }
}

export function planNotFoundError(plan: bigint | string): DomainError {
  return new DomainError(PLAN_NOT_FOUND, `Plan ${plan} does not exist or cannot be ordered`)
}

/** The upgrade from a plan: the next available plan by rank. Without a plan, the first one. */
export function findNextPlan(tx: Transaction, plan: Pick<Plan, 'rank'> | null): Promise<Plan | null> {
  const higher = plan ? { rank: { gt: plan.rank } } : {}
  return tx.plan.findFirst({
    where: { hiddenFromBilling: false, archivedAt: null, isDefault: false, ...higher },
    orderBy: [{ rank: 'asc' }, { id: 'asc' }],
  })
}

/** The free plan of customers without another plan. */
export function findDefaultPlan(tx: Transaction): Promise<Plan | null> {
  return tx.plan.findFirst({ where: { isDefault: true } })
}

import { DomainError, invalidInput } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { isAdministrator, type Viewer } from '../identity/index.js'
import type { Plans } from '../services.js'
import { isOnSale } from './plan.rules.js'

/** Null when there is none, or when it is not on sale and the viewer no administrator. */
export async function findPlan(catalogue: Plans, viewer: Viewer | undefined, id: number): Promise<Plan | null> {
  const plan = (await catalogue.read()).byId.get(id)
  return plan && (isOnSale(plan) || isAdministrator(viewer)) ? plan : null
}

/** @throws PLAN_NOT_FOUND */
export async function requirePlan(tx: Transaction, id: number): Promise<Plan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan) throw new DomainError('PLAN_NOT_FOUND', `There is no plan ${id}`)
  return plan
}

type PricedPlan = Plan & { price: bigint }

/**
 * A plan that the viewer may order, at its price: on sale, or for an administrator also a hidden one.
 * @throws PLAN_NOT_FOUND, BAD_USER_INPUT for a plan at a custom price, naming `field`
 */
export async function requireOrderable(tx: Transaction, viewer: Viewer, id: number, field: string): Promise<PricedPlan> {
  const plan = await tx.plan.findUnique({ where: { id } })
  if (!plan || !mayOrder(viewer, plan)) throw planNotFound(id)
  return requirePrice(plan, field)
}

/** As requireOrderable, by the plan's slug or number. A hidden and a missing plan have the same message. */
export async function requireOrderableBySlug(tx: Transaction, viewer: Viewer, slug: string, field: string): Promise<PricedPlan> {
  const byNumber = /^[1-9]\d{0,8}$/.test(slug) ? Number(slug) : undefined
  const plan = await tx.plan.findFirst({ where: byNumber === undefined ? { slug } : { OR: [{ slug }, { id: byNumber }] } })
  if (!plan || !mayOrder(viewer, plan)) throw planNotFound(`"${slug.slice(0, 60)}"`)
  return requirePrice(plan, field)
}

function mayOrder(viewer: Viewer, plan: Plan): boolean {
  return plan.archivedAt === null && (isOnSale(plan) || isAdministrator(viewer))
}

function requirePrice(plan: Plan, field: string): PricedPlan {
  if (plan.price === null) throw invalidInput(field, 'this plan has a custom price; ask sales for an offer')
  return { ...plan, price: plan.price }
}

export function planNotFound(plan: number | string): DomainError {
  return new DomainError('PLAN_NOT_FOUND', `There is no plan ${plan} that can be ordered`)
}

/** What somebody who has outgrown a plan would buy: the next one on sale by rank; the first one for who has none. */
export function nextPlanUp(tx: Transaction, plan: Pick<Plan, 'rank'> | null): Promise<Plan | null> {
  const higher = plan ? { rank: { gt: plan.rank } } : {}
  return tx.plan.findFirst({
    where: { hiddenFromBilling: false, archivedAt: null, isDefault: false, ...higher },
    orderBy: [{ rank: 'asc' }, { id: 'asc' }],
  })
}

/** The free plan that everybody without another one has. */
export function defaultPlan(tx: Transaction): Promise<Plan | null> {
  return tx.plan.findFirst({ where: { isDefault: true } })
}

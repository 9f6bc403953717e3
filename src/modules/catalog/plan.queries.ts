import { DomainError, invalidInputError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import { isAdministrator, type UserPrincipal } from '../identity/index.js'
import type { PlanCache } from '../services.js'
import { FIND_PLAN, FIND_PLAN_BY_SLUG_OR_ID } from './catalog.statements.js'
import { PLAN_NOT_FOUND } from './plan.errors.js'
import { isAvailable } from './plan.rules.js'

/** Null if the plan does not exist, or if it is not available and the principal is not an administrator. */
export async function findVisiblePlan(planCache: PlanCache, principal: UserPrincipal | undefined, id: bigint): Promise<Plan | null> {
  const plan = (await planCache.read()).byId.get(id)
  return plan && (isAvailable(plan) || isAdministrator(principal)) ? plan : null
}

/** @throws PLAN_NOT_FOUND */
export async function getPlan(tx: Transaction, id: bigint): Promise<Plan> {
  return assertExists(await readRow(tx, bindPlan({ planId: id })), id)
}

/** @throws PLAN_NOT_FOUND */
export function assertExists(plan: Plan | undefined, id: bigint): Plan {
  if (!plan) throw new DomainError(PLAN_NOT_FOUND, `Plan ${id} does not exist`)
  return plan
}

type PricedPlan = Plan & { price: bigint }

/** The plan that a request names: by its id, or by its slug or id. */
export type PlanReference = { readonly planId: bigint } | { readonly slugOrId: string }

export function bindPlan(reference: PlanReference): BoundStatement<Plan> {
  if ('planId' in reference) return bind(FIND_PLAN, reference)
  const { slugOrId } = reference
  const [, number] = /^(?:plan_)?([1-9]\d{0,14})$/.exec(slugOrId) ?? []
  const planId = number === undefined ? null : BigInt(number)
  // No plan has an empty slug.
  return bind(FIND_PLAN_BY_SLUG_OR_ID, { planSlug: isStorable(slugOrId) ? slugOrId : '', planId })
}

/**
 * Asserts that the principal may order a plan: an available plan, or for an administrator also a hidden one. The error does
 * not reveal whether a hidden plan exists.
 * @throws PLAN_NOT_FOUND, BAD_USER_INPUT naming `field` for a plan with a custom price
 */
export function assertOrderable(principal: UserPrincipal, plan: Plan | undefined, reference: PlanReference, field: string): PricedPlan {
  if (!plan || !canOrder(principal, plan)) throw planNotFoundError(nameOf(reference))
  return assertPriced(plan, field)
}

function nameOf(reference: PlanReference): bigint | string {
  if ('planId' in reference) return reference.planId
  return isStorable(reference.slugOrId) ? `"${reference.slugOrId.slice(0, 60)}"` : 'with this name'
}

/** Returns a plan that the principal may order. @throws PLAN_NOT_FOUND, BAD_USER_INPUT like `assertOrderable` */
export async function getOrderablePlan(
  tx: Transaction,
  principal: UserPrincipal,
  reference: PlanReference,
  field: string,
): Promise<PricedPlan> {
  return assertOrderable(principal, await readRow(tx, bindPlan(reference)), reference, field)
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

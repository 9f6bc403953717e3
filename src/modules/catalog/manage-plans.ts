import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { optional, parseInputAsync, printable, rowId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Plan, Prisma } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { principalName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { getPlan } from './plan.queries.js'
import { freeSlug, slugOf } from './plan.rules.js'
import type { ArchivePlanInput, NewPlan, PlanChanges } from './plan.type.js'
import { MAX_PLANS } from './plan-cache.js'
import { newPlanSchema, planChangesSchema } from './plan-fields.type.js'

export async function createPlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'planCache' | 'providers'>,
  principal: UserPrincipal,
  input: NewPlan,
): Promise<Plan> {
  const schema = newPlanSchema.extend({
    name: printable(services.findMissingGlyph, newPlanSchema.shape.name),
    providerVariantId: variantIdSchema(services),
    idempotencyKey,
  })
  const { currency, interval, idempotencyKey: key, ...plan } = await parseInputAsync(schema, 'input', input)
  const { idempotencyKey: _, ...rest } = input
  const request = { principal: principalName(principal), operation: 'createPlan', key, input: rest }
  const { planId } = await runOnce(services, request, async (tx) => {
    const at = services.clock.now()
    const slug = await chooseSlug(tx, plan)
    if (plan.isDefault) await moveDefault(tx, plan, 'isDefault')
    const created = await rejectDuplicates(() =>
      tx.plan.create({
        data: {
          ...plan,
          slug,
          currency: currency ?? services.config.billing.currency,
          ...(interval && { interval }),
          createdAt: at,
          updatedAt: at,
        },
      }),
    )
    await recordCatalogChange(tx, principal, 'createPlan', created, at)
    return { planId: Number(created.id) }
  })
  services.planCache.invalidate()
  return getPlan(services.db, BigInt(planId))
}

export async function updatePlan(
  services: Pick<Services, 'clock' | 'db' | 'findMissingGlyph' | 'planCache' | 'providers'>,
  principal: UserPrincipal,
  input: PlanChanges,
): Promise<Plan> {
  const { db, clock, findMissingGlyph, planCache } = services
  const schema = planChangesSchema.extend({
    id: rowId('Plan'),
    name: optional(printable(findMissingGlyph, newPlanSchema.shape.name)),
    providerVariantId: variantIdSchema(services),
  })
  const { id, ...changes } = await parseInputAsync(schema, 'input', input)
  const updated = await runTransaction(db, async (tx) => {
    const before = await getPlan(tx, id)
    if (changes.isDefault === false && before.isDefault)
      throw invalidInputError('input.isDefault', 'there must be a default plan; make another one the default instead')
    const at = clock.now()
    await assertVariantUnused(tx, changes.providerVariantId, id)
    if (before.isDefault || changes.isDefault) {
      const { type = before.type, price = before.price } = changes
      await moveDefault(tx, { ...before, type, price }, unsuitableField(changes))
    }
    const plan = await rejectDuplicates(() => tx.plan.update({ where: { id }, data: { ...changes, updatedAt: at } }))
    await recordCatalogChange(tx, principal, 'updatePlan', plan, at)
    return plan
  })
  planCache.invalidate()
  return updated
}

export async function archivePlan(
  { db, clock, planCache }: Pick<Services, 'clock' | 'db' | 'planCache'>,
  principal: UserPrincipal,
  { planId }: ArchivePlanInput,
): Promise<Plan> {
  const id = parseId('input.planId', planId, 'Plan')
  const archived = await runTransaction(db, async (tx) => {
    const plan = await getPlan(tx, id)
    if (plan.archivedAt) return plan
    if (plan.isDefault)
      throw new DomainError(INVALID_TRANSITION, 'The default plan cannot be archived; make another one the default first', {})
    const at = clock.now()
    await recordCatalogChange(tx, principal, 'archivePlan', plan, at)
    return tx.plan.update({ where: { id }, data: { archivedAt: at, updatedAt: at } })
  })
  planCache.invalidate()
  return archived
}

interface PlanIdentity {
  slug?: string | null | undefined
  name: string
  providerVariantId?: string | null | undefined
}

/**
 * Returns the given slug, or one derived from the name.
 * @throws BAD_USER_INPUT if the slug or variant is in use, or the catalog is full
 */
async function chooseSlug(tx: Transaction, { slug, name, providerVariantId }: PlanIdentity): Promise<string> {
  const plans = await tx.plan.findMany({ select: { slug: true }, take: MAX_PLANS })
  if (plans.length >= MAX_PLANS) throw invalidInputError('input', `the catalog already has the maximum of ${MAX_PLANS} plans`)
  await assertVariantUnused(tx, providerVariantId, 0n)
  const taken = new Set(plans.map((plan) => plan.slug))
  if (slug == null) return freeSlug(slugOf(name), taken)
  if (taken.has(slug)) throw invalidInputError('input.slug', 'is already used by another plan')
  return slug
}

/** The configured providers decide which ids of variants are valid. */
function variantIdSchema({ providers }: Pick<Services, 'providers'>) {
  return newPlanSchema.shape.providerVariantId.superRefine((id, context) => {
    const problem = id == null ? null : providers.variantIdProblem(id)
    if (problem !== null) context.addIssue(problem)
  })
}

/** @param id  the plan that may use the variant. @throws BAD_USER_INPUT if another plan uses it */
async function assertVariantUnused(tx: Transaction, providerVariantId: string | null | undefined, id: bigint): Promise<void> {
  if (providerVariantId == null) return
  const other = await tx.plan.findFirst({ where: { providerVariantId, NOT: { id } }, select: { id: true } })
  if (other) throw invalidInputError('input.providerVariantId', `is already used by plan ${other.id}`)
}

interface DefaultCandidate {
  /** Undefined for a new plan. */
  id?: bigint
  type: Plan['type']
  price?: bigint | null | undefined
  archivedAt?: Date | null
}

/**
 * Checks that the plan can be the default, and clears `isDefault` on the previous default plan.
 * @throws BAD_USER_INPUT naming `field` if the plan cannot be the default
 */
async function moveDefault(tx: Transaction, plan: DefaultCandidate, field: string): Promise<void> {
  if (plan.type !== 'FREE' || plan.price !== 0n || plan.archivedAt) {
    throw invalidInputError(`input.${field}`, 'the default plan must be of type FREE, must cost 0 and must not be archived')
  }
  await tx.plan.updateMany({ where: { isDefault: true, NOT: { id: plan.id ?? 0n } }, data: { isDefault: false } })
}

/** The changed field that makes a plan unsuitable as the default. */
function unsuitableField({ isDefault, type }: { isDefault?: boolean | undefined; type?: Plan['type'] | undefined }): string {
  if (isDefault) return 'isDefault'
  return type === undefined || type === 'FREE' ? 'price' : 'type'
}

/**
 * Turns a unique violation into BAD_USER_INPUT. The checks before it can miss a concurrent request that takes
 * the same slug or variant, or sets another default plan.
 */
async function rejectDuplicates(write: () => Promise<Plan>): Promise<Plan> {
  return write().catch((error: unknown) => {
    const isDuplicate = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    const message = 'another plan with the same slug or variant, or another default plan, was stored at the same time; retry'
    throw isDuplicate ? invalidInputError('input', message) : error
  })
}

/** Writes the audit log entry and notifies every process after the commit. */
async function recordCatalogChange(tx: Transaction, principal: UserPrincipal, action: string, plan: Plan, at: Date): Promise<void> {
  const details = { slug: plan.slug, name: plan.name, price: plan.price?.toString() ?? null }
  await recordAuditEntry(tx, { actor: principal, action, subject: `plan:${plan.id}`, details, at })
  notifyAfterCommit(tx, { plans: true })
}

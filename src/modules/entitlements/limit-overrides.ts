import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { acrossFields, MAX_INT, multilineText, parseInput } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import type { LimitOverride } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import {
  customerChoiceSchema,
  customerKey,
  customerName,
  getChosenCustomer,
  getUserOrOrganisation,
  lockCustomer,
  principalName,
  type UserPrincipal,
} from '../identity/index.js'
import { LimitedResource } from '../limited-resources.enums.js'
import type { Services } from '../services.js'
import type { RemoveLimitOverrideInput, SetLimitOverrideInput } from './entitlement.type.js'
import { refreshEntitlement } from './refresh-entitlement.js'

const MAX_PERCENT = 10_000
const MAX_ACTIVE_OVERRIDES = 100

const newOverrideSchema = customerChoiceSchema
  .safeExtend({
    resource: z.enum(LimitedResource).nullish(),
    percent: z.number().min(1, 'must be 1 or more').max(MAX_PERCENT, `must be at most ${MAX_PERCENT}`).nullish(),
    value: z.number().min(0, 'must be 0 or more').max(MAX_INT).nullish(),
    unlimited: z.boolean().nullish(),
    reason: multilineText(500),
    endsAt: z.date().nullish(),
    idempotencyKey,
  })
  .refine(
    ({ percent, value, unlimited }) => [percent != null, value != null, unlimited === true].filter(Boolean).length === 1,
    acrossFields('percent', 'specify exactly one of percent, value and unlimited'),
  )
  .refine(
    ({ resource, percent, value, unlimited }) => resource != null || percent != null || (value == null && unlimited !== true),
    acrossFields('resource', 'must be set unless percent is; only a percentage can apply to all resources'),
  )

/**
 * Raises or lowers limits of a user or an organisation.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT
 */
export async function setLimitOverride(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  input: SetLimitOverrideInput,
): Promise<LimitOverride> {
  const { db, clock } = services
  const override = parseInput(newOverrideSchema, 'input', input)
  const { resource = null, percent = null, value = null, reason, endsAt = null, idempotencyKey: key } = override
  const customer = await getChosenCustomer(db, override)
  const request = {
    principal: principalName(principal),
    operation: 'setLimitOverride',
    key,
    input: { customer: customerName(customer), resource, percent, value, reason, endsAt },
  }
  const { overrideId } = await runOnce(services, request, async (tx) => {
    const at = clock.now()
    if (endsAt && endsAt <= at) throw invalidInputError('input.endsAt', 'must be in the future')
    await lockCustomer(tx, customer)
    const inForce = await tx.limitOverride.count({ where: { ...customerKey(customer), ...inForceAt(at) } })
    if (inForce >= MAX_ACTIVE_OVERRIDES) {
      throw invalidInputError('input', `the customer already has ${MAX_ACTIVE_OVERRIDES} overrides, the maximum; remove one first`)
    }
    const override = await tx.limitOverride.create({
      data: { ...customerKey(customer), resource, percent, value, reason, endsAt, createdAt: at },
    })
    await refreshEntitlement(tx, services, customer)
    const details = { id: override.id, resource, percent, value, reason, endsAt: endsAt?.toISOString() ?? null }
    await recordAuditEntry(tx, { actor: principal, action: 'setLimitOverride', subject: customerName(customer), details, at })
    return { overrideId: Number(override.id) }
  })
  return db.limitOverride.findUniqueOrThrow({ where: { id: BigInt(overrideId) } })
}

/** Ends an override now. Idempotent. @throws BAD_USER_INPUT when the override does not exist */
export async function removeLimitOverride(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  { overrideId }: RemoveLimitOverrideInput,
): Promise<LimitOverride> {
  const { db, clock } = services
  const id = parseId('input.overrideId', overrideId, 'LimitOverride')
  const found = await db.limitOverride.findUnique({ where: { id } })
  if (!found) throw invalidInputError('input.overrideId', `override ${id} does not exist`)
  const customer = { userId: found.userId ?? '', organisationId: found.organisationId }
  return runTransaction(db, async (tx) => {
    await lockCustomer(tx, customer)
    const override = await tx.limitOverride.findUniqueOrThrow({ where: { id } })
    if (override.removedAt) return override
    const at = clock.now()
    const removed = await tx.limitOverride.update({ where: { id }, data: { removedAt: at } })
    await refreshEntitlement(tx, services, customer)
    await recordAuditEntry(tx, { actor: principal, action: 'removeLimitOverride', subject: customerName(customer), details: { id }, at })
    return removed
  })
}

const inForceAt = (at: Date) => ({ removedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: at } }] })

interface OverrideFilter {
  userId?: string | null | undefined
  organisationId?: string | null | undefined
  inForce?: boolean | null | undefined
  resource?: LimitedResource | null | undefined
}

/** Overrides of one customer, newest first by default, including expired and removed ones. */
export async function listLimitOverrides(
  { clock, db }: Pick<Services, 'clock' | 'db'>,
  { inForce, resource, ...customer }: OverrideFilter,
  pageArguments: ConnectionArguments,
  orderBy?: TimeSort | null,
) {
  const current = inForceAt(clock.now())
  const filter = {
    ...customerKey(await getUserOrOrganisation(db, customer)),
    ...(resource != null && { resource }),
    ...(inForce != null && (inForce ? current : { NOT: current })),
  }
  const page = await readPageById(pageArguments, {
    read: ({ where, ...query }) => db.limitOverride.findMany({ where: { ...where, ...filter }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
    isOldestFirst: orderBy === 'OLDEST_FIRST',
  })
  return { ...page, count: () => db.limitOverride.count({ where: filter }) }
}

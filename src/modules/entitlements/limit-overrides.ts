import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { MAX_INT, multilineText, parseId, parseInput } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { LimitOverride } from '../../platform/postgres/generated/client.js'
import { LimitedResource } from '../../platform/postgres/generated/enums.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { customerKey, customerName, getUserOrOrganisation, lockCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { SetLimitOverrideInput } from './entitlement.type.js'
import { refreshEntitlement } from './refresh-entitlement.js'

const MAX_PERCENT = 10_000
const MAX_ACTIVE_OVERRIDES = 100

const newOverrideSchema = z
  .object({
    resource: z.enum(LimitedResource).nullish(),
    percent: z.number().min(1, 'must be 1 or more').max(MAX_PERCENT, `must be at most ${MAX_PERCENT}`).nullish(),
    value: z.number().min(0, 'must be 0 or more').max(MAX_INT).nullish(),
    unlimited: z.boolean().nullish(),
    reason: multilineText(500),
    endsAt: z.date().nullish(),
  })
  .refine(({ percent, value, unlimited }) => [percent != null, value != null, unlimited === true].filter(Boolean).length === 1, {
    path: ['percent'],
    message: 'give exactly one of percent, value and unlimited',
  })
  .refine(({ resource, percent }) => resource != null || percent != null, {
    path: ['resource'],
    message: 'a value is for one resource; only a boost in percent can be for all',
  })

/** Gives a user or an organisation more, or less, than its plan. @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT */
export async function setLimitOverride(services: Services, by: UserPrincipal, input: SetLimitOverrideInput): Promise<LimitOverride> {
  const { resource = null, percent = null, value = null, reason, endsAt = null } = parseInput(newOverrideSchema, 'input', input)
  const { db, clock } = services
  const at = clock.now()
  if (endsAt && endsAt <= at) throw invalidInputError('input.endsAt', 'must lie in the future')
  return runTransaction(db, async (tx) => {
    const holder = await getUserOrOrganisation(tx, input, 'input')
    await lockCustomer(tx, holder)
    const inForce = { ...customerKey(holder), removedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: at } }] }
    if ((await tx.limitOverride.count({ where: inForce })) >= MAX_ACTIVE_OVERRIDES) {
      throw invalidInputError('input', `there are ${MAX_ACTIVE_OVERRIDES} overrides already; remove some first`)
    }
    const override = await tx.limitOverride.create({
      data: { ...customerKey(holder), resource, percent, value, reason, endsAt, createdAt: at },
    })
    await refreshEntitlement(tx, services, holder)
    const details = { id: override.id, resource, percent, value, reason, endsAt: endsAt?.toISOString() ?? null }
    await recordAuditEntry(tx, { by, action: 'setLimitOverride', subject: customerName(holder), details, at })
    return override
  })
}

/** Ends an override now. Removing it again changes nothing. @throws BAD_USER_INPUT when there is none */
export async function removeLimitOverride(services: Services, by: UserPrincipal, overrideId: string): Promise<LimitOverride> {
  const { db, clock } = services
  const id = parseId('id', overrideId)
  const found = await db.limitOverride.findUnique({ where: { id } })
  if (!found) throw invalidInputError('id', `there is no override ${id}`)
  const holder = { userId: found.userId ?? 0, organisationId: found.organisationId }
  return runTransaction(db, async (tx) => {
    await lockCustomer(tx, holder)
    const override = await tx.limitOverride.findUniqueOrThrow({ where: { id } })
    if (override.removedAt) return override
    const at = clock.now()
    const removed = await tx.limitOverride.update({ where: { id }, data: { removedAt: at } })
    await refreshEntitlement(tx, services, holder)
    await recordAuditEntry(tx, { by, action: 'removeLimitOverride', subject: customerName(holder), details: { id }, at })
    return removed
  })
}

/** Of one holder, newest first; ended and removed ones too. */
export async function listLimitOverrides(
  { db }: Services,
  whose: { userId?: string | null | undefined; organisationId?: string | null | undefined },
  asked: ConnectionArguments,
) {
  const mine = customerKey(await getUserOrOrganisation(db, whose, ''))
  const page = await readPageById(asked, {
    read: ({ where, ...query }) => db.limitOverride.findMany({ where: { ...where, ...mine }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
  })
  return { ...page, count: () => db.limitOverride.count({ where: mine }) }
}

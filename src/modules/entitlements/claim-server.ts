import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { line, MAX_INT, optional, organisationId, parseInput, userId } from '../../core/input.js'
import { mapRecord } from '../../core/record.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import type { Customer } from '../identity/index.js'
import { SERVER_FIELDS } from '../limited-resources.rules.js'
import type { Services } from '../services.js'
import type { ClaimServerInput, ReleaseServerInput } from './entitlement.type.js'
import { CLAIM_SERVER_BY_PLAN, CLAIM_SERVER_WITHIN_LIMITS } from './entitlements.statements.js'
import { limitExceededError } from './limit-exceeded-error.js'
import { withCurrentEntitlement } from './with-current-entitlement.js'

const resourceAmount = z.number().min(0, 'must be 0 or more').max(MAX_INT)
const optionalResourceAmount = resourceAmount.nullish().transform((value) => value ?? 0)

const serverResourcesSchema = z.object(mapRecord(SERVER_FIELDS, ({ isRequired }) => (isRequired ? resourceAmount : optionalResourceAmount)))

const externalIdSchema = line(255)

const claimSchema = z.object({
  externalId: externalIdSchema,
  userId: userId(),
  organisationId: optional(organisationId()),
  ...serverResourcesSchema.shape,
})

type ServerResources = z.output<typeof serverResourcesSchema>

export interface ServerClaimResult extends ServerResources {
  externalId: string
  createdAt: Date
}

/** Parses the panel's id of a server: one line that is not empty. @throws BAD_USER_INPUT */
export function parseExternalId(field: string, externalId: string): string {
  return parseInput(externalIdSchema, field, externalId)
}

/**
 * Checks a server against the customer's limits and reserves it, in one statement under the customer's lock.
 * Claiming the same externalId again is idempotent. With other values it is a resize: values that grow are
 * checked again.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_LIMIT_EXCEEDED
 * @throws BAD_USER_INPUT when the externalId belongs to another customer
 */
export async function claimServer(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  input: ClaimServerInput,
): Promise<{ claim: ServerClaimResult; customer: Customer }> {
  const { externalId, userId, organisationId = null, ...resources } = parseInput(claimSchema, 'input', input)
  const customer = { userId, organisationId }
  const claim = { ...customer, externalId, resources, claimedAt: services.clock.now() }
  const { plan, row } = (await claimByPlan(services, claim)) ?? (await claimWithinLimits(services, claim))
  if (row.outcome === 'taken') throw invalidInputError('input.externalId', `"${externalId}" is already in use by another customer`)
  if (row.outcome === 'refused') {
    const [limit, used, requested] = [row.allowed, row.used, row.requested].map(Number) as [number, number, number]
    throw await limitExceededError(services, { plan, resource: row.resource, limit, used, requested })
  }
  return { claim: { externalId, ...resources, createdAt: row.createdAt }, customer }
}

interface ServerClaim extends Customer {
  readonly externalId: string
  readonly resources: ServerResources
  readonly claimedAt: Date
}

/** For a customer to whom nothing but a plan applies: PostgreSQL reads the limits itself. @returns undefined for others */
async function claimByPlan({ db }: Pick<Services, 'db'>, claim: ServerClaim) {
  const row = await readRow(db, bind(CLAIM_SERVER_BY_PLAN, claim))
  return !row || row.outcome === 'undecided' ? undefined : { plan: { name: row.planName, rank: row.planRank }, row }
}

function claimWithinLimits(services: Pick<Services, 'clock' | 'config' | 'db'>, claim: ServerClaim) {
  return withCurrentEntitlement(services, claim, async ({ plan, limits, version }) => {
    const row = await readRow(services.db, bind(CLAIM_SERVER_WITHIN_LIMITS, { ...claim, limits, version }))
    return !row || row.outcome === 'stale' ? undefined : { plan, row }
  })
}

/** Releases the claim of a server. @returns the customer of the server, or null if it was not claimed */
export async function releaseServer({ db }: Pick<Services, 'db'>, { externalId }: ReleaseServerInput): Promise<Customer | null> {
  const [released] = await db.$queryRaw<Customer[]>`
    DELETE FROM server_claims WHERE external_id = ${parseExternalId('input.externalId', externalId)}
    RETURNING user_id AS "userId", organisation_id AS "organisationId"`
  return released ?? null
}

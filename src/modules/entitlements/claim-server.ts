import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { line, MAX_INT, parseId, parseInput, parseOptionalId } from '../../core/input.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import type { Customer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { ClaimServerInput } from './entitlement.type.js'
import { limitExceededError } from './limit-exceeded-error.js'
import { type CurrentEntitlement, withCurrentEntitlement } from './with-current-entitlement.js'

const wholeNumber = z.number().min(0, 'must be 0 or more').max(MAX_INT)
const optionalWholeNumber = wholeNumber.nullish().transform((value) => value ?? 0)

const serverFigures = z.object({
  memory: wholeNumber,
  disk: wholeNumber,
  cpu: wholeNumber,
  databases: optionalWholeNumber,
  backups: optionalWholeNumber,
  ports: optionalWholeNumber,
})

const externalIdSchema = line(255)

type ServerFigures = z.output<typeof serverFigures>

export interface ServerClaimResult extends ServerFigures {
  externalId: string
  createdAt: Date
}

interface ClaimRow {
  outcome: 'claimed' | 'stale' | 'taken' | 'refused'
  resource: LimitedResource
  allowed: bigint
  used: bigint
  requested: bigint
  createdAt: Date
}

/** How the panel calls a server: not empty, on one line. */
export function parseExternalId(field: string, externalId: string): string {
  return parseInput(externalIdSchema, field, externalId)
}

/**
 * Checks and reserves a server against the plan of its holder, in one statement under the holder's lock. The same
 * externalId again is the same claim; with other figures it is a resize, and what grows is checked again.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_LIMIT_EXCEEDED; BAD_USER_INPUT when the id is another holder's
 */
export async function claimServer(services: Services, input: ClaimServerInput): Promise<{ claim: ServerClaimResult; holder: Customer }> {
  const externalId = parseExternalId('input.externalId', input.externalId)
  const wanted = parseInput(serverFigures, 'input', input)
  const userId = parseId('input.userId', input.userId)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId) ?? null
  const holder = { userId, organisationId }
  const { plan, row } = await withCurrentEntitlement(services, holder, async (entitlement) => {
    const row = await reserveServer(services, holder, { externalId, wanted, entitlement })
    return row.outcome === 'stale' ? undefined : { plan: entitlement.plan, row }
  })
  if (row.outcome === 'taken') throw invalidInputError('input.externalId', `"${externalId}" is a server of another customer`)
  if (row.outcome === 'refused') {
    const [limit, used, requested] = [row.allowed, row.used, row.requested].map(Number) as [number, number, number]
    throw await limitExceededError(services, { plan, resource: row.resource, limit, used, requested })
  }
  return { claim: { externalId, ...wanted, createdAt: row.createdAt }, holder }
}

interface Reservation {
  externalId: string
  wanted: ServerFigures
  entitlement: CurrentEntitlement
}

async function reserveServer({ db, clock }: Services, { userId, organisationId }: Customer, reservation: Reservation): Promise<ClaimRow> {
  const { externalId, wanted, entitlement } = reservation
  const { limits, version } = entitlement
  const rows = await db.$queryRaw<ClaimRow[]>`
    SELECT outcome, resource::text, allowed, used, requested, created_at AS "createdAt"
    FROM claim_server(${externalId}, ${userId}::int, ${organisationId}::int, ${JSON.stringify(wanted)}::jsonb,
      ${JSON.stringify(limits)}::jsonb, ${version}::int, ${clock.now()}::timestamptz)`
  return rows[0] as ClaimRow
}

/** Gives the place of a server back. @returns whose server it was; null when there was none */
export async function releaseServer({ db }: Services, externalId: string): Promise<Customer | null> {
  const [released] = await db.$queryRaw<Customer[]>`
    DELETE FROM server_claims WHERE external_id = ${parseExternalId('externalId', externalId)}
    RETURNING user_id AS "userId", organisation_id AS "organisationId"`
  return released ?? null
}

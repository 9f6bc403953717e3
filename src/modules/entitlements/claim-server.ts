import { z } from 'zod'
import { invalidInput } from '../../core/errors.js'
import { line, MAX_INT, parseId, parseInput, parseOptionalId } from '../../core/input.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import type { Holder } from '../identity/index.js'
import type { Services } from '../services.js'
import type { ClaimServerInput } from './entitlement.type.js'
import { limitExceeded } from './limit-exceeded-error.js'
import { type CurrentEntitlement, withCurrentEntitlement } from './with-current-entitlement.js'

const figure = z.number().min(0, 'must be 0 or more').max(MAX_INT)
const optionalFigure = figure.nullish().transform((value) => value ?? 0)

const figures = z.object({
  memory: figure,
  disk: figure,
  cpu: figure,
  databases: optionalFigure,
  backups: optionalFigure,
  ports: optionalFigure,
})

const externalIds = line(255)

type Figures = z.output<typeof figures>

export interface Claim extends Figures {
  externalId: string
  createdAt: Date
}

interface Row {
  outcome: 'claimed' | 'stale' | 'taken' | 'refused'
  resource: LimitedResource
  allowed: bigint
  used: bigint
  requested: bigint
  createdAt: Date
}

/** How the panel calls a server: not empty, on one line. */
export function parseExternalId(field: string, externalId: string): string {
  return parseInput(externalIds, field, externalId)
}

/**
 * Checks and reserves a server against the plan of its holder, in one statement under the holder's lock. The same
 * externalId again is the same claim; with other figures it is a resize, and what grows is checked again.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_LIMIT_EXCEEDED; BAD_USER_INPUT when the id is another holder's
 */
export async function claimServer(services: Services, input: ClaimServerInput): Promise<{ claim: Claim; holder: Holder }> {
  const externalId = parseExternalId('input.externalId', input.externalId)
  const wanted = parseInput(figures, 'input', input)
  const userId = parseId('input.userId', input.userId)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId) ?? null
  const holder = { userId, organisationId }
  const { plan, row } = await withCurrentEntitlement(services, holder, async (entitlement) => {
    const row = await reserve(services, holder, { externalId, wanted, entitlement })
    return row.outcome === 'stale' ? undefined : { plan: entitlement.plan, row }
  })
  if (row.outcome === 'taken') throw invalidInput('input.externalId', `"${externalId}" is a server of another customer`)
  if (row.outcome === 'refused') {
    const [limit, used, requested] = [row.allowed, row.used, row.requested].map(Number) as [number, number, number]
    throw await limitExceeded(services, { plan, resource: row.resource, limit, used, requested })
  }
  return { claim: { externalId, ...wanted, createdAt: row.createdAt }, holder }
}

interface Reservation {
  externalId: string
  wanted: Figures
  entitlement: CurrentEntitlement
}

async function reserve({ db, clock }: Services, { userId, organisationId }: Holder, reservation: Reservation): Promise<Row> {
  const { externalId, wanted, entitlement } = reservation
  const { limits, version } = entitlement
  const rows = await db.$queryRaw<Row[]>`
    SELECT outcome, resource::text, allowed, used, requested, created_at AS "createdAt"
    FROM claim_server(${externalId}, ${userId}::int, ${organisationId}::int, ${JSON.stringify(wanted)}::jsonb,
      ${JSON.stringify(limits)}::jsonb, ${version}::int, ${clock.now()}::timestamptz)`
  return rows[0] as Row
}

/** Gives the place of a server back. @returns whose server it was; null when there was none */
export async function releaseServer({ db }: Services, externalId: string): Promise<Holder | null> {
  const [released] = await db.$queryRaw<Holder[]>`
    DELETE FROM server_claims WHERE external_id = ${parseExternalId('externalId', externalId)}
    RETURNING user_id AS "userId", organisation_id AS "organisationId"`
  return released ?? null
}

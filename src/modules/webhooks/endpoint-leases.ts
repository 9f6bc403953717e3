import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { HAS_DUE_DELIVERY } from './due-deliveries.js'

/**
 * An endpoint belongs to one process for this time. If the process has not renewed the lease until then, another
 * one takes the endpoint over.
 */
export const LEASE_MS = 20_000
const LEASE_SECONDS = LEASE_MS / 1000
const MAX_CREATED = 1000

interface ClaimRequest {
  /** Identifies the process: a UUID. */
  owner: string
  /** Endpoints whose lease must be renewed, whether or not an event is due. */
  active: bigint[]
  /** Endpoints whose lease lasts long enough, so that it is not written again. */
  fresh: bigint[]
  /** Endpoints to release unless an event is due. */
  idle: bigint[]
  at: Date
}

export interface ClaimedEndpoint {
  id: bigint
  /** Whether the lease lasts LEASE_MS from now on. */
  isRenewed: boolean
}

/**
 * Takes the leases of all endpoints with due events, and of the active ones, except those that are paused or belong
 * to another process. Leases use the clock of the database.
 */
export function claimEndpoints({ rawQuery }: Pick<Services, 'rawQuery'>, request: ClaimRequest): Promise<ClaimedEndpoint[]> {
  const { owner, active, fresh, idle, at } = request
  return rawQuery<ClaimedEndpoint>(Prisma.sql`
    WITH available AS MATERIALIZED (
      SELECT endpoint.id, lease.owner IS NOT NULL AND lease.owner = ${owner}::uuid AND endpoint.id = ANY (${fresh}::bigint[]) AS is_fresh
      FROM event_endpoints AS endpoint JOIN event_endpoint_leases AS lease ON lease.endpoint_id = endpoint.id
      WHERE endpoint.is_enabled AND endpoint.deleted_at IS NULL AND ${mayClaim(owner)}
        AND (endpoint.id = ANY (${active}::bigint[]) OR ${HAS_DUE_DELIVERY(at)})),
    locked AS MATERIALIZED (
      SELECT endpoint_id FROM event_endpoint_leases AS lease
      WHERE endpoint_id IN (SELECT id FROM available WHERE NOT is_fresh) AND ${mayClaim(owner)}
      ORDER BY endpoint_id FOR UPDATE),
    claimed AS (
      UPDATE event_endpoint_leases SET owner = ${owner}::uuid, expires_at = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      WHERE endpoint_id IN (SELECT endpoint_id FROM locked) RETURNING endpoint_id),
    released AS (
      UPDATE event_endpoint_leases SET owner = NULL, expires_at = NULL
      WHERE owner = ${owner}::uuid AND endpoint_id = ANY (${idle}::bigint[]) AND endpoint_id NOT IN (SELECT id FROM available))
    SELECT endpoint_id AS id, true AS "isRenewed" FROM claimed
    UNION ALL SELECT id, false FROM available WHERE is_fresh`)
}

/** Not clock_timestamp(), because a distributed table accepts no volatile function in an UPDATE. */
function mayClaim(owner: string): Prisma.Sql {
  return Prisma.sql`(lease.owner IS NULL OR lease.owner = ${owner}::uuid OR lease.expires_at < statement_timestamp())`
}

/** Lets other processes take over at once. */
export async function releaseAllLeases({ rawQuery }: Pick<Services, 'rawQuery'>, owner: string): Promise<void> {
  await rawQuery(Prisma.sql`UPDATE event_endpoint_leases SET owner = NULL, expires_at = NULL WHERE owner = ${owner}::uuid`)
}

/**
 * Creates the leases that endpoints lack. A process of version 0.2 that still runs after the upgrade deletes its own
 * when it ends.
 */
export async function createMissingLeases({ db }: Pick<Services, 'db'>): Promise<void> {
  const endpoints = await db.webhookEndpoint.findMany({ where: { deletedAt: null, lease: null }, select: { id: true }, take: MAX_CREATED })
  await db.webhookEndpointLease.createMany({ data: endpoints.map(({ id }) => ({ endpointId: id })), skipDuplicates: true })
}

import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { HAS_DUE_DELIVERY } from './due-deliveries.js'

/**
 * An endpoint belongs to one process for this time. If the process has not renewed the lease until then, another
 * one takes the endpoint over.
 */
export const LEASE_MS = 20_000
const LEASE_SECONDS = LEASE_MS / 1000

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
      FROM event_endpoints AS endpoint LEFT JOIN event_endpoint_leases AS lease ON lease.endpoint_id = endpoint.id
      WHERE endpoint.is_enabled AND endpoint.deleted_at IS NULL
        AND (lease.owner IS NULL OR lease.owner = ${owner}::uuid OR lease.expires_at < clock_timestamp())
        AND (endpoint.id = ANY (${active}::bigint[]) OR ${HAS_DUE_DELIVERY(at)})),
    claimed AS (
      INSERT INTO event_endpoint_leases AS lease (endpoint_id, owner, expires_at)
      SELECT id, ${owner}::uuid, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) FROM available WHERE NOT is_fresh ORDER BY id
      ON CONFLICT (endpoint_id) DO UPDATE SET owner = excluded.owner, expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
        WHERE lease.owner = excluded.owner OR lease.expires_at < clock_timestamp()
      RETURNING endpoint_id),
    released AS (
      DELETE FROM event_endpoint_leases
      WHERE owner = ${owner}::uuid AND endpoint_id = ANY (${idle}::bigint[]) AND endpoint_id NOT IN (SELECT id FROM available))
    SELECT endpoint_id AS id, true AS "isRenewed" FROM claimed
    UNION ALL SELECT id, false FROM available WHERE is_fresh`)
}

/** Lets other processes take over at once. */
export async function releaseAllLeases({ rawQuery }: Pick<Services, 'rawQuery'>, owner: string): Promise<void> {
  await rawQuery(Prisma.sql`DELETE FROM event_endpoint_leases WHERE owner = ${owner}::uuid`)
}

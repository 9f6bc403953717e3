import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Services } from '../services.js'

/** Whether the last mail to an address, of those that were sent or refused, has bounced. */
export async function hasBounced(db: Database, address: string): Promise<boolean> {
  return (await listBounces(db, [address])).length > 0
}

interface Bounce {
  readonly address: string
  readonly at: Date
}

function listBounces(db: Database, addresses: readonly string[]): Promise<Bounce[]> {
  return db.$queryRaw<Bounce[]>`
    SELECT wanted.address, latest.created_at AS at
    FROM unnest(${[...addresses]}::text[]) AS wanted (address)
    CROSS JOIN LATERAL (
      SELECT status, created_at FROM mails WHERE lower(recipient) = lower(wanted.address) AND status IN ('SENT', 'BOUNCED')
      ORDER BY id DESC LIMIT 1) AS latest
    WHERE latest.status = 'BOUNCED'`
}

/** By address: the last mail to it, if that has bounced. */
export const bounceLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (addresses: string[]) => listBounces(db, addresses),
    ({ address }) => address,
  )

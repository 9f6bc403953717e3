import { buildPage, type ConnectionArguments, parsePageRequestBy, withCount } from '../../core/pagination.js'
import { sortByKeys } from '../../core/sort-by-keys.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { type Customer, customerFilter, customerSqlFilter } from '../identity/index.js'
import type { Services } from '../services.js'

/** One line of at most 255 characters, as `claimServer` accepts it. */
const EXTERNAL_ID = /^\P{Cc}{1,255}$/u

/** A page of the servers that a customer has claimed, newest first. */
export async function listServerClaims(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  customer: Customer,
  pageArguments: ConnectionArguments,
) {
  const request = parsePageRequestBy(pageArguments, (id) => (EXTERNAL_ID.test(id) ? id : undefined))
  const { after, before, backward, size } = request
  const direction = Prisma.raw(backward ? 'ASC' : 'DESC')
  const older = after ? Prisma.sql`AND (created_at, external_id) < (${after.at}, ${after.id})` : Prisma.empty
  const newer = before ? Prisma.sql`AND (created_at, external_id) > (${before.at}, ${before.id})` : Prisma.empty
  const rows = await rawQuery<{ id: string }>(Prisma.sql`
    SELECT external_id AS id FROM server_claims WHERE ${customerSqlFilter(customer)} ${older} ${newer}
    ORDER BY created_at ${direction}, external_id ${direction} LIMIT ${size + 1}`)
  const ids = rows.map(({ id }) => id)
  const found = await db.serverClaim.findMany({ where: { externalId: { in: ids } } })
  const claims = sortByKeys(ids, found, ({ externalId }) => externalId)
  const page = buildPage(request, claims, ({ createdAt, externalId }) => ({ at: createdAt, id: externalId }))
  return withCount(page, () => db.serverClaim.count({ where: customerFilter(customer) }))
}

import { type CustomerIdType, decodeId, isPanelId } from '../../core/ids.js'
import { type ConnectionArguments, type CountedPage, parsePageRequestBy } from '../../core/pagination.js'
import { type FilteredList, listByTime, type RowFilter, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { type Organisation, Prisma, type User } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import type { CustomerSort } from './customer-list.type.js'
import { findMatchingIds, matchesSearch, parseSearch } from './search-customers.js'

interface CustomerListArguments extends ConnectionArguments {
  search?: string | null | undefined
  orderBy?: CustomerSort | null | undefined
}

/** Like that of organisations below, the expression of an index: `users_folded_name_idx`, `organisations_folded_name_idx`. */
export const FOLDED_USER_NAME = Prisma.sql`fold_text(left(coalesce(name, ''), 200)) COLLATE "C"`

const NAMES: Record<CustomerIdType, { table: 'users' | 'organisations'; foldedName: Prisma.Sql }> = {
  User: { table: 'users', foldedName: FOLDED_USER_NAME },
  Organisation: { table: 'organisations', foldedName: Prisma.sql`fold_text(left(name, 200)) COLLATE "C"` },
}

/** A page of all users. @throws BAD_USER_INPUT naming an argument */
export async function listUsers(services: Pick<Services, 'db' | 'rawQuery'>, list: CustomerListArguments): Promise<CountedPage<User>> {
  const load = (ids: string[]) => services.db.user.findMany({ where: { id: { in: ids } } })
  return readFilteredPage<User, string>(services.rawQuery, { ...(await parseList(services, 'User', list)), load, timeOf })
}

/** A page of all organisations. @throws BAD_USER_INPUT naming an argument */
export async function listOrganisations(
  services: Pick<Services, 'db' | 'rawQuery'>,
  list: CustomerListArguments,
): Promise<CountedPage<Organisation>> {
  const load = (ids: string[]) => services.db.organisation.findMany({ where: { id: { in: ids } } })
  return readFilteredPage<Organisation, string>(services.rawQuery, { ...(await parseList(services, 'Organisation', list)), load, timeOf })
}

const timeOf = ({ createdAt }: { createdAt: Date }) => createdAt

async function parseList(services: Pick<Services, 'rawQuery'>, type: CustomerIdType, { search, orderBy, ...page }: CustomerListArguments) {
  const request = parsePageRequestBy(page, (id) => (isPanelId(id) ? id : undefined))
  const text = parseSearch('search', search)
  return { list: listBy(type, orderBy), request, filter: await buildFilter(services, type, text) }
}

function listBy(type: CustomerIdType, orderBy: CustomerSort | null | undefined): FilteredList<string> {
  const { table, foldedName } = NAMES[type]
  if (orderBy !== 'NAME') return listByTime(table, 'created_at', orderBy !== 'OLDEST_FIRST')
  // The cursor contains no name. If the customer has been renamed since, its new name is the position.
  const keyAt = ({ id }: { id: string }) => Prisma.sql`(SELECT ${foldedName} FROM ${Prisma.raw(table)} WHERE id = ${id})`
  return { table, sortKey: foldedName, descending: false, keyAt }
}

async function buildFilter({ rawQuery }: Pick<Services, 'rawQuery'>, type: CustomerIdType, search: string | undefined): Promise<RowFilter> {
  if (search === undefined) return { conditions: [] }
  const decoded = decodeId(search)
  const ids = [search, ...(decoded?.type === type ? [decoded.id] : [])]
  const found = await findMatchingIds(rawQuery, [type], search)
  if (!found) return { conditions: [Prisma.sql`(${matchesSearch(type, search)} OR id = ANY(${ids}::text[]))`] }
  return { conditions: [Prisma.sql`id = ANY(${[...found[type], ...ids]}::text[])`] }
}

import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { type CustomerIdType, decodeId, isPanelId } from '../../core/ids.js'
import { parseInput } from '../../core/input.js'
import type { RowFilter, RowSource } from '../../platform/postgres/filtered-page.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { RawQuery } from '../../platform/postgres/raw-query.js'
import { customerSqlFilter } from './customer.js'

/** Search that matches more customers than this is applied to each row of a list instead. */
const MAX_MATCHING_CUSTOMERS = 1000

/** How search matches. Part of the descriptions of the API. */
export const SEARCH_RULE =
  'Every word of the search must match the beginning of a word there, in any order: `jan exam` finds jane@example.com. Case and accents are ignored. Words are separated by spaces and punctuation. At most 200 characters; blank means no search.'

/** The field `customerId` of filters. */
export const CUSTOMER_ID_FILTER = {
  nullable: true,
  description: "The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`.",
}

const searchText = z
  .string()
  .trim()
  .max(200, 'must be at most 200 characters long')
  .refine((text) => !text.includes('\0'), 'must not contain the character U+0000')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

/** @returns undefined if nothing is searched for @throws BAD_USER_INPUT naming the field */
export function parseSearch(field: string, text: string | null | undefined): string | undefined {
  return text == null ? undefined : parseInput(searchText, field, text) || undefined
}

/** The expressions that the indexes `users_search_words_idx` and `organisations_search_words_idx` have. */
const WORDS: Record<CustomerIdType, { table: Prisma.Sql; words: Prisma.Sql }> = {
  User: { table: Prisma.sql`users`, words: Prisma.sql`search_words(coalesce(email, '') || ' ' || coalesce(name, ''))` },
  Organisation: { table: Prisma.sql`organisations`, words: Prisma.sql`search_words(name)` },
}

/** The users or organisations that a search matches by e-mail address or name. */
export function matchesSearch(type: CustomerIdType, search: string): Prisma.Sql {
  return Prisma.sql`${WORDS[type].words} @@ search_query(${search})`
}

function matchingIds(type: CustomerIdType, search: string): Prisma.Sql {
  return Prisma.sql`SELECT id FROM ${WORDS[type].table} WHERE ${matchesSearch(type, search)}`
}

/** @returns undefined if they are too many to be read one by one */
export async function findMatchingIds(
  read: RawQuery,
  types: readonly CustomerIdType[],
  search: string,
): Promise<Record<CustomerIdType, string[]> | undefined> {
  const branches = types.map((type) => {
    const ids = Prisma.sql`${matchingIds(type, search)} ORDER BY id LIMIT ${MAX_MATCHING_CUSTOMERS + 1}`
    return Prisma.sql`SELECT ${type}::text AS type, id FROM (${ids}) AS matching`
  })
  const rows = await read<{ type: CustomerIdType; id: string }>(Prisma.join(branches, ' UNION ALL '))
  const idsOf = (wanted: CustomerIdType) => rows.flatMap(({ type, id }) => (type === wanted ? id : []))
  const found = { User: idsOf('User'), Organisation: idsOf('Organisation') }
  return Object.values(found).some(({ length }) => length > MAX_MATCHING_CUSTOMERS) ? undefined : found
}

/**
 * Filters rows that belong to a customer, such as orders, by its e-mail address or name, or by a number.
 * @param idsByNumber  selects the ids of the rows with one of some numbers
 */
export async function searchCustomerRows(
  read: RawQuery,
  table: 'orders' | 'invoices',
  search: string | undefined,
  idsByNumber: (numbers: readonly string[]) => Prisma.Sql,
): Promise<RowFilter> {
  if (search === undefined) return { conditions: [] }
  const found = await findMatchingIds(read, ['User', 'Organisation'], search)
  const numbered = idsByNumber([...new Set([search, search.toUpperCase()])])
  if (found) return { sources: [...customerSources(found), idSource(table, numbered)], conditions: [] }
  const [users, organisations] = [matchingIds('User', search), matchingIds('Organisation', search)]
  return {
    conditions: [
      Prisma.sql`(organisation_id IS NULL AND user_id IN (${users}) OR organisation_id IN (${organisations}) OR id IN (${numbered}))`,
    ],
  }
}

function customerSources({ User, Organisation }: Record<CustomerIdType, string[]>): RowSource[] {
  const source = (ids: string[]) => Prisma.sql`unnest(${ids}::text[]) AS source (id)`
  return [
    { from: source(User), match: Prisma.sql`user_id = source.id AND organisation_id IS NULL` },
    { from: source(Organisation), match: Prisma.sql`organisation_id = source.id` },
  ]
}

function idSource(table: string, ids: Prisma.Sql): RowSource {
  return { from: Prisma.sql`(${ids}) AS source (id)`, match: Prisma.sql`${Prisma.raw(table)}.id = source.id` }
}

/**
 * Rows of the customer with an id of the API.
 * @throws BAD_USER_INPUT also if the id has no prefix: users and organisations may have the same id
 */
export function customerCondition(field: string, customerId: string | null | undefined): Prisma.Sql[] {
  if (customerId == null) return []
  const { type, id = '' } = decodeId(customerId) ?? {}
  if (!isPanelId(id) || (type !== 'User' && type !== 'Organisation'))
    throw invalidInputError(field, 'must be the id of a user or an organisation with its prefix, for example "user_55" or "org_7"')
  return [customerSqlFilter(type === 'User' ? { userId: id, organisationId: null } : { userId: '', organisationId: id })]
}

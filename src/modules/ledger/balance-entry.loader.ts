import { buildPage, type ConnectionArguments, type CountedPage, idRange, parsePageRequest, withCount } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { timeRange } from '../../platform/postgres/list-filters.js'
import { createCustomerListLoader, loadCustomerCount, type RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'
import type { BalanceRecord } from './balance.loader.js'

const ENTRY_COLUMNS = {
  id: true,
  userId: true,
  organisationId: true,
  currency: true,
  kind: true,
  balance: true,
  at: true,
  invoice: { select: { number: true, creditedInvoice: { select: { number: true } } } },
  payment: { select: { kind: true, reference: true, orderId: true } },
  refundPart: { select: { reference: true } },
  grant: { select: { reason: true, expiresAt: true } },
} as const

/** A posting that has changed a balance. */
export type BalanceEntryRecord = Prisma.LedgerPostingGetPayload<{ select: typeof ENTRY_COLUMNS }>

interface EntryFilter {
  readonly from?: Date | null | undefined
  readonly to?: Date | null | undefined
}

export interface EntryArguments extends ConnectionArguments, EntryFilter {
  readonly orderBy?: TimeSort | null | undefined
}

/** The page of a balance in one currency. */
interface EntryPage extends EntryArguments {
  readonly currency: string
}

function inRange({ from = null, to = null }: EntryFilter): Prisma.Sql {
  const conditions = timeRange('at', { from, to })
  return conditions.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(conditions, ' AND ')}`
}

const pagesLoader = ({ db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>) =>
  createCustomerListLoader(async ({ column, ids }, { currency, orderBy, from, to, ...page }: EntryPage) => {
    const request = parsePageRequest(page)
    const owner = Prisma.raw(column)
    const { below, above, isAscending } = idRange(request, orderBy === 'OLDEST_FIRST')
    const direction = Prisma.raw(isAscending ? 'ASC' : 'DESC')
    const older = below === undefined ? Prisma.empty : Prisma.sql`AND id < ${below}`
    const newer = above === undefined ? Prisma.empty : Prisma.sql`AND id > ${above}`
    const rows = await rawQuery<{ customerId: string; id: bigint }>(Prisma.sql`
      SELECT customer.id AS "customerId", page.id FROM unnest(${[...ids]}::text[]) AS customer (id) CROSS JOIN LATERAL (
        SELECT id FROM ledger_postings
        WHERE ${owner} = customer.id AND currency = ${currency} AND balance <> 0 ${inRange({ from, to })} ${older} ${newer}
        ORDER BY id ${direction} LIMIT ${request.size + 1}) AS page
      ORDER BY page.id ${direction}`)
    const found = await db.ledgerPosting.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, select: ENTRY_COLUMNS })
    const entries = new Map(found.map((entry) => [entry.id, entry]))
    return rows.flatMap(({ id, customerId }) => {
      const entry = entries.get(id)
      return entry ? [{ ...entry, customerId }] : []
    })
  })

const countsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader(({ column, ids }, { currency, ...range }: EntryFilter & Pick<EntryPage, 'currency'>) => {
    const owner = Prisma.raw(column)
    return rawQuery<{ customerId: string; count: bigint }>(Prisma.sql`
      SELECT ${owner} AS "customerId", count(*) AS count FROM ledger_postings
      WHERE ${owner} = ANY(${[...ids]}::text[]) AND currency = ${currency} AND balance <> 0 ${inRange(range)} GROUP BY ${owner}`)
  })

/** Loads a page of the entries of a balance, newest first by default. The principal may view the balance. */
export async function loadBalanceEntries(
  context: RequestContext,
  { customer, currency }: BalanceRecord,
  { from, to, orderBy, ...page }: EntryArguments,
): Promise<CountedPage<BalanceEntryRecord>> {
  const request = parsePageRequest(page)
  const rows: BalanceEntryRecord[] = await context.loader(pagesLoader).load({ customer, args: { ...page, from, to, orderBy, currency } })
  const entries = buildPage(request, rows, ({ at, id }) => ({ at, id }))
  return withCount(entries, () => loadCustomerCount(context, countsLoader, { customer, args: { from, to, currency } }))
}

export const balanceEntryLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.ledgerPosting.findMany({ where: { id: { in: ids }, balance: { not: 0n } }, select: ENTRY_COLUMNS }),
    (entry) => entry.id,
  )

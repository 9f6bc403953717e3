import {
  buildPage,
  type ConnectionArguments,
  type CountedPage,
  type PageRequest,
  type Position,
  parsePageRequestBy,
  withCount,
} from '../../core/pagination.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind, type RowOf } from '../../platform/postgres/statement.js'
import type { Services } from '../services.js'
import { type ConversionRate, crossRate, EURO } from './exchange-rate.rules.js'
import { FIND_DAY_OF_RATES } from './exchange-rates.statements.js'

/**
 * The greatest age of a rate in days. The ECB publishes none on weekends and on closing days of TARGET, which are at most
 * four days in a row (Good Friday to Easter Monday, or Christmas and a weekend). Ten days also bridge one week without an
 * import. An older rate is no longer the latest one in the sense of article 91 (2) of Directive 2006/112/EC.
 */
export const MAX_RATE_AGE_DAYS = 10

/** Currencies, and a day as "2026-11-26" in the calendar of the document. */
interface Conversion {
  readonly from: string
  readonly to: string
  readonly day: string
}

/**
 * Finds the rate by which an amount in `from` is multiplied to get `to`: that of the latest day with a rate of both
 * currencies, at most ten days before `day` and not after it.
 * @param tx  one statement
 * @returns null if there is no such day
 * @throws RangeError if the currencies are the same
 */
export async function findExchangeRate(tx: Transaction, conversion: Conversion): Promise<ConversionRate | null> {
  return toConversionRate(await readRow(tx, bindExchangeRate(conversion)))
}

/** The statement of `findExchangeRate`, to run it together with others. @throws RangeError if the currencies are the same */
export function bindExchangeRate({ from, to, day }: Conversion): BoundStatement<FoundDay> {
  if (from === to) throw new RangeError(`the currencies of a conversion must differ, but both are ${from}`)
  const currencies = [from, to].filter((currency) => currency !== EURO)
  return bind(FIND_DAY_OF_RATES, { from, to, currencies, day, maxAgeDays: MAX_RATE_AGE_DAYS })
}

type FoundDay = RowOf<typeof FIND_DAY_OF_RATES>

export function toConversionRate(found: FoundDay | undefined): ConversionRate | null {
  return found ? { rate: crossRate(found.fromPerEuro ?? '1', found.toPerEuro ?? '1'), day: found.day, source: found.source } : null
}

/** A stored rate. */
export interface StoredRate {
  readonly day: string
  readonly currency: string
  /** With the digits of the source. */
  readonly perEuro: string
  readonly source: string
  readonly updatedAt: Date
}

const COLUMNS = Prisma.sql`day::text AS day, currency, per_euro::text AS "perEuro", source, updated_at AS "updatedAt"`

/** The stored rates of a day, in the order of the currencies. */
export function listRatesOfDay(tx: Transaction, day: string, currencies: readonly string[]): Promise<StoredRate[]> {
  return tx.$queryRaw<StoredRate[]>`
    SELECT ${COLUMNS} FROM exchange_rates WHERE currency = ANY(${[...currencies]}::bpchar[]) AND day = ${day}::date
    ORDER BY currency`
}

/** The stored rates, the newest day first, those of a day in the order of the currencies. @throws BAD_USER_INPUT */
export async function listExchangeRates(
  { rawQuery }: Pick<Services, 'rawQuery'>,
  currency: string | null | undefined,
  pageArguments: ConnectionArguments,
): Promise<CountedPage<StoredRate>> {
  const request = parsePageRequestBy(pageArguments, (id) => (/^[A-Z]{3}$/.test(id) ? id : undefined))
  const filter = currency == null ? Prisma.sql`TRUE` : Prisma.sql`currency = ${currency}`
  const order = request.backward ? Prisma.sql`exchange_rates.day, currency DESC` : Prisma.sql`exchange_rates.day DESC, currency`
  const rows = await rawQuery<StoredRate>(Prisma.sql`
    SELECT ${COLUMNS} FROM exchange_rates WHERE ${filter} AND ${cursorCondition(request)} ORDER BY ${order} LIMIT ${request.size + 1}`)
  const page = buildPage(request, rows, (rate) => ({ at: new Date(rate.day), id: rate.currency }))
  return withCount(page, async () => {
    const [{ count = 0 } = {}] = await rawQuery<{ count: number }>(
      Prisma.sql`SELECT count(*)::int AS count FROM exchange_rates WHERE ${filter}`,
    )
    return count
  })
}

/** The comparison of the days alone limits the index scan. */
function cursorCondition({ after, before }: PageRequest<string>): Prisma.Sql {
  const dayOf = ({ at }: Position<string>) => Prisma.sql`(${at}::timestamptz AT TIME ZONE 'UTC')::date`
  const follows = after ? Prisma.sql`day <= ${dayOf(after)} AND (day < ${dayOf(after)} OR currency > ${after.id})` : Prisma.sql`TRUE`
  const precedes = before ? Prisma.sql`day >= ${dayOf(before)} AND (day > ${dayOf(before)} OR currency < ${before.id})` : Prisma.sql`TRUE`
  return Prisma.sql`${follows} AND ${precedes}`
}

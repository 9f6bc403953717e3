import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { optional, parseInput } from '../../core/input.js'
import { toLocalDate } from '../../core/local-date.js'
import { isCurrency } from '../../core/money.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { addMonths, countMonths, MAX_MONTHS } from './revenue-report.rules.js'

const DEFAULT_MONTHS = 12

export interface ReportInput {
  /** First and last month in the seller's time zone, both included, as "2026-01". Default: the twelve months up to now. */
  readonly from?: string | null | undefined
  readonly to?: string | null | undefined
  /** Null for all currencies. */
  readonly currency?: string | null | undefined
}

export interface ReportRange {
  readonly from: string
  readonly to: string
  /** Undefined for all currencies. */
  readonly currency: string | undefined
  readonly timeZone: string
}

const month = () => z.string().regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/, 'must be a month, for example 2026-01')
const rangeSchema = z.object({
  from: optional(month()),
  to: optional(month()),
  currency: optional(z.string().refine(isCurrency, 'must be an ISO 4217 currency code in upper case, for example "EUR"')),
})

/**
 * The months of a report.
 * @param path  of the input in errors; empty for the arguments of a query
 * @throws BAD_USER_INPUT also for more than 36 months, and for months that have not begun
 */
export function parseReportRange({ clock, config }: Pick<Services, 'clock' | 'config'>, path: string, input: ReportInput): ReportRange {
  const { currency, ...months } = parseInput(rangeSchema, path, input)
  const { timeZone } = config.invoices
  const field = (name: string) => (path === '' ? name : `${path}.${name}`)
  const current = toLocalDate(clock.now(), timeZone).slice(0, 7)
  const to = months.to ?? current
  const from = months.from ?? addMonths(to, 1 - DEFAULT_MONTHS)
  if (to > current) throw invalidInputError(field('to'), `must not be after the current month, ${current}`)
  const length = countMonths(from, to)
  if (length < 1) throw invalidInputError(field('to'), 'must not be before from')
  if (length > MAX_MONTHS) throw invalidInputError(field('to'), `must be at most ${MAX_MONTHS} months from from, both included`)
  return { from, to, currency, timeZone }
}

/** The first moment of a month in the seller's time zone. */
export function startOf(month: string, timeZone: string): Prisma.Sql {
  return Prisma.sql`(${`${month}-01`}::date::timestamp AT TIME ZONE ${timeZone})`
}

/** The first moment of the next month. */
export function endOf(month: string, timeZone: string): Prisma.Sql {
  return Prisma.sql`((${`${month}-01`}::date + interval '1 month') AT TIME ZONE ${timeZone})`
}

/** The month of a row by the time in a column, as "2026-01". */
export function monthOf(column: 'at' | 'issued_at', timeZone: string): Prisma.Sql {
  return Prisma.sql`to_char(${Prisma.raw(column)} AT TIME ZONE ${timeZone}, 'YYYY-MM')`
}

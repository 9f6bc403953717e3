import { StartError } from '../../../core/errors.js'
import { ColumnCounter } from '../ignored-columns.js'
import {
  type IgnoredColumn,
  type ImportNotice,
  type ImportRow,
  type RejectedRow,
  RowError,
  type RowKind,
  rejectRow,
} from '../import-row.js'
import type { ImportSettings } from '../validated-rows.js'
import { currentPlans, replaceOlderOrders } from './active-orders.js'
import { convertOrder } from './convert-order.js'
import { convertPlan } from './convert-plan.js'
import { convertUser, studentUntil } from './convert-user.js'
import { NoticeList } from './notice-list.js'
import { RowReader } from './row-reader.js'

interface ConversionResult {
  /** In the import's own format, in the order of KINDS. */
  rows: ImportRow[]
  rejected: RejectedRow[]
  ignored: IgnoredColumn[]
  notices: ImportNotice[]
}

type ConversionSettings = Pick<ImportSettings, 'at' | 'currency' | 'pricesIncludeTax'>

/**
 * Converts rows of EcliPanel's tables. Rows with a value that has no equivalent are rejected, never changed without a
 * notice.
 * @param settings  the currency of all amounts, whether the prices of the catalog include tax, and the time of the import
 * @throws StartError if plans are missing, or if the prices of the catalog include tax
 */
export function convertEcliPanelRows(rows: readonly ImportRow[], { currency, pricesIncludeTax, at }: ConversionSettings): ConversionResult {
  assertImportable(rows, pricesIncludeTax)
  const rejected: RejectedRow[] = []
  const readers = rows.map((row) => new RowReader(row))
  const notices = new NoticeList()
  const conversion = { currency, at, notices }
  /** Converts the rows of a kind. */
  const convert = <T>(kind: RowKind, work: (reader: RowReader) => T): T[] =>
    readers.flatMap((reader) => {
      if (reader.row.kind !== kind) return []
      try {
        return [work(reader)]
      } catch (error) {
        if (!(error instanceof RowError)) throw error
        rejected.push(...error.problems.map((problem) => rejectRow(reader.row, problem)))
        return []
      }
    })

  const plans = convert('plans', (reader) => convertPlan(reader, conversion))
  const defaultPlan = plans.find(({ isDefault }) => isDefault) ?? plans.find(({ type, price }) => type === 'free' && price === 0n)
  const plansById = new Map(plans.map((plan) => [String(plan.row.values.id), plan]))
  const studentsUntil = new Map(
    convert('users', (reader) => [reader.id, studentUntil(reader)] as const).flatMap(([id, until]) =>
      until ? [[id, until] as const] : [],
    ),
  )
  const context = { ...conversion, plans: plansById, studentsUntil }
  const orders = replaceOlderOrders(
    convert('orders', (reader) => convertOrder(reader, context)),
    notices,
  )
  const current = currentPlans(orders, plansById)
  const users = convert('users', (reader) => {
    const plan = current.get(reader.id)
    return convertUser(reader, { ...conversion, planLimits: (plan ?? defaultPlan)?.limits ?? null, hasPlan: plan !== undefined })
  })
  const memberships = convert('memberships', convertMembership)
  const organisations = convert('organisations', (reader) => convertOrganisation(reader, notices))
  const ignored = new ColumnCounter()
  for (const reader of readers) reader.countIgnored(ignored)
  return {
    rows: [
      ...users,
      ...organisations,
      ...memberships,
      ...ownerMemberships(organisations, memberships, notices),
      ...plans.map((plan) => (plan === defaultPlan ? { ...plan.row, values: { ...plan.row.values, isDefault: true } } : plan.row)),
      ...orders.map(({ row }) => row),
    ],
    rejected,
    ignored: ignored.list(),
    notices: notices.list(),
  }
}

/** @throws StartError */
function assertImportable(rows: readonly ImportRow[], pricesIncludeTax: boolean): void {
  if (pricesIncludeTax) {
    throw new StartError(
      "PRICES_INCLUDE_TAX: must be false for --preset eclipanel, because EcliPanel's prices are without tax; " +
        'set PRICES_INCLUDE_TAX=false for the import and for the server',
    )
  }
  // Without the plans, every limit of a user would look like an override.
  if (rows.length > 0 && !rows.some(({ kind }) => kind === 'plans')) {
    throw new StartError('--preset eclipanel: plans are missing; import all tables together, from a folder or from one JSON file')
  }
}

/** @throws RowError */
function convertOrganisation(reader: RowReader, notices: NoticeList): ImportRow {
  const isPending = reader.text('status')?.toLowerCase() === 'pending'
  const planId = reader.value('planId')
  if (isPending && planId !== undefined) notices.add('organisations', 'not activated yet, so planId is not granted', reader.id)
  return reader.build({
    id: reader.value('id'),
    name: reader.line('name'),
    ownerId: reader.value('ownerId'),
    planId: isPending ? undefined : planId,
    expiresAt: reader.value('expiresAt'),
  })
}

/** The column is `role` in the table, and `orgRole` in EcliPanel's code. @throws RowError */
function convertMembership(reader: RowReader): ImportRow {
  const role = reader.text('orgRole') ?? reader.text('role')
  return reader.build({ userId: reader.value('userId'), organisationId: reader.value('organisationId'), role })
}

/** EcliPanel names the owner in the organisation; Quittance needs a membership. */
function ownerMemberships(organisations: readonly ImportRow[], memberships: readonly ImportRow[], notices: NoticeList): ImportRow[] {
  const key = (organisationId: unknown, userId: unknown) => `${String(organisationId)}/${String(userId)}`
  const known = new Set(memberships.map(({ values }) => key(values.organisationId, values.userId)))
  return organisations.flatMap((row): ImportRow[] => {
    const { id, ownerId } = row.values
    if (ownerId === undefined || known.has(key(id, ownerId))) return []
    notices.add('organisations', 'the owner has no membership, and gets one', String(id))
    const columns = { organisationId: 'id', userId: 'ownerId' }
    return [{ ...row, kind: 'memberships', values: { organisationId: id, userId: ownerId, role: 'owner' }, columns }]
  })
}

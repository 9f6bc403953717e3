import { addDays } from '../../../core/duration.js'
import { keysOf } from '../../../core/record.js'
import type { LimitedResource } from '../../limited-resources.enums.js'
import { RESOURCES } from '../../limited-resources.rules.js'
import type { ImportRow } from '../import-row.js'
import { parseTime } from '../time.rules.js'
import { type EcliPanelLimits, planType } from './convert-plan.js'
import type { Conversion } from './notice-list.js'
import type { RowReader } from './row-reader.js'

const REASON = 'Imported from EcliPanel'
/** EcliPanel verifies students again after a year. */
const STUDENT_DAYS = 365

/** The names that a limit has in EcliPanel's column `limits`, the one that applies first. */
const LIMIT_NAMES: Readonly<Record<keyof EcliPanelLimits, readonly string[]>> = {
  memory: ['memory'],
  disk: ['disk'],
  cpu: ['cpu'],
  serverLimit: ['serverLimit'],
  databases: ['databases'],
  backups: ['backups'],
  portCount: ['portsPerServer', 'portCount'],
  tunnelPortCount: ['tunnelPortCount'],
  emailsPerDay: ['emailSendDailyLimit'],
}

const READ_LIMITS = new Set([...Object.values(LIMIT_NAMES).flat(), 'boostPercent', 'boostStartsAt', 'boostExpiresAt'])

/** A boost enlarges these of every server. */
const BOOSTED: readonly LimitedResource[] = ['MEMORY_MB', 'DISK_MB', 'CPU_PERCENT']

interface UserContext extends Conversion {
  /** The limits of the plan that the user has; null if the file has no such plan. */
  readonly planLimits: EcliPanelLimits | null
  /** Whether the user has an active order for a plan. */
  readonly hasPlan: boolean
}

/** @throws RowError */
export function convertUser(reader: RowReader, context: UserContext): ImportRow {
  const names = ['firstName', 'middleName', 'lastName'].map((name) => reader.line(name))
  const name = names.filter(Boolean).join(' ') || undefined
  const email = reader.text('email')
  const tier = planType(reader.text('portalType'))
  if (!context.hasPlan && tier !== '' && tier !== 'free') {
    context.notices.add('users', `portalType ${tier} without an active order: grant the plan with applyPlan`, reader.id)
  }
  const values = {
    id: reader.value('id'),
    email,
    name,
    billingDetails: billingDetails(reader, name ?? email, context),
    limitOverrides: limitOverrides(reader, context),
  }
  return reader.build(values, {
    name: 'firstName',
    'billingDetails.name': 'billingCompany',
    'billingDetails.address': 'address',
    'billingDetails.city': 'billingCity',
    'billingDetails.state': 'billingState',
    'billingDetails.zip': 'billingZip',
    'billingDetails.country': reader.value('billingCountry') === undefined ? 'countryOverride' : 'billingCountry',
    limitOverrides: 'limits',
  })
}

/** Until when a user is verified as a student; undefined if that is not known. */
export function studentUntil(reader: RowReader): Date | undefined {
  const until = parseTime(reader.value('studentVerifiedUntil'))
  const since = parseTime(reader.value('studentVerifiedAt'))
  return until ?? (since && addDays(since, STUDENT_DAYS))
}

function billingDetails(reader: RowReader, name: string | undefined, { notices }: UserContext): object | undefined {
  const company = reader.line('billingCompany')
  const address = [reader.text('address'), reader.text('address2')].filter(Boolean).join('\n') || undefined
  const [stated, override] = [reader.text('billingCountry'), reader.text('countryOverride')]
  const country = stated ?? override
  if (stated && override && stated.toUpperCase() !== override.toUpperCase()) {
    notices.add('users', 'countryOverride differs from billingCountry, which is imported', reader.id)
  }
  const details = {
    address,
    city: reader.line('billingCity'),
    state: reader.line('billingState'),
    zip: reader.line('billingZip'),
    country: country?.toUpperCase(),
  }
  const isEmpty = company === undefined && Object.values(details).every((value) => value === undefined)
  return isEmpty ? undefined : { name: company ?? name, ...details }
}

/** EcliPanel copies the limits of a plan to its users, where administrators change them. What differs is an override. */
function limitOverrides(reader: RowReader, { planLimits, at, notices }: UserContext): object[] | undefined {
  const column = reader.value('limits') === undefined ? 'educationLimits' : 'limits'
  const stored = reader.json(column)
  // Marks as read; they apply only to users without limits.
  reader.value('educationLimits')
  if (!stored) {
    if (reader.value(column) !== undefined) reader.reject(column, 'must be a JSON object')
    return undefined
  }
  const limits: Record<string, unknown> = { ...stored }
  for (const [key, value] of Object.entries(limits)) if (!READ_LIMITS.has(key)) reader.ignorePart(column, key, value)
  const overrides = keysOf(RESOURCES).flatMap((resource) => {
    const name = RESOURCES[resource].column
    if (name === 'nodeLimit') return []
    const stated = LIMIT_NAMES[name].map((key) => limits[key]).find((value) => value !== undefined && value !== null)
    const parsed = stated === undefined ? undefined : reader.parseInteger(column, stated, `${LIMIT_NAMES[name][0]} `)
    if (parsed === undefined) return []
    const limit = name === 'serverLimit' && parsed === 0 ? null : parsed
    if (planLimits && planLimits[name] === limit) return []
    return [{ resource, ...(limit !== null && { value: limit }), reason: REASON }]
  })
  if (overrides.length > 0) notices.add('users', 'limits that differ from the plan are limit overrides', reader.id)
  return [...overrides, ...boosts(reader, column, limits, at)]
}

function boosts(reader: RowReader, column: string, limits: Record<string, unknown>, at: Date): object[] {
  const percent = Number(limits.boostPercent ?? 0)
  const starts = parseTime(limits.boostStartsAt)
  const ends = parseTime(limits.boostExpiresAt)
  if (percent === 0 || !starts || !ends || ends <= at) return []
  if (starts > at) {
    reader.reject(column, 'the boost has not begun; remove it from the file, and set it with setLimitOverride when it begins')
    return []
  }
  return BOOSTED.map((resource) => ({ resource, percent, reason: `${REASON}: boost`, endsAt: ends.toISOString() }))
}

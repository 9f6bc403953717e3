import { formatDecimal } from '../../../core/money.js'
import type { LimitValues } from '../../limited-resources.rules.js'
import type { ImportRow } from '../import-row.js'
import type { Conversion } from './notice-list.js'
import type { RowReader } from './row-reader.js'

/** What users and orders need of a plan. */
export interface ConvertedPlan {
  readonly row: ImportRow
  readonly name: string | undefined
  /** In lower case. */
  readonly type: string
  /** Minor units; null means a custom price. */
  readonly price: bigint | null
  readonly limits: EcliPanelLimits
  readonly isDefault: boolean
}

/** The limits that EcliPanel has. It does not limit nodes. */
export type EcliPanelLimits = Omit<LimitValues, 'nodeLimit'>

/** The values of columns that EcliPanel never leaves empty. */
const COLUMN_DEFAULTS = { databases: 0, backups: 0, portCount: 1, tunnelPortCount: 10 } as const

/** What EcliPanel's outboundEmailService allows by portal type if a plan has no daily quota. */
const DEFAULT_DAILY_EMAILS: Readonly<Record<string, number>> = { free: 3, edu: 10 }

/** @throws RowError */
export function convertPlan(reader: RowReader, conversion: Conversion): ConvertedPlan {
  const { currency, notices } = conversion
  const type = planType(reader.text('type'))
  const listed = reader.amount('price', currency) ?? 0n
  // Without this, customers could order an enterprise plan for nothing.
  const isCustom = type === 'enterprise' && listed === 0n
  if (isCustom) notices.add('plans', 'enterprise plans for 0 have a custom price, so that customers cannot order them', reader.id)
  const price = isCustom ? null : listed
  const limits = planLimits(reader, type, conversion)
  const name = reader.line('name')
  const isDefault = reader.isTrue('isDefault')
  const canBeDefault = type === 'free' && price === 0n
  if (isDefault && !canBeDefault) notices.add('plans', 'isDefault applies only to a free plan for 0 and is not imported', reader.id)
  const values = {
    id: reader.value('id'),
    name,
    type,
    price: price === null ? undefined : formatDecimal({ minorUnits: price, currency }),
    currency,
    description: reader.text('description'),
    features: planFeatures(reader),
    hiddenFromBilling: reader.isTrue('hiddenFromBilling'),
    ...limits,
  }
  const row = reader.build(values, { emailsPerDay: 'emailSendDailyLimit' })
  return { row, name, type, price, limits, isDefault: isDefault && canBeDefault }
}

/** EcliPanel calls plans for students educational. */
export function planType(type: string | undefined): string {
  const name = type?.toLowerCase() ?? ''
  return name === 'educational' ? 'edu' : name
}

function planLimits(reader: RowReader, type: string, { notices }: Conversion): EcliPanelLimits {
  const withoutLimit = (name: 'memory' | 'disk' | 'cpu' | 'serverLimit') => {
    const value = reader.integer(name)
    // EcliPanel compares the number of servers only with a limit above 0.
    const isUnlimited = value === undefined || (name === 'serverLimit' && value === 0)
    if (isUnlimited) notices.add('plans', `${name} is ${value ?? 'empty'}, which EcliPanel does not limit: unlimited`, reader.id)
    return isUnlimited ? null : value
  }
  const withDefault = (name: keyof typeof COLUMN_DEFAULTS) => {
    const value = reader.integer(name)
    if (value === undefined) notices.add('plans', `${name} is empty: EcliPanel's default of ${COLUMN_DEFAULTS[name]}`, reader.id)
    return value ?? COLUMN_DEFAULTS[name]
  }
  return {
    memory: withoutLimit('memory'),
    disk: withoutLimit('disk'),
    cpu: withoutLimit('cpu'),
    serverLimit: withoutLimit('serverLimit'),
    databases: withDefault('databases'),
    backups: withDefault('backups'),
    portCount: withDefault('portCount'),
    tunnelPortCount: withDefault('tunnelPortCount'),
    emailsPerDay: dailyEmails(reader, type, notices),
  }
}

/** The daily quota. Without one, EcliPanel applies a quota of the portal type, never none. */
function dailyEmails(reader: RowReader, type: string, notices: Conversion['notices']): number {
  const quota = reader.integer('emailSendDailyLimit')
  if (quota !== undefined) return quota
  const fallback = DEFAULT_DAILY_EMAILS[type] ?? 0
  notices.add('plans', `emailSendDailyLimit is empty: EcliPanel's default of ${fallback} e-mails per day`, reader.id)
  return fallback
}

/** Features are an object; EcliPanel also stores a list of texts. The quota of queued e-mails is kept as a feature. */
function planFeatures(reader: RowReader): object {
  const stored = reader.json('features')
  if (!stored && reader.value('features') !== undefined) reader.reject('features', 'must be a JSON object or list')
  const queued = reader.integer('emailSendQueueLimit')
  return {
    ...(Array.isArray(stored) ? { list: stored as unknown[] } : stored),
    ...(queued !== undefined && { emailSendQueueLimit: queued }),
  }
}

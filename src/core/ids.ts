import { invalidInputError } from './errors.js'

/** The prefix of the ids of every type of the public API. They make ids unique over all types. */
export const ID_PREFIXES = {
  ApiKey: 'key',
  AuditEntry: 'aud',
  BalanceEntry: 'bal',
  CreditGrant: 'grant',
  CreditNote: 'cn',
  Invoice: 'inv',
  LimitOverride: 'ovr',
  Mail: 'mail',
  Order: 'ord',
  Organisation: 'org',
  Payment: 'pay',
  Plan: 'plan',
  PlanReapplication: 'rea',
  PlanSubscription: 'sub',
  ProviderEvent: 'pev',
  Refund: 'ref',
  RefundPart: 'rfp',
  ReportedPayment: 'rep',
  User: 'user',
  WebhookDelivery: 'whd',
  WebhookEndpoint: 'whe',
} as const

export type IdType = keyof typeof ID_PREFIXES
export const ID_TYPES = Object.keys(ID_PREFIXES) as IdType[]
/** The types whose ids the panel assigns. */
export type CustomerIdType = 'User' | 'Organisation'
export type RowIdType = Exclude<IdType, CustomerIdType>

/** Ids that panels may have. */
export const PANEL_ID = /^[A-Za-z0-9_.:-]{1,64}$/

/** The id of the public API: `encodeId('Order', 101n)` is "ord_101". */
export function encodeId(type: IdType, id: bigint | string): string {
  return `${ID_PREFIXES[type]}_${id}`
}

/** Decodes the id of a row, with or without the prefix of its type. @returns undefined for any other text */
export function decodeRowId(id: string, type: RowIdType): bigint | undefined {
  const number = withoutPrefix(id, type)
  return /^[1-9]\d{0,15}$/.test(number) && Number(number) <= Number.MAX_SAFE_INTEGER ? BigInt(number) : undefined
}

/** Decodes the id of a user or an organisation, with or without its prefix. @returns the id of the panel; undefined for any other text */
export function decodeCustomerId(id: string, type: CustomerIdType): string | undefined {
  const panelId = withoutPrefix(id, type)
  return isPanelId(panelId) ? panelId : undefined
}

/** The rule in the error for an invalid id. */
export function idRule(type: IdType): string {
  const example = type === 'User' || type === 'Organisation' ? '55' : '101'
  return `must be the id of the type ${type}, for example "${encodeId(type, example)}" or "${example}"`
}

/** Parses the id of a row, with or without the prefix of its type. @throws BAD_USER_INPUT naming the field */
export function parseId(field: string, id: string, type: RowIdType): bigint {
  const decoded = decodeRowId(id, type)
  if (decoded === undefined) throw invalidInputError(field, idRule(type))
  return decoded
}

export function parseOptionalId(field: string, id: string | null | undefined, type: RowIdType): bigint | undefined {
  return id == null ? undefined : parseId(field, id, type)
}

/** Parses the id of a user, with or without its prefix. @returns the id of the panel @throws BAD_USER_INPUT naming the field */
export function parseUserId(field: string, id: string): string {
  return parseCustomerId(field, id, 'User')
}

export function parseOptionalUserId(field: string, id: string | null | undefined): string | undefined {
  return id == null ? undefined : parseCustomerId(field, id, 'User')
}

export function parseOrganisationId(field: string, id: string): string {
  return parseCustomerId(field, id, 'Organisation')
}

export function parseOptionalOrganisationId(field: string, id: string | null | undefined): string | undefined {
  return id == null ? undefined : parseCustomerId(field, id, 'Organisation')
}

export const PANEL_ID_RULE = 'must be an id of the panel: 1 to 64 letters, digits and the characters _ . : -'

/** Parses an id as the panel has it, without a prefix. @throws BAD_USER_INPUT naming the field */
export function parsePanelId(field: string, id: string): string {
  if (!isPanelId(id)) throw invalidInputError(field, PANEL_ID_RULE)
  return id
}

/** Whether a text can be the id of a user or an organisation in the panel. */
export function isPanelId(id: string): boolean {
  return PANEL_ID.test(id)
}

/** Splits an id of the public API. @returns undefined if it has no known prefix */
export function decodeId(id: string): { type: IdType; id: string } | undefined {
  const end = id.indexOf('_')
  const type = TYPES.get(id.slice(0, Math.max(0, end)))
  return type && end < id.length - 1 ? { type, id: id.slice(end + 1) } : undefined
}

const TYPES = new Map(Object.entries(ID_PREFIXES).map(([type, prefix]) => [prefix as string, type as IdType]))

function parseCustomerId(field: string, id: string, type: CustomerIdType): string {
  const decoded = decodeCustomerId(id, type)
  if (decoded === undefined) throw invalidInputError(field, idRule(type))
  return decoded
}

function withoutPrefix(id: string, type: IdType): string {
  const prefix = encodeId(type, '')
  return id.startsWith(prefix) ? id.slice(prefix.length) : id
}

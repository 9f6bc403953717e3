import { Int } from 'type-graphql'
import { z } from 'zod'
import { isPanelId } from '../../core/ids.js'
import { line, MAX_INT, multilineText } from '../../core/input.js'
import { isCurrency } from '../../core/money.js'
import { BillingInterval, newPlanSchema, PLAN_FIELDS } from '../catalog/index.js'
import { OrganisationRole, PlanType } from '../identity/index.js'
import { LimitedResource } from '../limited-resources.enums.js'
import { OrderStatus } from '../orders/index.js'
import type { RowKind } from './import-row.js'
import { parseTime } from './time.rules.js'

/** Panels append a note whenever they renew an order. */
const MAX_NOTES_LENGTH = 20_000

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['true', true],
  ['1', true],
  [1, true],
  ['false', false],
  ['0', false],
  [0, false],
])

// A value is text if it comes from CSV, and may have other types if it comes from JSON.
const integerValue = (min: number) =>
  z
    .union([z.number(), z.string().regex(/^-?\d{1,10}$/, 'must be a whole number')])
    .transform(Number)
    .pipe(z.number().int('must be a whole number').min(min, `must be ${min} or more`).max(MAX_INT))
const rowId = z
  .union([z.number(), z.string().regex(/^\d{1,16}$/, 'must be a whole number')])
  .transform(Number)
  .pipe(z.number().int('must be a whole number').min(1, 'must be 1 or more').max(Number.MAX_SAFE_INTEGER))
  .transform(BigInt)
/** An id of the panel, verbatim. */
const customerId = z
  .union([z.int(), z.string()])
  .transform(String)
  .refine(isPanelId, 'must be an id of the panel: 1 to 64 letters, digits and the characters _ . : -')
const timeValue = z.union([z.string(), z.number()]).transform((value, context) => {
  const time = parseTime(value)
  if (time) return time
  context.addIssue('must be a time such as 2026-05-01T00:00:00Z')
  return z.NEVER
})
/** Decimals stay text, because a float would lose precision. */
const amountValue = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,16}(\.\d{1,4})?$/, 'must be an amount such as 15.00'))
const booleanValue = z
  .unknown()
  .transform((value) => BOOLEANS.get(value) ?? value)
  .pipe(z.boolean('must be true or false, or 1 or 0'))
const upperCase = z.string().transform((value) => value.toUpperCase())
const jsonValue = <T extends z.ZodType>(schema: T) =>
  z
    .unknown()
    .transform((value, context) => {
      if (typeof value !== 'string') return value
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue('must be valid JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

const currencyCode = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine(isCurrency, 'must be an ISO 4217 code such as USD')

/** Converts text to a value of a GraphQL type. Returns text that cannot be converted unchanged; validation rejects it. */
function parseText(type: object, text: string): unknown {
  if (type === Int) return /^-?\d{1,10}$/.test(text) ? Number(text) : text
  if (type === Boolean) return BOOLEANS.get(text) ?? text
  return type === PlanType || type === BillingInterval ? text.toUpperCase() : text
}

function parsePlanTexts(row: Record<string, unknown>): Record<string, unknown> {
  const parsed = { ...row }
  for (const [name, { type }] of Object.entries(PLAN_FIELDS)) {
    const value = row[name]
    if (typeof value === 'string') parsed[name] = parseText(type(), value)
    else if (type() === Boolean) parsed[name] = BOOLEANS.get(value) ?? value
  }
  return parsed
}

/** The fields of createPlan, except those that exports do not have. Features of any size are accepted. */
const planColumns = newPlanSchema.omit({ rank: true, providerVariantId: true }).extend({
  id: rowId,
  price: amountValue.optional(),
  currency: currencyCode.optional(),
  features: jsonValue(z.record(z.string(), z.json())).optional(),
})
const planRow = z.preprocess(parsePlanTexts, planColumns)

/** An adjustment of a limit: a value, a percentage, or neither for unlimited. */
const overrideRow = z.object({
  resource: z.enum(LimitedResource),
  value: integerValue(0).optional(),
  percent: integerValue(1).optional(),
  reason: multilineText(500),
  endsAt: timeValue.optional(),
})

const userColumns = z.object({
  id: customerId,
  email: z.email('must be an e-mail address').max(254).optional(),
  name: line(200).optional(),
  /** Validated as in setBillingDetails, which is asynchronous. */
  billingDetails: jsonValue(z.record(z.string(), z.unknown())).optional(),
  limitOverrides: jsonValue(z.array(overrideRow).max(20)).optional(),
})

const organisationColumns = z.object({
  id: customerId,
  name: line(200),
  ownerId: customerId.optional(),
  /** The plan of an organisation without an active order. */
  planId: rowId.optional(),
  expiresAt: timeValue.optional(),
})

const membershipColumns = z.object({
  organisationId: customerId,
  userId: customerId,
  role: upperCase.pipe(z.enum(OrganisationRole, 'must be owner, admin or member')),
})

function hasNoNull(text: string): boolean {
  return !text.includes('\u0000')
}

/** Items are imported as they are. Those of a discount are negative. */
const itemRow = z.object({
  description: line(1000),
  quantity: integerValue(1).optional(),
  price: z
    .union([z.string(), z.number().transform(String)])
    .pipe(z.string().regex(/^-?\d{1,16}(\.\d{1,4})?$/, 'must be an amount such as 15.00')),
})

const orderColumns = z.object({
  id: rowId,
  userId: customerId,
  organisationId: customerId.optional(),
  planId: rowId.optional(),
  status: upperCase.pipe(z.enum(OrderStatus, 'must be pending, active, cancelled or expired')),
  amount: amountValue,
  /** The part of the amount that is tax. */
  tax: amountValue.optional(),
  /** What was subtracted from the items. */
  discount: amountValue.optional(),
  discountName: line(200).optional(),
  currency: currencyCode.optional(),
  description: line(1000).optional(),
  items: jsonValue(z.array(itemRow).min(1).max(100)).optional(),
  notes: z.string().trim().max(MAX_NOTES_LENGTH).refine(hasNoNull, 'must not contain the character U+0000').optional(),
  date: timeValue,
  expiresAt: timeValue.optional(),
  cancelledAt: timeValue.optional(),
  /** Paid once, without an end. */
  lifetime: booleanValue.optional(),
})

export const ROW_SCHEMAS = {
  users: userColumns,
  organisations: organisationColumns,
  memberships: membershipColumns,
  plans: planRow,
  orders: orderColumns,
}

export type ParsedRows = { [K in keyof typeof ROW_SCHEMAS]: z.output<(typeof ROW_SCHEMAS)[K]> }

const COLUMNS: Readonly<Record<RowKind, object>> = {
  users: userColumns.shape,
  organisations: organisationColumns.shape,
  memberships: membershipColumns.shape,
  plans: planColumns.shape,
  orders: orderColumns.shape,
}

/** Whether rows of the kind have the column, by its name in `ImportRow.values`. */
export function isImported(kind: RowKind, name: string): boolean {
  return Object.hasOwn(COLUMNS[kind], name)
}

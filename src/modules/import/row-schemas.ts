import { Int } from 'type-graphql'
import { z } from 'zod'
import { isPanelId } from '../../core/ids.js'
import { line, MAX_INT } from '../../core/input.js'
import { isCurrency } from '../../core/money.js'
import { BillingInterval, newPlanSchema, PLAN_FIELDS } from '../catalog/index.js'
import { PlanType } from '../identity/index.js'

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
const timeValue = z
  .union([z.string(), z.number()])
  .transform((value) => new Date(value))
  .refine((date) => !Number.isNaN(date.getTime()), 'must be a time such as 2026-05-01T00:00:00Z')
/** Decimals stay text, because a float would lose precision. */
const amountValue = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,16}(\.\d{1,4})?$/, 'must be an amount such as 15.00'))
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

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

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
  }
  return parsed
}

/** The fields of createPlan, except those that exports do not have. Features of any size are accepted. */
const planRow = z.preprocess(
  parsePlanTexts,
  newPlanSchema.omit({ rank: true, isDefault: true, providerVariantId: true }).extend({
    id: rowId,
    price: amountValue.optional(),
    currency: currencyCode.optional(),
    features: jsonValue(z.record(z.string(), z.json())).optional(),
  }),
)

export const ROW_SCHEMAS = {
  users: z.object({ id: customerId, email: z.email('must be an e-mail address').max(254).optional(), name: line(200).optional() }),
  organisations: z.object({ id: customerId, name: line(200) }),
  memberships: z.object({ organisationId: customerId, userId: customerId, role: upperCase.pipe(z.enum(['OWNER', 'ADMIN', 'MEMBER'])) }),
  plans: planRow,
  orders: z.object({
    id: rowId,
    userId: customerId,
    organisationId: customerId.optional(),
    planId: rowId.optional(),
    status: upperCase.pipe(z.enum(['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED'])),
    amount: amountValue,
    currency: currencyCode.optional(),
    description: line(200).optional(),
    items: jsonValue(
      z
        .array(z.object({ description: line(200), quantity: integerValue(1).optional(), price: amountValue }))
        .min(1)
        .max(100),
    ).optional(),
    notes: z.string().trim().max(2000).optional(),
    date: timeValue,
    expiresAt: timeValue.optional(),
    cancelledAt: timeValue.optional(),
  }),
}

export type ParsedRows = { [K in keyof typeof ROW_SCHEMAS]: z.output<(typeof ROW_SCHEMAS)[K]> }

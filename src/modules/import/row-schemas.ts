import { z } from 'zod'
import { line, MAX_INT } from '../../core/input.js'
import { isCurrency } from '../../core/money.js'
import { mapLimits } from '../limited-resources.rules.js'

// A value is text if it comes from CSV, and may have other types if it comes from JSON.
const integerValue = (min: number) =>
  z
    .union([z.number(), z.string().regex(/^-?\d{1,10}$/, 'must be a whole number')])
    .transform(Number)
    .pipe(z.number().int('must be a whole number').min(min, `must be ${min} or more`).max(MAX_INT))
const rowId = integerValue(1)
const booleanValue = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')])
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

export const ROW_SCHEMAS = {
  users: z.object({ id: rowId, email: z.email('must be an e-mail address').max(254).optional(), name: line(200).optional() }),
  organisations: z.object({ id: rowId, name: line(200) }),
  memberships: z.object({ organisationId: rowId, userId: rowId, role: upperCase.pipe(z.enum(['OWNER', 'ADMIN', 'MEMBER'])) }),
  plans: z.object({
    id: rowId,
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens')
      .max(60)
      .optional(),
    name: line(100),
    type: upperCase.pipe(z.enum(['FREE', 'PAID', 'EDU', 'ENTERPRISE'])),
    price: amountValue.optional(),
    currency: currencyCode.optional(),
    interval: upperCase.pipe(z.enum(['MONTH', 'YEAR'])).optional(),
    ...mapLimits(() => integerValue(0).optional()),
    features: jsonValue(z.record(z.string(), z.json())).optional(),
    hiddenFromBilling: booleanValue.optional(),
  }),
  orders: z.object({
    id: rowId,
    userId: rowId,
    organisationId: rowId.optional(),
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

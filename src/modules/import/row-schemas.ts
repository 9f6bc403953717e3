import { z } from 'zod'
import { line, MAX_INT } from '../../core/input.js'
import { isCurrency } from '../../core/money.js'
import { LIMITS } from '../catalog/index.js'

// A value may be text, as in CSV, or what JSON makes of it.
const whole = (min: number) =>
  z
    .union([z.number(), z.string().regex(/^-?\d{1,10}$/, 'must be a whole number')])
    .transform(Number)
    .pipe(z.number().int('must be a whole number').min(min, `must be ${min} or more`).max(MAX_INT))
const id = whole(1)
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')])
const time = z
  .union([z.string(), z.number()])
  .transform((value) => new Date(value))
  .refine((date) => !Number.isNaN(date.getTime()), 'must be a time such as 2026-05-01T00:00:00Z')
/** Decimals stay text: a float would lose cents. */
const amount = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,16}(\.\d{1,4})?$/, 'must be an amount such as 15.00'))
const upperCase = z.string().transform((value) => value.toUpperCase())
const json = <T extends z.ZodType>(schema: T) =>
  z
    .unknown()
    .transform((value, context) => {
      if (typeof value !== 'string') return value
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue('must be JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

const currency = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine(isCurrency, 'must be an ISO 4217 code such as USD')
const limits = Object.fromEntries(LIMITS.map((name) => [name, whole(0).optional()])) as Record<
  (typeof LIMITS)[number],
  z.ZodOptional<typeof id>
>

export const ROWS = {
  users: z.object({ id, email: z.email('must be an e-mail address').max(254).optional(), name: line(200).optional() }),
  organisations: z.object({ id, name: line(200) }),
  memberships: z.object({ organisationId: id, userId: id, role: upperCase.pipe(z.enum(['OWNER', 'ADMIN', 'MEMBER'])) }),
  plans: z.object({
    id,
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens')
      .max(60)
      .optional(),
    name: line(100),
    type: upperCase.pipe(z.enum(['FREE', 'PAID', 'EDU', 'ENTERPRISE'])),
    price: amount.optional(),
    currency: currency.optional(),
    interval: upperCase.pipe(z.enum(['MONTH', 'YEAR'])).optional(),
    ...limits,
    features: json(z.record(z.string(), z.json())).optional(),
    hiddenFromBilling: flag.optional(),
  }),
  orders: z.object({
    id,
    userId: id,
    organisationId: id.optional(),
    planId: id.optional(),
    status: upperCase.pipe(z.enum(['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED'])),
    amount,
    currency: currency.optional(),
    description: line(200).optional(),
    items: json(
      z
        .array(z.object({ description: line(200), quantity: whole(1).optional(), price: amount }))
        .min(1)
        .max(100),
    ).optional(),
    notes: z.string().trim().max(2000).optional(),
    date: time,
    expiresAt: time.optional(),
    cancelledAt: time.optional(),
  }),
}

export type Parsed = { [K in keyof typeof ROWS]: z.output<(typeof ROWS)[K]> }

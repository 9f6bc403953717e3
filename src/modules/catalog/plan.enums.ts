import { registerEnumType } from 'type-graphql'
import { z } from 'zod'
import { PlanType } from '../identity/index.js'

export const BILLING_INTERVALS = ['MONTH', 'YEAR'] as const
export const BillingInterval = z.enum(BILLING_INTERVALS).enum
export type BillingInterval = (typeof BILLING_INTERVALS)[number]

declare global {
  namespace PrismaJson {
    type BillingInterval = (typeof BILLING_INTERVALS)[number]
  }
}

registerEnumType(PlanType, {
  name: 'PlanType',
  description: 'The portal tier that a plan grants.',
  valuesConfig: {
    FREE: { description: 'Costs nothing. One free plan is the default plan for customers without another plan.' },
    PAID: { description: 'Bought by a user or an organisation.' },
    EDU: { description: 'For pupils, students and schools; usually granted by an administrator.' },
    ENTERPRISE: { description: 'Agreed with sales, often at a custom price.' },
  },
})

registerEnumType(BillingInterval, {
  name: 'BillingInterval',
  description: 'Billing interval of a plan.',
  valuesConfig: {
    MONTH: { description: 'A calendar month, counted from the day of the first payment.' },
    YEAR: { description: 'A calendar year, counted from the day of the first payment.' },
  },
})

export { PlanType }

import { z } from 'zod'

export const VAT_CHECK_RESULTS = ['VALID', 'INVALID', 'UNAVAILABLE'] as const
export type VatCheckResult = (typeof VAT_CHECK_RESULTS)[number]

export const VAT_ID_STATUSES = ['PENDING', ...VAT_CHECK_RESULTS] as const
export const VatIdStatus = z.enum(VAT_ID_STATUSES).enum
export type VatIdStatus = (typeof VAT_ID_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type VatCheckResult = (typeof VAT_CHECK_RESULTS)[number]
    type VatIdStatus = (typeof VAT_ID_STATUSES)[number]
  }
}

import { z } from 'zod'

export const MAIL_KINDS = [
  'ORDER_PLACED',
  'INVOICE',
  'PAYMENT_RECEIVED',
  'PAYMENT_FAILED',
  'RENEWAL_UPCOMING',
  'PRICE_CHANGING',
  'INVOICE_DUE',
  'INVOICE_OVERDUE',
  'SUSPENDED',
  'RESUMED',
  'CANCELLED',
  'TERMINATED',
  'TRIAL_ENDING',
  'REFUND_REQUESTED',
  'REFUND',
  'PLAN_CHANGED',
] as const
export const MailKind = z.enum(MAIL_KINDS).enum
export type MailKind = (typeof MAIL_KINDS)[number]

export const MAIL_STATUSES = ['QUEUED', 'SENT', 'BOUNCED', 'FAILED', 'SKIPPED'] as const
export const MailStatus = z.enum(MAIL_STATUSES).enum
export type MailStatus = (typeof MAIL_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type MailKind = (typeof MAIL_KINDS)[number]
    type MailStatus = (typeof MAIL_STATUSES)[number]
  }
}

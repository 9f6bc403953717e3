import type { When } from './change.js'
import type { ApplyPlanInput } from './purchase.js'
import type { RecordPaymentInput } from './recorded-payments.js'
import type { RefundInput } from './refund.js'
import type { SuspensionReason } from './state.js'

/** A command with its arguments, as plain data. Ids count from 1 in the order of creation. */
export type Command =
  | { readonly type: 'advanceTo'; readonly at: Date }
  | { readonly type: 'placeOrder'; readonly plan: string }
  | { readonly type: 'cancelOrder'; readonly order: number }
  | ({ readonly type: 'applyPlan' } & ApplyPlanInput)
  | { readonly type: 'cancelPlan'; readonly creditUnused: boolean }
  | { readonly type: 'openCheckout'; readonly plan: string }
  | { readonly type: 'payCheckout'; readonly checkout: number }
  | { readonly type: 'changePlan'; readonly plan: string; readonly when?: When }
  | { readonly type: 'revokeChange' }
  | { readonly type: 'cancelSubscription' }
  | { readonly type: 'resumeSubscription' }
  | { readonly type: 'setCardFails'; readonly fails: boolean }
  | { readonly type: 'payOverdue' }
  | ({ readonly type: 'recordPayment' } & RecordPaymentInput)
  | { readonly type: 'reversePayment'; readonly payment: number }
  | { readonly type: 'topUp'; readonly amount: bigint }
  | { readonly type: 'grantCredit'; readonly amount: bigint; readonly expiresAt: Date | null; readonly reason: string }
  | { readonly type: 'payOutBalance'; readonly amount: bigint }
  | ({ readonly type: 'requestRefund' } & RefundInput)
  | { readonly type: 'confirmRefund'; readonly part: number; readonly reference: string }
  | { readonly type: 'creditInvoice'; readonly invoice: number; readonly amount: bigint }
  | { readonly type: 'voidInvoice'; readonly invoice: number }
  | { readonly type: 'extendDueDate'; readonly invoice: number; readonly at: Date }
  | { readonly type: 'setCollection'; readonly collection: 'NONE' | 'INVOICE' }
  | { readonly type: 'suspend'; readonly reason: SuspensionReason }
  | { readonly type: 'unsuspend' }

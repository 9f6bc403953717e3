import type { BillingModel, Result } from './billing-model.js'
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

/** Runs a command that is plain data on the model. */
export function execute(model: BillingModel, command: Command): Result {
  switch (command.type) {
    case 'advanceTo':
      return model.advanceTo(command.at)
    case 'placeOrder':
      return model.placeOrder(command.plan)
    case 'cancelOrder':
      return model.cancelOrder(command.order)
    case 'applyPlan':
      return model.applyPlan(command)
    case 'cancelPlan':
      return model.cancelPlan(command)
    case 'openCheckout':
      return model.openCheckout(command.plan)
    case 'payCheckout':
      return model.payCheckout(command.checkout)
    case 'changePlan':
      return model.changePlan(command.plan, command.when)
    case 'revokeChange':
      return model.revokeChange()
    case 'cancelSubscription':
      return model.cancelSubscription()
    case 'resumeSubscription':
      return model.resumeSubscription()
    case 'setCardFails':
      return model.setCardFails(command.fails)
    case 'payOverdue':
      return model.payOverdue()
    case 'recordPayment':
      return model.recordPayment(command)
    case 'reversePayment':
      return model.reversePayment(command.payment)
    case 'topUp':
      return model.topUp(command.amount)
    case 'grantCredit':
      return model.grantCredit(command.amount, command.expiresAt, command.reason)
    case 'payOutBalance':
      return model.payOutBalance(command.amount)
    case 'requestRefund':
      return model.requestRefund(command)
    case 'confirmRefund':
      return model.confirmRefund(command.part, command.reference)
    case 'creditInvoice':
      return model.creditInvoice(command.invoice, command.amount)
    case 'voidInvoice':
      return model.voidInvoice(command.invoice)
    case 'extendDueDate':
      return model.extendDueDate(command.invoice, command.at)
    case 'setCollection':
      return model.setCollection(command.collection)
    case 'suspend':
      return model.suspend(command.reason)
    case 'unsuspend':
      return model.unsuspend()
  }
}

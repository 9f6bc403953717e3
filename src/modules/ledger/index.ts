import 'reflect-metadata'

export { readCurrentBalance } from './balance.loader.js'
export { readBalance, readSpendableBalance } from './balance.queries.js'
export { Balance, CreditGrant } from './balance.type.js'
export { changeGrant, changeHeld } from './balance-parts.js'
export { applyCredit, type FreedPayments, listFreedPayments, sumOfParts } from './free-payments.js'
export { amountDue, listHeldPayments, type PaymentPart, payInvoice, sumOfHeld } from './invoice-payments.js'
export { PaymentMethodKind } from './ledger.enums.js'
export { PAYMENT_NOT_FOUND } from './ledger.errors.js'
export { ledger } from './ledger.module.js'
export { LIST_HELD_FOR_CHANGES, LIST_HELD_FOR_SUBSCRIPTION, LIST_HELD_PAYMENTS } from './ledger.statements.js'
export { assertRoom, assertRoomFor, bindAccounts, findExcess } from './maximum.js'
export { heldForOrderLoader, invoicePaymentsLoader, paidInvoicesLoader, paymentLoader } from './payment.loader.js'
export { Payment } from './payment.type.js'
export { bindPostings, type Posting, postToLedger } from './post-to-ledger.js'
export {
  bindPaymentAtIssue,
  type PaymentAtIssue,
  payWithHeld,
  type ReceivedPayment,
  receiveInvoicePayment,
  receiveOrderPayment,
  receiveSurplus,
  takeHeld,
} from './receive-payment.js'
export { freeHeldPayments, returnGrantedCredit } from './return-to-balance.js'
export { holdBalance, payFromBalance, settleOpenInvoices } from './spend-balance.js'
export { listSpentBalance, reopenInvoices, type TakenPart, takeBackPayment } from './take-back-payment.js'

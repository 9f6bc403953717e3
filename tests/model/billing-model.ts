import {
  creditInvoice,
  extendDueDate,
  grantCredit,
  payOutBalance,
  setCollection,
  suspend,
  topUp,
  unsuspend,
  voidInvoice,
} from './administration.js'
import { cancelSubscription, payOverdue, resumeSubscription } from './cancellation.js'
import { type ChangePreview, type ChangeResult, changePlan, previewChange, revokeChange, type When } from './change.js'
import { lawsOf } from './laws.js'
import type { Posting } from './ledger.js'
import { type ApplyPlanInput, applyPlan, cancelOrder, cancelPlan, getPaidPlan, openCheckout, payCheckout, placeOrder } from './purchase.js'
import { type RecordPaymentInput, recordPayment, reversePayment } from './recorded-payments.js'
import { confirmRefund, type RefundInput, requestRefund } from './refund.js'
import { type Eligibility, refundEligibility } from './refund-eligibility.js'
import { Refusal, type RefusalCode, refuseIf } from './refusal.js'
import { DEFAULT_SETTINGS, type Settings } from './settings.js'
import { type Snapshot, snapshotOf } from './snapshot.js'
import { initialState, type RefundPart, type State, type SuspensionReason } from './state.js'
import { advance } from './time.js'

export type Result<T = object> = ({ readonly ok: true } & T) | { readonly error: RefusalCode }

/**
 * The rules of billing for one customer and one currency, in memory. A command returns its result or the code
 * of its error, and changes nothing on error. Everything that is due is done when a command returns.
 */
export class BillingModel {
  readonly #state: State

  constructor(start: Date, settings: Partial<Settings> = {}) {
    this.#state = initialState({ ...DEFAULT_SETTINGS, ...settings }, start)
  }

  advanceTo(at: Date): Result {
    return this.#act((state) => {
      refuseIf(at < state.now, 'BAD_USER_INPUT')
      advance(state, at)
    })
  }

  placeOrder(plan: string): Result<{ order: number }> {
    return this.#run((state) => ({ order: placeOrder(state, plan).id }))
  }

  cancelOrder(order: number): Result {
    return this.#run((state) => ({ order: cancelOrder(state, order).id }))
  }

  applyPlan(input: ApplyPlanInput): Result<{ order: number }> {
    return this.#run((state) => ({ order: applyPlan(state, input).id }))
  }

  cancelPlan({ creditUnused }: { creditUnused: boolean } = { creditUnused: true }): Result {
    return this.#act((state) => cancelPlan(state, creditUnused))
  }

  /** A checkout that is paid at once. */
  buy(plan: string): Result<{ order: number }> {
    const opened = this.openCheckout(plan)
    return 'error' in opened ? opened : this.payCheckout(opened.checkout)
  }

  openCheckout(plan: string): Result<{ checkout: number }> {
    return this.#run((state) => ({ checkout: openCheckout(state, plan).id }))
  }

  payCheckout(checkout: number): Result<{ order: number }> {
    return this.#run((state) => ({ order: payCheckout(state, checkout).id }))
  }

  previewChange(plan: string, when?: When): Result<ChangePreview> {
    return this.#run((state) => previewChange(state, getPaidPlan(state, plan), when))
  }

  changePlan(plan: string, when?: When): Result<{ effective: ChangeResult['effective']; order: number | null }> {
    return this.#run((state) => {
      const { effective, order } = changePlan(state, getPaidPlan(state, plan), when)
      return { effective, order: order?.id ?? null }
    })
  }

  revokeChange(): Result {
    return this.#act((state) => revokeChange(state))
  }

  cancelSubscription(): Result {
    return this.#act((state) => cancelSubscription(state))
  }

  resumeSubscription(): Result {
    return this.#act((state) => resumeSubscription(state))
  }

  setCardFails(fails: boolean): Result {
    return this.#act((state) => {
      state.cardFails = fails
    })
  }

  payOverdue(): Result {
    return this.#act((state) => payOverdue(state))
  }

  recordPayment(input: RecordPaymentInput): Result<{ payment: number }> {
    return this.#run((state) => ({ payment: recordPayment(state, input).id }))
  }

  reversePayment(payment: number): Result {
    return this.#act((state) => reversePayment(state, payment))
  }

  topUp(amount: bigint): Result {
    return this.#act((state) => topUp(state, amount))
  }

  grantCredit(amount: bigint, expiresAt: Date | null = null, reason = 'goodwill'): Result<{ grant: number }> {
    return this.#run((state) => ({ grant: grantCredit(state, amount, expiresAt, reason).id }))
  }

  payOutBalance(amount: bigint): Result {
    return this.#act((state) => payOutBalance(state, amount))
  }

  refundEligibility(order: number): Result<Eligibility> {
    return this.#run((state) => refundEligibility(state, order))
  }

  requestRefund(input: RefundInput): Result<{ refund: number; amount: bigint; parts: readonly RefundPart[] }> {
    return this.#run((state) => {
      const { id, amount, parts } = requestRefund(state, input)
      return { refund: id, amount, parts }
    })
  }

  confirmRefund(part: number, reference: string): Result {
    return this.#run((state) => ({ part: confirmRefund(state, part, reference).id }))
  }

  creditInvoice(invoice: number, amount: bigint): Result {
    return this.#act((state) => creditInvoice(state, invoice, amount))
  }

  voidInvoice(invoice: number): Result {
    return this.#act((state) => voidInvoice(state, invoice))
  }

  extendDueDate(invoice: number, at: Date): Result {
    return this.#act((state) => extendDueDate(state, invoice, at))
  }

  setCollection(collection: 'NONE' | 'INVOICE'): Result {
    return this.#act((state) => setCollection(state, collection))
  }

  suspend(reason: SuspensionReason): Result {
    return this.#act((state) => suspend(state, reason))
  }

  unsuspend(): Result {
    return this.#act((state) => unsuspend(state))
  }

  snapshot(): Snapshot {
    return snapshotOf(this.#state)
  }

  /** The rows of the ledger in order. */
  postings(): readonly Posting[] {
    return this.#state.postings
  }

  /** The time that each invoice is for, without what was not used. */
  billedTime(): readonly { readonly from: Date; readonly until: Date }[] {
    return this.#state.usedTime.map(({ from, until }) => ({ from, until }))
  }

  laws(): ReturnType<typeof lawsOf> {
    return lawsOf(this.#state)
  }

  #act(command: (state: State) => void): Result {
    return this.#run((state) => {
      command(state)
      return {}
    })
  }

  #run<T extends object>(command: (state: State) => T): Result<T> {
    try {
      const result = command(this.#state)
      advance(this.#state, this.#state.now)
      return { ok: true, ...result }
    } catch (error) {
      if (error instanceof Refusal) return { error: error.code }
      throw error
    }
  }
}

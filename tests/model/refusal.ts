export type RefusalCode =
  | 'BAD_USER_INPUT'
  | 'INVALID_TRANSITION'
  | 'ALREADY_SUBSCRIBED'
  | 'PLAN_NOT_FOUND'
  | 'ORDER_NOT_FOUND'
  | 'INVOICE_NOT_FOUND'
  | 'PAYMENT_NOT_FOUND'
  | 'REFUND_NOT_FOUND'
  | 'SUBSCRIPTION_NOT_FOUND'
  | 'REFUND_NOT_ELIGIBLE'
  | 'DUPLICATE_REFERENCE'
  | 'INSUFFICIENT_BALANCE'
  | 'PAYMENT_FAILED'

/** A command was refused. Commands refuse before they change anything. */
export class Refusal extends Error {
  constructor(readonly code: RefusalCode) {
    super(code)
  }
}

export function refuseIf(condition: boolean, code: RefusalCode): void {
  if (condition) throw new Refusal(code)
}

/** @throws Refusal when no row has this id */
export function getRow<T>(rows: readonly T[], id: number, code: RefusalCode): T {
  const row = rows[id - 1]
  if (row === undefined) throw new Refusal(code)
  return row
}

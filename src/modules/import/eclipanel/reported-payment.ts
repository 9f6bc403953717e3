/** A payment that a customer has reported in EcliPanel and no administrator has confirmed. */
interface ReportedPayment {
  /** Id of the payment method in EcliPanel's settings. */
  readonly method: string | undefined
  /** What the customer stated, such as the id of a transaction. */
  readonly reference: string | undefined
}

/**
 * How the import keeps a reported payment: as a line of the order's notes. The order stays pending until an administrator
 * finds the money.
 */
export function reportedPaymentNote({ method, reference }: ReportedPayment): string {
  const details = [method && `method ${method}`, reference && `reference ${reference}`].filter(Boolean)
  return ['The customer has reported the payment in EcliPanel', ...details].join(', ')
}

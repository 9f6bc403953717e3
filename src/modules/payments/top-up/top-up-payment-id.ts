/** Under this id, the payment of a top-up is stored: a provider numbers its orders and its other payments separately. */
export function topUpPaymentId(providerOrderId: string): string {
  return `order:${providerOrderId}`
}

/** What was acknowledged in a run. Ids are those of rows, as text. Keys are texts that a request has stored. */
export function createAcknowledged() {
  return {
    /** Id of the user -> order, invoice and link of a grant. */
    grants: new Map(),
    /** Users whose grant was cancelled. */
    cancelled: new Set(),
    /** Id of the user -> external ids. */
    claims: new Map(),
    /** Number of a credit note -> number of its invoice. */
    credits: new Map(),
    webhooks: new Set(),
    /** Renewed subscriptions of Lemon Squeezy. */
    subscriptions: new Set(),
    /** Users whose plan change at a provider was acknowledged. */
    changes: new Set(),
    /** Orders of a provider whose refund was acknowledged. */
    refunds: new Set(),
    /** Keys of paid checkouts of the sandbox. */
    checkouts: new Set(),
    /** Notes -> id of a pending order. */
    orders: new Map(),
    /** Orders that were active in a response. */
    activations: new Set(),
    /** Reference -> id and amount of a payment. */
    payments: new Map(),
    /** Reversed payments. */
    reversals: new Set(),
    /** Reason -> id and amount. */
    manualRefunds: new Map(),
    /** Part of a refund -> reference. */
    payouts: new Map(),
    /** Reason -> id and amount of granted credit. */
    grantedCredit: new Map(),
    /** Notes of cancelled plans. */
    cancellations: new Set(),
    reads: 0,
    documents: 0,
  }
}

/** The id of a row: "101" of "ord_101". */
export function rowId(id) {
  return id.replace(/^[a-z]+_/, '')
}

/** A tab of the explorer: run as it stands, in this order, they are the road from the catalogue to the invoice. */
export interface Example {
  title: string
  asks: 'anybody' | 'customer' | 'administrator'
  query: string
  variables?: Record<string, unknown>
}

/** Stands for the address of the explorer. */
export const ORIGIN = '{{origin}}'

export const EXAMPLES: Example[] = [
  {
    title: 'Plans',
    asks: 'anybody',
    query: `# 1. The catalogue. Public: no token needed.
query Plans {
  plans {
    id
    slug
    name
    type
    price { formatted minorUnits currency }
    memory
    serverLimit
    features
  }
}`,
  },
  {
    title: 'PlaceOrder',
    asks: 'customer',
    query: `# 2. A customer orders the Pro plan. The order waits for an administrator.
# Run it again as it is: the same key gives the same order. Take another key for another order.
mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order {
      id
      status
      description
      amount { formatted }
      expiresAt
      invoicePdfUrl
    }
  }
}`,
    variables: { input: { planId: '3', idempotencyKey: 'my-first-order' } },
  },
  {
    title: 'Waiting',
    asks: 'administrator',
    query: `# 3. An administrator looks at what waits for approval.
query Waiting {
  allOrders(first: 10, status: PENDING) {
    totalCount
    nodes { id date description amount { formatted } buyer { userId name email } organisation { name } }
  }
}`,
  },
  {
    title: 'ApplyPlan',
    asks: 'administrator',
    query: `# 4. ... and applies the plan. Put the id of a waiting order into orderId to approve it;
# with null, the plan is granted by a new order.
mutation ApplyPlan($input: ApplyPlanInput!) {
  applyPlan(input: $input) {
    success
    order {
      id
      status
      invoice { number status amount { formatted } }
      invoicePdfUrl
    }
  }
}`,
    variables: { input: { userId: '55', planId: '3', orderId: null, notes: 'Paid by bank transfer' } },
  },
  {
    title: 'MyInvoices',
    asks: 'customer',
    query: `# 5. The customer opens pdfUrl in the browser: the link is signed and needs no token.
query MyInvoices {
  me {
    name
    portalTier
    currentPlan { name }
    limits { memory disk cpu serverLimit }
  }
  invoices(first: 5) {
    nodes { id number createdAt status amount { formatted } taxes { basisPoints tax { formatted } } pdfUrl }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    title: 'CreditInvoice',
    asks: 'administrator',
    query: `# 6. A part of it is taken back. Put the id of an invoice into invoiceId.
mutation CreditInvoice($input: CreditInvoiceInput!) {
  creditInvoice(input: $input) {
    creditNote { number amount { formatted } reason pdfUrl }
    invoice { number status }
  }
}`,
    variables: { input: { invoiceId: '1', amount: 100, reason: 'Outage' } },
  },
  {
    title: 'CancelPlan',
    asks: 'administrator',
    query: `# 7. Back to the free plan.
mutation CancelPlan($input: CancelPlanInput!) {
  cancelPlan(input: $input) {
    success
    cancelledOrders { id status cancelledAt }
  }
}`,
    variables: { input: { userId: '55', notes: 'Asked to leave' } },
  },
  {
    title: 'Checkout',
    asks: 'customer',
    query: `# 8. Paying instead: open checkoutUrl in the browser and press Pay. It is a sandbox: no money moves.
mutation Checkout($input: CreateCheckoutInput!) {
  createCheckout(input: $input) { checkoutUrl }
}`,
    variables: { input: { plan: 'pro', successUrl: ORIGIN, cancelUrl: ORIGIN, idempotencyKey: 'my-first-checkout' } },
  },
  {
    title: 'MyPlan',
    asks: 'customer',
    query: `# 9. What has come of it: the plan is active, and the payment is an order with an invoice.
query MyPlan {
  me { portalTier currentPlan { name } }
  subscription { status currentPeriodStart currentPeriodEnd features }
  orders(first: 1) { nodes { id status description invoice { number amount { formatted } pdfUrl } } }
}`,
  },
  {
    title: 'ChangePreview',
    asks: 'customer',
    query: `# 10. What a change to Starter would do. changePlan does it.
query ChangePreview {
  changePlanPreview(planId: "2", when: NOW) {
    credit { formatted }
    charge { formatted }
    dueNow { formatted }
    creditLeft { formatted }
    nextRenewal { formatted }
  }
}`,
  },
  {
    title: 'Refund',
    asks: 'customer',
    query: `# 11. All of it back, within seven days. Put the order of MyPlan into orderId; refundEligibility says what to expect.
mutation Refund($input: RequestRefundInput!) {
  requestRefund(input: $input) {
    refund { amount { formatted } eligibility { type daysSincePurchase } creditNotePdfUrl }
  }
}`,
    variables: { input: { orderId: '6', reason: 'Not what I was looking for' } },
  },
  {
    title: 'AdvanceClock',
    asks: 'administrator',
    query: `# 12. Time passes: renewals, ends and expiries happen. Only outside production; take a time to come.
mutation AdvanceClock($to: DateTime!) {
  advanceClock(to: $to)
}`,
    variables: { to: '2030-01-01T00:00:00.000Z' },
  },
  {
    title: 'ClaimServer',
    asks: 'administrator',
    query: `# 13. What a panel does before it makes a server: it claims its place. Count externalId up until the plan is full,
# and look at extensions: upgradeUrl leads to the next plan. releaseServer gives a place back.
mutation ClaimServer($input: ClaimServerInput!) {
  claimServer(input: $input) {
    claim { externalId createdAt }
    usage { resource used limit remaining overLimit }
  }
}`,
    variables: { input: { userId: '55', externalId: 'server-1', memory: 256, disk: 1024, cpu: 50 } },
  },
  {
    title: 'Usage',
    asks: 'customer',
    query: `# 14. What the customer sees of it.
query Usage {
  usage { resource used limit remaining overLimit }
}`,
  },
  {
    title: 'LimitsChanged',
    asks: 'customer',
    query: `# 15. Live: run it, leave it running, and apply or cancel a plan in another window.
subscription LimitsChanged {
  limitsChanged {
    plan { name }
    limits { memory serverLimit }
    hasAccess
  }
}`,
  },
]

import { newKey, type TourResults, textAt } from './tour-results'

/** A step of the tour: an operation that runs without edits, with variables from earlier steps. */
export interface Step {
  /** Name of the operation. */
  operation: string
  title: string
  /** Identity that it needs. Opening the step selects it. */
  identity: 'anonymous' | 'customer' | 'administrator'
  /** What the step does and what to look at. */
  text: string
  query: string
  variables?(results: TourResults): object
  /** Extracts what later steps need from the response. */
  readResults?(data: unknown): Partial<TourResults>
  /** Result of an earlier step that this step requires, and the hint shown while it is missing. */
  needs?: { key: keyof TourResults; hint: string }
}

/** A user of the demo data. */
const CUSTOMER = '55'

const returnTo = (operation: string) => `${location.origin}/graphql?step=${operation}`

const ordering: Step[] = [
  {
    operation: 'Plans',
    title: 'Plans',
    identity: 'anonymous',
    text: 'The catalog is public. No token is needed. The next steps order these plans.',
    query: `query Plans {
  plans {
    id
    slug
    name
    type
    price { formatted currency }
    memory
    serverLimit
    features
  }
}`,
    readResults: readPlans,
  },
  {
    operation: 'PlaceOrder',
    title: 'Place order',
    identity: 'customer',
    text: 'A customer orders the Pro plan. The order waits for approval; it may replace a paid plan. Run it twice: the same idempotency key returns the same order.',
    query: `mutation PlaceOrder(
  $input: PlaceOrderInput!
) {
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
    variables: ({ pro, orderKey }) => ({ input: { planId: pro, replace: true, idempotencyKey: orderKey } }),
    readResults: (data) => ({ orderId: textAt(data, 'placeOrder.order.id') }),
  },
  {
    operation: 'PendingOrders',
    title: 'Pending orders',
    identity: 'administrator',
    text: 'An administrator lists the orders that wait for approval. The newest is the one of step 2.',
    query: `query PendingOrders {
  allOrders(first: 10, filter: { status: PENDING }) {
    totalCount
    nodes {
      id
      date
      description
      amount { formatted }
      buyer { userId name email }
      organisation { name }
    }
  }
}`,
  },
  {
    operation: 'ApplyPlan',
    title: 'Apply plan',
    identity: 'administrator',
    text: 'The administrator approves that order: the customer gets the plan, and the invoice is issued. Without orderId the plan is granted by a new order.',
    query: `mutation ApplyPlan(
  $input: ApplyPlanInput!
) {
  applyPlan(input: $input) {
    success
    order {
      id
      status
      invoice { id number status }
      invoicePdfUrl
    }
  }
}`,
    variables: ({ pro, orderId }) => ({
      input: { userId: CUSTOMER, planId: pro, orderId: orderId ?? null, notes: 'Paid by bank transfer' },
    }),
    readResults: (data) => ({ invoiceId: textAt(data, 'applyPlan.order.invoice.id'), orderId: undefined, orderKey: newKey() }),
    needs: { key: 'orderId', hint: 'To approve an order, run step 2 first.' },
  },
]

const invoicingSteps: Step[] = [
  {
    operation: 'MyInvoices',
    title: 'My invoices',
    identity: 'customer',
    text: 'The customer opens the PDF by the link below the response. The link is signed and needs no token.',
    query: `query MyInvoices {
  me {
    name
    currentPlan { name }
    limits { memory serverLimit }
  }
  invoices(first: 3) {
    nodes {
      id
      number
      status
      amount { formatted }
      taxes { tax { formatted } }
      pdfUrl
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
    readResults: (data) => ({ invoiceId: textAt(data, 'invoices.nodes.0.id') }),
  },
  {
    operation: 'CreditInvoice',
    title: 'Credit invoice',
    identity: 'administrator',
    text: 'An issued invoice never changes. A credit note reverses part of it.',
    query: `mutation CreditInvoice(
  $input: CreditInvoiceInput!
) {
  creditInvoice(input: $input) {
    creditNote {
      number
      amount { formatted }
      reason
      pdfUrl
    }
    invoice { number status }
  }
}`,
    variables: ({ invoiceId }) => ({ input: { invoiceId: invoiceId ?? '1', amount: 100, reason: 'Outage' } }),
    needs: { key: 'invoiceId', hint: 'Run step 4 or 5 first to get an invoice.' },
  },
  {
    operation: 'CancelPlan',
    title: 'Cancel plan',
    identity: 'administrator',
    text: 'The plan ends, and the customer is back on the free plan. The unused share of what was paid goes to the balance.',
    query: `mutation CancelPlan(
  $input: CancelPlanInput!
) {
  cancelPlan(input: $input) {
    success
    cancelledOrders { id cancelledAt }
  }
}`,
    variables: () => ({ input: { userId: CUSTOMER, notes: 'Asked to leave' } }),
  },
]

const paying: Step[] = [
  {
    operation: 'Checkout',
    title: 'Checkout',
    identity: 'customer',
    text: 'The customer pays without waiting for approval. Run it, open checkoutUrl below the response and press Pay. It is a sandbox: no money moves.',
    query: `mutation Checkout(
  $input: CreateCheckoutInput!
) {
  createCheckout(input: $input) {
    checkoutUrl
  }
}`,
    variables: ({ checkoutPlan, checkoutKey }) => ({
      input: {
        plan: checkoutPlan ?? 'pro',
        successUrl: returnTo('MyPlan'),
        cancelUrl: returnTo('Checkout'),
        idempotencyKey: checkoutKey,
      },
    }),
  },
  {
    operation: 'MyPlan',
    title: 'My plan',
    identity: 'customer',
    text: 'After the payment the plan is active, and the payment is an order with an invoice. The webhook may take a second: run it again.',
    query: `query MyPlan {
  me { currentPlan { name } }
  subscription {
    status
    currentPeriodEnd
    features
  }
  orders(first: 1) {
    nodes {
      id
      status
      description
      invoice { number status pdfUrl }
    }
  }
}`,
    readResults: (data) => {
      const isPaid = textAt(data, 'subscription.status') === 'ACTIVE' && textAt(data, 'orders.nodes.0.status') === 'ACTIVE'
      return { paidOrderId: isPaid ? textAt(data, 'orders.nodes.0.id') : undefined }
    },
  },
  {
    operation: 'ChangePreview',
    title: 'Change preview',
    identity: 'customer',
    text: 'Shows what an immediate change to Starter would charge or credit. The mutation changePlan applies it.',
    query: `query ChangePreview($planId: ID!) {
  changePlanPreview(
    planId: $planId
    when: NOW
  ) {
    credit { formatted }
    charge { formatted }
    dueNow { formatted }
    creditLeft { formatted }
    nextRenewal { formatted }
  }
}`,
    variables: ({ starter }) => ({ planId: starter }),
    needs: { key: 'paidOrderId', hint: 'This step needs a subscription: pay in step 8, then run step 9.' },
  },
  {
    operation: 'Refund',
    title: 'Refund',
    identity: 'customer',
    text: 'Refunds everything that was paid within seven days. The plan ends, and a credit note is issued.',
    query: `mutation Refund(
  $input: RequestRefundInput!
) {
  requestRefund(input: $input) {
    refund {
      amount { formatted }
      eligibility {
        type
        daysSincePurchase
      }
      creditNotes { pdfUrl }
    }
  }
}`,
    variables: ({ paidOrderId }) => ({ input: { orderId: paidOrderId ?? '1', reason: 'Not what I was looking for' } }),
    readResults: () => ({ paidOrderId: undefined, checkoutPlan: undefined, checkoutKey: newKey() }),
    needs: { key: 'paidOrderId', hint: 'This step needs a payment: pay in step 8, then run step 9.' },
  },
]

const panel: Step[] = [
  {
    operation: 'ClaimServer',
    title: 'Claim server',
    identity: 'administrator',
    text: 'A panel claims a server in the plan before it creates it. Change externalId and run it again until the plan is full: extensions.upgradeUrl leads to the next plan.',
    query: `mutation ClaimServer(
  $input: ClaimServerInput!
) {
  claimServer(input: $input) {
    claim { externalId createdAt }
    usage {
      resource
      used
      limit
      remaining
    }
  }
}`,
    variables: () => ({ input: { userId: CUSTOMER, externalId: 'server-1', memory: 256, disk: 1024, cpu: 50 } }),
  },
  {
    operation: 'Usage',
    title: 'Usage',
    identity: 'customer',
    text: 'The customer sees what is used and what remains.',
    query: `query Usage {
  usage {
    resource
    used
    limit
    remaining
    overLimit
  }
}`,
  },
  {
    operation: 'LimitsChanged',
    title: 'Limits changed',
    identity: 'customer',
    text: 'A GraphQL subscription. Run it and keep it running: every change of the plan appears here.',
    query: `subscription LimitsChanged {
  limitsChanged {
    plan { name }
    limits { memory serverLimit }
    hasAccess
  }
}`,
  },
  {
    operation: 'AdvanceClock',
    title: 'Advance clock',
    identity: 'administrator',
    text: 'Advances the clock by one month and runs the renewals and expiries that are due. "Reset the demo" sets it back.',
    query: `mutation AdvanceClock(
  $input: AdvanceClockInput!
) {
  advanceClock(input: $input) {
    now
  }
}`,
    variables: ({ now }) => ({ input: { to: oneMonthAfter(now) } }),
    readResults: (data) => ({ now: textAt(data, 'advanceClock.now') }),
  },
]

export const STEPS: readonly Step[] = [...ordering, ...invoicingSteps, ...paying, ...panel]

/** Run by the button of the step "Limits changed" to trigger a notification. */
export const CHANGE_PLAN = `mutation ChangePlan($planId: ID!) {
  applyPlan(input: { userId: "${CUSTOMER}", planId: $planId, notes: "Changed by the tour" }) { success }
}`

function readPlans(data: unknown): Partial<TourResults> {
  const plans = (data as { plans: { id: string; slug: string }[] }).plans
  const idOf = (slug: string) => plans.find((plan) => plan.slug === slug)?.id
  return { ...(idOf('starter') && { starter: idOf('starter') }), ...(idOf('pro') && { pro: idOf('pro') }) }
}

function oneMonthAfter(now: string | undefined): string {
  const date = now ? new Date(now) : new Date()
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString()
}

import { type Found, newKey, textAt } from './found'

/** A step of the tour: an operation that runs as it stands, with what earlier steps have found. */
export interface Step {
  /** The name of its operation. */
  operation: string
  title: string
  /** Whose token it needs. Opening the step selects that identity. */
  identity: 'anybody' | 'customer' | 'administrator'
  /** What it does and what to look at. */
  text: string
  query: string
  variables?(found: Found): object
  /** What later steps need of the answer. */
  find?(data: unknown): Partial<Found>
  /** What an earlier step has to find first, and what to do while it has not. */
  needs?: { key: keyof Found; hint: string }
}

/** A user of the demo data. */
const CUSTOMER = '55'

const returnTo = (operation: string) => `${location.origin}/graphql?step=${operation}`

const ordering: Step[] = [
  {
    operation: 'Plans',
    title: 'Plans',
    identity: 'anybody',
    text: 'The catalogue is public. No token is needed. The next steps order these plans.',
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
    find: findPlans,
  },
  {
    operation: 'PlaceOrder',
    title: 'Place order',
    identity: 'customer',
    text: 'A customer orders the Pro plan. The order waits for an administrator. Run it twice: the same key returns the same order.',
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
    variables: ({ pro, orderKey }) => ({ input: { planId: pro, idempotencyKey: orderKey } }),
    find: (data) => ({ orderId: textAt(data, 'placeOrder.order.id') }),
  },
  {
    operation: 'PendingOrders',
    title: 'Pending orders',
    identity: 'administrator',
    text: 'An administrator lists the orders that wait for approval. The newest is the one of step 2.',
    query: `query PendingOrders {
  allOrders(first: 10, status: PENDING) {
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
    find: (data) => ({ invoiceId: textAt(data, 'applyPlan.order.invoice.id'), orderId: undefined, orderKey: newKey() }),
    needs: { key: 'orderId', hint: 'To approve an order, run step 2 first.' },
  },
]

const invoicing: Step[] = [
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
    find: (data) => ({ invoiceId: textAt(data, 'invoices.nodes.0.id') }),
  },
  {
    operation: 'CreditInvoice',
    title: 'Credit invoice',
    identity: 'administrator',
    text: 'An issued invoice never changes. A credit note takes a part of it back.',
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
    needs: { key: 'invoiceId', hint: 'Run step 4 or 5 first, which find an invoice.' },
  },
  {
    operation: 'CancelPlan',
    title: 'Cancel plan',
    identity: 'administrator',
    text: 'The plan ends, and the customer is back on the free one.',
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
    find: (data) => {
      const isPaid = textAt(data, 'subscription.status') === 'ACTIVE' && textAt(data, 'orders.nodes.0.status') === 'ACTIVE'
      return { paidOrderId: isPaid ? textAt(data, 'orders.nodes.0.id') : undefined }
    },
  },
  {
    operation: 'ChangePreview',
    title: 'Change preview',
    identity: 'customer',
    text: 'What a change to Starter costs or gives back now. changePlan does it.',
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
    needs: { key: 'paidOrderId', hint: 'It needs a subscription: pay in step 8, then run step 9.' },
  },
  {
    operation: 'Refund',
    title: 'Refund',
    identity: 'customer',
    text: 'All of it back, within seven days. The plan ends, and a credit note is issued.',
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
      creditNotePdfUrl
    }
  }
}`,
    variables: ({ paidOrderId }) => ({ input: { orderId: paidOrderId ?? '1', reason: 'Not what I was looking for' } }),
    find: () => ({ paidOrderId: undefined, checkoutPlan: undefined, checkoutKey: newKey() }),
    needs: { key: 'paidOrderId', hint: 'It needs a payment: pay in step 8, then run step 9.' },
  },
]

const panel: Step[] = [
  {
    operation: 'ClaimServer',
    title: 'Claim server',
    identity: 'administrator',
    text: 'A panel claims a place in the plan before it creates a server. Change externalId and run it again until the plan is full: extensions.upgradeUrl leads to the next plan.',
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
    text: 'The customer sees what is used and what is left.',
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
    text: 'A subscription. Run it and leave it running: every change of the plan arrives here.',
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
    text: 'Moves the clock one month ahead: renewals, ends and expiries happen. "Reset the demo" sets it back.',
    query: `mutation AdvanceClock($to: DateTime!) {
  advanceClock(to: $to)
}`,
    variables: ({ now }) => ({ to: aMonthAfter(now) }),
    find: (data) => ({ now: textAt(data, 'advanceClock') }),
  },
]

export const STEPS: readonly Step[] = [...ordering, ...invoicing, ...paying, ...panel]

/** For the button that makes step "Limits changed" show something. */
export const CHANGE_PLAN = `mutation ChangePlan($planId: ID!) {
  applyPlan(input: { userId: "${CUSTOMER}", planId: $planId, notes: "To show a change" }) { success }
}`

function findPlans(data: unknown): Partial<Found> {
  const plans = (data as { plans: { id: string; slug: string }[] }).plans
  const idOf = (slug: string) => plans.find((plan) => plan.slug === slug)?.id
  return { ...(idOf('starter') && { starter: idOf('starter') }), ...(idOf('pro') && { pro: idOf('pro') }) }
}

function aMonthAfter(now: string | undefined): string {
  const date = now ? new Date(now) : new Date()
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString()
}

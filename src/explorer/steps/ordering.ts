import { newKey, type TourResults, textAt } from '../tour-results'
import { CUSTOMER, type Step } from './step'

export const ordering: Step[] = [
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

function readPlans(data: unknown): Partial<TourResults> {
  const plans = (data as { plans: { id: string; slug: string }[] }).plans
  const idOf = (slug: string) => plans.find((plan) => plan.slug === slug)?.id
  return { ...(idOf('starter') && { starter: idOf('starter') }), ...(idOf('pro') && { pro: idOf('pro') }) }
}

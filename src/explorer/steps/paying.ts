import { newKey, textAt } from '../tour-results'
import type { Step } from './step'

const returnTo = (operation: string) => `${location.origin}/graphql?step=${operation}`

export const paying: Step[] = [
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

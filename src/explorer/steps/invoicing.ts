import { textAt } from '../tour-results'
import { CUSTOMER, type Step } from './step'

export const invoicing: Step[] = [
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

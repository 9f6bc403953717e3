import { type OpenInvoice, type TourResults, textAt } from '../tour-results'
import type { Step } from './step'

/** Months of renewals that one payment is enough for. */
const PAID_MONTHS = 12

export const renewing: Step[] = [
  {
    operation: 'AdvanceClock',
    title: 'Advance clock',
    identity: 'administrator',
    text: 'Advances the clock by one month and runs what is due: the plan of step 4 is renewed, and its invoice is due. "Reset the demo" sets the clock back.',
    query: advance('AdvanceClock'),
    variables: ({ now }) => ({ input: { to: later(now, { months: 1 }) } }),
    readResults: readNow,
    readsClock: true,
  },
  {
    operation: 'Renewals',
    title: 'Renewals',
    identity: 'customer',
    text: 'The customer sees the plan and the invoices of its renewals, newest first. One that is due and not paid makes the plan PAST_DUE. It may take a second: run it again.',
    query: `query Renewals {
  subscription {
    status
    suspendedReason
    currentPeriodEnd
  }
  me {
    currentPlan { name }
    balances { amount { formatted } }
    orders(first: 1) {
      nodes { status description }
    }
    invoices(first: 14) {
      nodes {
        id
        number
        status
        dueAt
        amount { minorUnits formatted }
        creditNotes { number pdfUrl }
      }
    }
  }
}`,
    readResults: (data) => ({ openInvoice: findOpenInvoice(data) }),
  },
  {
    operation: 'RecordPayment',
    title: 'Record payment',
    identity: 'administrator',
    text: 'The administrator records a transfer that is enough for a year. It pays the open invoice, and the plan is ACTIVE again. The rest goes to the balance, which pays the next renewals.',
    query: `mutation RecordPayment(
  $input: RecordPaymentInput!
) {
  recordPayment(input: $input) {
    payment {
      amount { formatted }
      reference
    }
    invoice { number status }
    balance { amount { formatted } }
  }
}`,
    variables: ({ openInvoice }) => ({
      input: {
        invoiceId: openInvoice?.id ?? '1',
        amount: (openInvoice?.amount ?? 1500) * PAID_MONTHS,
        kind: 'BANK_TRANSFER',
        reference: `Transfer for ${openInvoice?.number ?? 'INV-1'}`,
      },
    }),
    readResults: () => ({ openInvoice: undefined }),
    needs: { key: 'openInvoice', hint: 'This step needs an open invoice: approve a plan in step 4, run step 15, then step 16.' },
  },
  {
    operation: 'AdvanceYear',
    title: 'Advance year',
    identity: 'administrator',
    text: 'Advances the clock by one year. In step 16, the balance has paid eleven renewals, each on its day. It was not enough for the twelfth, which is due.',
    query: advance('AdvanceYear'),
    variables: ({ now }) => ({ input: { to: later(now, { months: 12 }) } }),
    readResults: readNow,
    readsClock: true,
  },
  {
    operation: 'AdvanceWeek',
    title: 'Advance week',
    identity: 'administrator',
    text: 'What happens without a payment: run this step and step 16 in turn. After a week the plan is UNPAID and gives no access. After 30 days it has ended: its order is EXPIRED, and a credit note reverses what is not paid of the invoice.',
    query: advance('AdvanceWeek'),
    variables: ({ now }) => ({ input: { to: later(now, { days: 7 }) } }),
    readResults: readNow,
    readsClock: true,
  },
]

function advance(operation: string): string {
  return `mutation ${operation}(
  $input: AdvanceClockInput!
) {
  advanceClock(input: $input) {
    now
  }
}`
}

function later(now: string | undefined, { months = 0, days = 0 }: { months?: number; days?: number }): string {
  const date = now ? new Date(now) : new Date()
  date.setUTCMonth(date.getUTCMonth() + months)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString()
}

function readNow(data: unknown): Partial<TourResults> {
  return { now: textAt(data, 'advanceClock.now') }
}

/** The open invoice that was due first. */
function findOpenInvoice(data: unknown): OpenInvoice | undefined {
  const { me } = data as { me: { invoices: { nodes: { id: string; number: string; status: string; amount: { minorUnits: number } }[] } } }
  const open = me.invoices.nodes.findLast(({ status }) => status === 'OPEN')
  return open && { id: open.id, number: open.number, amount: open.amount.minorUnits }
}

import { dataOf } from './payments.js'
import type { Answer, TestServer } from './server.js'

/** Requests about payment methods and reported payments. `who` is the id of a user, or 'admin'. */

export const REPORT = `id status amount { minorUnits currency } reference method methodName note paidAt reportedAt reportedBy
  resolvedAt resolvedBy rejectionReason order { id status } invoice { id } payment { id amount { minorUnits } }`

export const METHODS = [
  {
    slug: 'bank-transfer',
    name: 'Bank transfer',
    instructions: 'Transfer {amount} within 14 days.\nState {invoice} as the reference.',
    iban: 'DE89370400440532013000',
    bic: 'COBADEFFXXX',
  },
  { slug: 'cash', name: 'Cash', instructions: 'At our office.', iban: null, bic: null },
]

export function setPaymentMethods(server: TestServer, methods: object[], who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: SetPaymentMethodsInput!) { setPaymentMethods(input: $input) {
    methods { slug name instructions iban bic } } }`
  return server.ask(who, query, { input: { methods } })
}

export function reportPayment(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  const query = `mutation ($input: ReportPaymentInput!) { reportPayment(input: $input) { reportedPayment { ${REPORT} } } }`
  return server.ask(who, query, { input: { amount: 1500, ...input } })
}

export function confirmReport(server: TestServer, input: object, who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: ConfirmReportedPaymentInput!) { confirmReportedPayment(input: $input) {
    reportedPayment { ${REPORT} } payment { id kind amount { minorUnits } reference receivedAt recordedBy }
    invoice { id status amountDue { minorUnits } } balance { amount { minorUnits } held { minorUnits } } } }`
  return server.ask(who, query, { input })
}

export function rejectReport(server: TestServer, input: object, who: number | 'admin' = 'admin'): Promise<Answer> {
  const query = `mutation ($input: RejectReportedPaymentInput!) { rejectReportedPayment(input: $input) { reportedPayment { ${REPORT} } } }`
  return server.ask(who, query, { input: { reason: 'Nothing has arrived', ...input } })
}

/** Reports a payment that is accepted. @returns its id */
export async function report(server: TestServer, who: number, input: object): Promise<string> {
  return (await dataOf(reportPayment(server, who, input))).reportPayment.reportedPayment.id
}

/** The reported payments of an order as a user sees them: undefined if the order does not exist for it. */
export async function readReports(server: TestServer, who: number | 'admin', orderId: string): Promise<any[] | undefined> {
  const query = `query ($id: ID!) { order(id: $id) { reportedPayments { ${REPORT} } } }`
  return (await dataOf(server.ask(who, query, { id: orderId }))).order?.reportedPayments
}

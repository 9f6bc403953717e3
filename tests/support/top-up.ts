import { dataOf } from './payments.js'
import type { Answer, TestServer } from './server.js'

// Top-ups of the balance and one-off invoices, as tests request them. `who` is the id of a user, or 'admin'.

const ORDER = 'id status reason description planId amount { minorUnits currency } net { minorUnits } invoicePdfUrl expiresAt activatedAt'

export function topUpBalance(server: TestServer, who: number | 'admin' | undefined, input: object): Promise<Answer> {
  const query = `mutation ($input: TopUpBalanceInput!) { topUpBalance(input: $input) { order { ${ORDER} } checkoutUrl } }`
  return server.ask(who, query, { input })
}

export function issueInvoice(server: TestServer, input: object, who: number | 'admin' | undefined = 'admin'): Promise<Answer> {
  const query = `mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice {
    id number status createdAt dueAt paidAt currency amount { minorUnits } subtotal { minorUnits } tax { minorUnits }
    amountDue { minorUnits } lines { description quantity unitPrice amount { minorUnits } } payments { kind amount { minorUnits } } pdfUrl
    customer { __typename } order { ${ORDER} notes plan { id } items { description quantity unitPrice { minorUnits } } } } } }`
  return server.ask(who, query, { input })
}

/** Places a top-up that is paid in another way than at the provider. @returns the id of its order */
export async function orderTopUp(server: TestServer, who: number, minorUnits: number, currency = 'USD'): Promise<string> {
  return (await dataOf(topUpBalance(server, who, { amount: { minorUnits, currency } }))).topUpBalance.order.id
}

/** Presses a button of a page of the sandbox. */
export function submit(url: string, button: string): Promise<Response> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return fetch(`${url}/${button}`, { method: 'POST', redirect: 'manual', headers })
}

/** Downloads the document of an order. @returns the bytes and the name of the file */
export async function downloadDocument(server: TestServer, orderId: string): Promise<{ bytes: Uint8Array; name: string | null }> {
  const query = 'query ($id: ID!) { order(id: $id) { invoicePdfUrl } }'
  const { order } = await dataOf(server.ask('admin', query, { id: orderId }))
  const response = await fetch(order.invoicePdfUrl)
  return { bytes: new Uint8Array(await response.arrayBuffer()), name: response.headers.get('content-disposition') }
}

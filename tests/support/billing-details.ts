import type { Answer, TestServer } from './server.js'

const DETAILS = 'name country taxId locale registrationId reference purchaseOrder electronicAddress invoiceFormat'

/** The details that invoices carry in addition to name, address and tax id. */
export const INVOICE_DETAILS = {
  registrationId: 'HRB 12345',
  reference: '04011000-1234512345-06',
  purchaseOrder: 'PO-4711',
  electronicAddress: '0204:04011000-1234512345-06',
  invoiceFormat: 'XRECHNUNG',
}

export function setBillingDetails(server: TestServer, who: number | 'admin', input: object): Promise<Answer> {
  const query = `mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { ${DETAILS} } } }`
  return server.ask(who, query, { input })
}

/** @param organisationId  Default: those of the user */
export function readBillingDetails(server: TestServer, who: number | 'admin', organisationId?: string): Promise<Answer> {
  return server.ask(who, `query ($organisationId: ID) { billingDetails(organisationId: $organisationId) { ${DETAILS} } }`, {
    organisationId,
  })
}

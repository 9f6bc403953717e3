import type { BillingDetails, Invoice, InvoiceDocument, TaxRate, VatCheck, VatId } from '../../platform/postgres/generated/client.js'
import {
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  defineStatement,
  insertList,
  int,
  json,
  nullable,
  omitTypes,
  type RecordTypes,
  selectList,
  text,
  textOf,
  timestamp,
} from '../../platform/postgres/statement.js'
import { defineCustomerStatement } from '../identity/index.js'
import { TERRITORIES } from './tax/tax.rules.js'

const DETAILS_COLUMNS = {
  address: nullable(text),
  city: nullable(text),
  state: nullable(text),
  zip: nullable(text),
  country: nullable(char),
  taxId: nullable(text),
  registrationId: nullable(text),
  reference: nullable(text),
  purchaseOrder: nullable(text),
  electronicAddress: nullable(text),
  locale: nullable(text),
  format: nullable(textOf<NonNullable<BillingDetails['invoiceFormat']>>()),
}

/** The names of a customer and its billing details. The details are null if there are none. */
export const READ_PARTY = defineCustomerStatement({
  parameters: { buyerId: text, buyerOrganisationId: nullable(text) },
  columns: {
    userName: nullable(text),
    email: nullable(text),
    organisationName: nullable(text),
    name: nullable(text),
    ...DETAILS_COLUMNS,
  },
  sql: ({ isOf }) => `
    SELECT buyer.name AS "userName", buyer.email, organisation.name AS "organisationName",
      details.name, details.address, details.city, details.state, details.zip, details.country, details.tax_id AS "taxId",
      details.registration_number AS "registrationId", details.reference, details.purchase_order AS "purchaseOrder",
      details.electronic_address AS "electronicAddress", details.locale, details.invoice_format AS format
    FROM users AS buyer
    LEFT JOIN organisations AS organisation ON organisation.id = $buyerOrganisationId
    LEFT JOIN billing_details AS details ON ${isOf('details')}
    WHERE buyer.id = $buyerId`,
})

const CASES = Object.entries(TERRITORIES)
  .map(([territory, country]) => `WHEN '${territory}' THEN '${country}'`)
  .join(' ')

/** The rates of the seller's country and of that of the customer. */
export const LIST_TAX_RATES = defineCustomerStatement({
  parameters: { sellerCountry: nullable(text), defaultCountry: nullable(text) },
  columns: {
    country: char,
    region: text,
    customerType: textOf<TaxRate['customerType']>(),
    name: text,
    validFrom: text,
    millionths: int,
    exemption: nullable(text),
  },
  sql: ({ isOf }) => `
    SELECT country, region, customer_type AS "customerType", name, valid_from::text AS "validFrom", millionths, exemption FROM dated_tax_rates
    WHERE country IN ($sellerCountry, (
      SELECT CASE stated.country ${CASES} ELSE stated.country END
      FROM coalesce((SELECT details.country FROM billing_details AS details WHERE ${isOf('details')}), $defaultCountry) AS stated (country)))`,
})

/** The VAT id in the billing details of a customer, with its latest check. */
export const FIND_VAT_CHECK = defineCustomerStatement({
  columns: {
    vatId: text,
    status: textOf<VatId['status']>(),
    result: nullable(textOf<VatCheck['result']>()),
    name: nullable(text),
    consultationNumber: nullable(text),
    checkedAt: nullable(timestamp),
  },
  sql: ({ isOf }) => `
    SELECT stated.vat_id AS "vatId", stated.status, latest.result, latest.name, latest.consultation_number AS "consultationNumber",
      latest.checked_at AS "checkedAt"
    FROM vat_ids AS stated
    LEFT JOIN LATERAL (
      SELECT * FROM vat_checks AS checked WHERE ${isOf('checked')} AND checked.vat_id = stated.vat_id
      ORDER BY checked.id DESC LIMIT 1) AS latest ON true
    WHERE ${isOf('stated')}`,
})

export const INVOICE_COLUMNS = {
  id: bigint,
  kind: textOf<Invoice['kind']>(),
  series: text,
  year: int,
  sequence: int,
  number: text,
  orderId: bigint,
  userId: text,
  organisationId: nullable(text),
  creditedInvoiceId: nullable(bigint),
  currency: char,
  subtotal: bigint,
  tax: bigint,
  total: bigint,
  creditedTotal: bigint,
  creditedTax: bigint,
  paidTotal: bigint,
  firstPaidAt: nullable(timestamp),
  paidAt: nullable(timestamp),
  providerTax: bigint,
  refundId: nullable(bigint),
  correctsTax: boolean,
  status: textOf<Invoice['status']>(),
  issuedAt: timestamp,
  dueAt: timestamp,
  snapshot: json<Invoice['snapshot']>(),
} satisfies RecordTypes<Invoice>

const SELECT_INVOICES = `SELECT ${selectList(INVOICE_COLUMNS, 'invoices')} FROM invoices`

export const LOCK_INVOICE = defineStatement({
  parameters: { invoiceId: bigint },
  columns: INVOICE_COLUMNS,
  sql: `${SELECT_INVOICES} WHERE id = $invoiceId AND kind <> 'CREDIT_NOTE' FOR NO KEY UPDATE`,
})

export const LOCK_INVOICE_OF_ORDER = defineStatement({
  parameters: { orderId: bigint },
  columns: INVOICE_COLUMNS,
  sql: `${SELECT_INVOICES} WHERE order_id = $orderId AND kind <> 'CREDIT_NOTE' FOR NO KEY UPDATE`,
})

const WITHOUT_SNAPSHOT = omitTypes(INVOICE_COLUMNS, 'snapshot')

/** The invoices and payment statements of orders. */
export const LIST_INVOICES_OF_ORDERS = defineStatement({
  parameters: { orderIds: arrayOf(bigint) },
  columns: WITHOUT_SNAPSHOT,
  sql: `SELECT ${selectList(WITHOUT_SNAPSHOT, 'invoices')} FROM invoices WHERE order_id = ANY ($orderIds) AND kind <> 'CREDIT_NOTE'`,
})

const DOCUMENT_COLUMNS = {
  invoiceId: bigint,
  sha256: bytes,
  size: int,
  templateVersion: int,
  drawnAt: timestamp,
  bytes: nullable(bytes),
} satisfies Record<keyof InvoiceDocument, unknown>

/** Returns no row if the document is stored already. */
export const INSERT_DOCUMENT = defineStatement({
  parameters: DOCUMENT_COLUMNS,
  columns: { storedId: bigint },
  with: { stored_document: `INSERT INTO invoice_documents ${insertList(DOCUMENT_COLUMNS)} ON CONFLICT DO NOTHING RETURNING invoice_id` },
  sql: 'SELECT invoice_id AS "storedId" FROM stored_document',
})

/** Removes the note that the renewal of a subscription waits for details. */
export const REMOVE_WAITING_RENEWAL = defineStatement({
  parameters: { waitingSubscriptionId: bigint },
  with: { removed_note: 'DELETE FROM waiting_invoices WHERE subscription_id = $waitingSubscriptionId' },
})

/**
 * Assigns the next number of a series, and reserves the ids of the document and of a payment that pays it at once. The counters of
 * all series of the year are locked together, in the order of their names.
 */
export const ASSIGN_NUMBER = defineStatement({
  parameters: { series: text, allSeries: arrayOf(text), year: int, now: timestamp, needsPayment: boolean },
  columns: { sequence: int, at: timestamp, invoiceId: bigint, paymentId: nullable(bigint) },
  with: {
    locked_counter: `
      INSERT INTO invoice_counters AS counter (series, year, last_sequence, last_issued_at)
      SELECT name, $year, (name = $series)::int, CASE WHEN name = $series THEN $now ELSE '-infinity' END
      FROM unnest($allSeries) AS name ORDER BY name
      ON CONFLICT (series, year) DO UPDATE
        SET last_sequence = counter.last_sequence + excluded.last_sequence,
            last_issued_at = GREATEST(counter.last_issued_at, excluded.last_issued_at)
      RETURNING counter.series, last_sequence, last_issued_at`,
  },
  sql: `
    SELECT last_sequence AS sequence, last_issued_at AS at, nextval('invoices_id_seq') AS "invoiceId",
      CASE WHEN $needsPayment THEN nextval('payments_id_seq') END AS "paymentId"
    FROM locked_counter WHERE series = $series`,
})

/** A trigger derives the status and the time of the first payment from the amounts. */
export const INSERT_INVOICE = defineStatement({
  parameters: INVOICE_COLUMNS,
  columns: { status: textOf<Invoice['status']>(), firstPaidAt: nullable(timestamp) },
  with: {
    new_invoice: `INSERT INTO invoices ${insertList(omitTypes(INVOICE_COLUMNS, 'id'), '$id')} RETURNING status, first_paid_at`,
  },
  sql: 'SELECT status, first_paid_at AS "firstPaidAt" FROM new_invoice',
})

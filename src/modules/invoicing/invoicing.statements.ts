import type { BillingDetails, TaxRate, VatCheck } from '../../platform/postgres/generated/client.js'
import { char, int, nullable, text, textOf, timestamp } from '../../platform/postgres/statement.js'
import { defineCustomerStatement } from '../identity/index.js'

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
    WHERE country IN ($sellerCountry, coalesce((SELECT details.country FROM billing_details AS details WHERE ${isOf('details')}), $defaultCountry))`,
})

/** The VAT id in the billing details of a customer, with its latest check. */
export const FIND_VAT_CHECK = defineCustomerStatement({
  columns: {
    vatId: text,
    result: nullable(textOf<VatCheck['result']>()),
    name: nullable(text),
    consultationNumber: nullable(text),
    checkedAt: nullable(timestamp),
  },
  sql: ({ isOf }) => `
    SELECT stated.vat_id AS "vatId", latest.result, latest.name, latest.consultation_number AS "consultationNumber",
      latest.checked_at AS "checkedAt"
    FROM vat_ids AS stated
    LEFT JOIN LATERAL (
      SELECT * FROM vat_checks AS checked WHERE ${isOf('checked')} AND checked.vat_id = stated.vat_id
      ORDER BY checked.id DESC LIMIT 1) AS latest ON true
    WHERE ${isOf('stated')}`,
})

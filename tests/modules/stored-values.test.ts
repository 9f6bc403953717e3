import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BILLING_INTERVALS } from '../../src/modules/catalog/plan.enums.js'
import { API_KEY_SCOPES, ORGANISATION_ROLES, PLAN_TYPES } from '../../src/modules/identity/identity.enums.js'
import { INVOICE_FORMATS } from '../../src/modules/invoicing/document-snapshot.js'
import { INVOICE_KINDS, INVOICE_STATUSES } from '../../src/modules/invoicing/invoice.enums.js'
import { CUSTOMER_TYPES } from '../../src/modules/invoicing/tax/tax.enums.js'
import { PAYMENT_METHOD_KINDS, POSTING_KINDS } from '../../src/modules/ledger/ledger.enums.js'
import { LEGAL_NOTE_SUBJECTS } from '../../src/modules/legal-notes/legal-note.enums.js'
import { LIMITED_RESOURCES } from '../../src/modules/limited-resources.enums.js'
import { MAIL_KINDS, MAIL_STATUSES } from '../../src/modules/mail/mail.enums.js'
import { ORDER_ITEM_KINDS, ORDER_REASONS, ORDER_STATUSES } from '../../src/modules/orders/order.enums.js'
import { SESSION_PAGES } from '../../src/modules/page-sessions/page-session.enums.js'
import { PROVIDER_EVENT_STATUSES } from '../../src/modules/payments/inbound-webhooks/provider-event.enums.js'
import { PLAN_CHANGE_STATUSES } from '../../src/modules/payments/plan-change.enums.js'
import { REFUND_DESTINATIONS, REFUND_STATUSES, REFUND_TYPES } from '../../src/modules/payments/refunds/refund.enums.js'
import { REPORTED_PAYMENT_STATUSES } from '../../src/modules/payments/reported/reported-payment.enums.js'
import {
  ADMINISTRATIVE_SUSPENSIONS,
  COLLECTION_METHODS,
  SUBSCRIPTION_STATUSES,
} from '../../src/modules/subscriptions/subscription.enums.js'
import { VAT_CHECK_RESULTS, VAT_ID_STATUSES } from '../../src/modules/vat-checks/vat-check.enums.js'
import { DELIVERY_STATUSES } from '../../src/modules/webhooks/delivery.enums.js'
import { WEBHOOK_FORMATS } from '../../src/modules/webhooks/webhook-format.enums.js'
import { startServer, type TestServer } from '../support/server.js'

// A type in schema.prisma, such as [OrderStatus], the array of its values, and the CHECK of the column agree.

const VALUES: Readonly<Record<string, readonly string[]>> = {
  ApiKeyScope: API_KEY_SCOPES,
  BillingInterval: BILLING_INTERVALS,
  AdministrativeSuspension: ADMINISTRATIVE_SUSPENSIONS,
  CollectionMethod: COLLECTION_METHODS,
  DeliveryStatus: DELIVERY_STATUSES,
  CustomerType: CUSTOMER_TYPES,
  InvoiceFormat: INVOICE_FORMATS,
  InvoiceKind: INVOICE_KINDS,
  InvoiceStatus: INVOICE_STATUSES,
  LegalNoteSubject: LEGAL_NOTE_SUBJECTS,
  LimitedResource: LIMITED_RESOURCES,
  MailKind: MAIL_KINDS,
  MailStatus: MAIL_STATUSES,
  OrderItemKind: ORDER_ITEM_KINDS,
  OrderReason: ORDER_REASONS,
  OrderStatus: ORDER_STATUSES,
  OrganisationRole: ORGANISATION_ROLES,
  PaymentMethodKind: PAYMENT_METHOD_KINDS,
  PlanChangeStatus: PLAN_CHANGE_STATUSES,
  PlanType: PLAN_TYPES,
  PostingKind: POSTING_KINDS,
  SessionPage: SESSION_PAGES,
  RefundDestination: REFUND_DESTINATIONS,
  RefundStatus: REFUND_STATUSES,
  RefundType: REFUND_TYPES,
  ReportedPaymentStatus: REPORTED_PAYMENT_STATUSES,
  SubscriptionStatus: SUBSCRIPTION_STATUSES,
  ProviderEventStatus: PROVIDER_EVENT_STATUSES,
  VatCheckResult: VAT_CHECK_RESULTS,
  VatIdStatus: VAT_ID_STATUSES,
  WebhookFormat: WEBHOOK_FORMATS,
}

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** The names of the checks and of the types of the columns in schema.prisma. */
async function typedColumns(): Promise<[check: string, type: string][]> {
  const schema = await readFile('prisma/schema.prisma', 'utf8')
  return schema.split(/^model /m).flatMap((model) => {
    const table = /@@map\("(\w+)"\)/.exec(model)?.[1]
    const fields = model.matchAll(/\/\/\/ \[(\w+)\]\n(?: *\/\/\/.*\n)* *(\w+) .*/g)
    return Array.from(fields, ([text, type = '', field]): [string, string] => {
      const column = /@map\("(\w+)"\)/.exec(text)?.[1] ?? field
      return [`${table}_${column}_is_known`, type]
    })
  })
}

test('every column with a type of its own accepts exactly the values of that type', async () => {
  const { rows } = await server.connections.pool.query<{ name: string; definition: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname LIKE '%\\_is\\_known'`,
  )
  const checks = rows.map(({ name, definition }) => [name, Array.from(definition.matchAll(/'(\w+)'::text/g), ([, value]) => value)])
  const columns = (await typedColumns()).map(([check, type]) => [check, VALUES[type]])
  expect(columns.length).toBeGreaterThan(20)
  expect(Object.fromEntries(checks)).toEqual(Object.fromEntries(columns))
})

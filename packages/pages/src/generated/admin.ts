// Generated from schema.graphql by npm run docs.

import { defineOperation } from '../ui/operation'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Permission of an API key. It applies to the data of all customers. */
export type ApiKeyScope =
  /** Claim and release servers, record and release usage, and read `usage` and `serverClaims`. */
  | 'CLAIMS'
  /** Sign users in to the portal, and out of it. Such a key can act as any customer. */
  | 'PORTAL'
  /** Read `entitlements`, `usage` and `currentPlan`, and subscribe to `limitsChanged` and `orderUpdated`. */
  | 'READ'
  /** Create and update users, organisations and memberships. */
  | 'SYNC';

/** Plan and customer. With `orderId`, that pending order is approved. Without it, an active order is created. */
export type ApplyPlanInput = {
  /** Amount to charge instead of the plan's price, in minor units of the plan's currency; 0 is a gift. Required for a plan with a custom price. Not allowed together with `orderId`. */
  amount?: number | null | undefined;
  /** When the plan ends. Defaults to never. */
  expiresAt?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Note that only administrators can read. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** The pending order to approve, of this user and for this plan. */
  orderId?: string | number | null | undefined;
  /** Applies the plan to this organisation, where the user must be an owner or admin. Defaults to the organisation of the order. */
  organisationId?: string | number | null | undefined;
  /** The plan. Hidden plans can be granted. Archived plans can only be applied by approving an order. */
  planId: string | number;
  /** The user who gets the plan, or who orders it for the organisation. */
  userId: string | number;
};

/** The plan to archive. */
export type ArchivePlanInput = {
  /** Id of the plan. */
  planId: string | number;
};

/** Billing interval of a plan. */
export type BillingInterval =
  /** A calendar month, counted from the day of the first payment. */
  | 'MONTH'
  /** A calendar year, counted from the day of the first payment. */
  | 'YEAR';

/** The order to cancel. */
export type CancelOrderInput = {
  /** Id of the order. */
  orderId: string | number;
};

/** The customer whose plan ends. */
export type CancelPlanInput = {
  /** Whether the unused share of what was paid goes to the balance. If not, the customer forfeits it. */
  creditUnused?: boolean | null | undefined;
  /** Reason for the audit log. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** Ends the plan of this organisation, where the user must be an owner or admin. */
  organisationId?: string | number | null | undefined;
  /** Id of the user. */
  userId: string | number;
};

/** Who collects the money for a subscription. */
export type CollectionMethod =
  /** Invoices that are paid by transfer, from the balance, or by a payment that an administrator records. */
  | 'INVOICE'
  /** Nobody: the plan is not billed again, and continues until it is cancelled or reaches its end. */
  | 'NONE'
  /** The payment provider charges the renewals. */
  | 'PROVIDER';

/** The part of a refund that has been paid out. */
export type ConfirmRefundInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of the part. */
  partId: string | number;
  /** Reference under which it was paid out, for example of the bank transfer; at most 200 characters. */
  reference: string;
};

/** The reported payment that has arrived. What is omitted is as the customer has reported it. */
export type ConfirmReportedPaymentInput = {
  /** The amount received, in minor units, if it differs from the reported one. */
  amount?: number | null | undefined;
  /** Id of the reported payment. */
  id: string | number;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** How it was paid: BANK_TRANSFER (the default), CASH or OTHER. */
  kind?: PaymentMethodKind | null | undefined;
  /** When the money was received. Defaults to now; not in the future. */
  receivedAt?: string | null | undefined;
  /** Reference of the payment, if it differs from the reported one. At most 200 characters. */
  reference?: string | null | undefined;
};

/** A new API key. */
export type CreateApiKeyInput = {
  /** Idempotency key. Retrying with the same key returns the original result, without the key itself. */
  idempotencyKey?: string | null | undefined;
  /** Purpose of the key, at most 100 characters: "panel backend". */
  name: string;
  /** Permissions of the key. Grant only the scopes that the service needs. */
  scopes: Array<ApiKeyScope>;
};

/** A new plan. */
export type CreatePlanInput = {
  /** Backups per server. Null means unlimited, 0 means none. */
  backups?: number | null | undefined;
  /** Total CPU of all servers in percent of a core; 100 is one core. Null means unlimited, 0 means none. */
  cpu?: number | null | undefined;
  /** Currency of a plan with a custom price; defaults to BILLING_CURRENCY. With a price, its currency applies. */
  currency?: string | null | undefined;
  /** Databases per server. Null means unlimited, 0 means none. */
  databases?: number | null | undefined;
  /** Text for the page of plans, at most 1,000 characters. */
  description?: string | null | undefined;
  /** Total disk space of all servers in MB. Null means unlimited, 0 means none. */
  disk?: number | null | undefined;
  /** E-mails per day. Null means unlimited, 0 means none. */
  emailsPerDay?: number | null | undefined;
  /** Custom feature flags, at most 10,000 characters of JSON. */
  features?: Record<string, unknown> | null | undefined;
  /** Whether the plan is omitted from `plans`. */
  hiddenFromBilling?: boolean | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Billing interval; defaults to MONTH. */
  interval?: BillingInterval | null | undefined;
  /** Makes it the default plan, which applies to customers without another plan. It must be FREE and cost 0. */
  isDefault?: boolean | null | undefined;
  /** Total memory of all servers in MB. Null means unlimited, 0 means none. */
  memory?: number | null | undefined;
  /** Display name, at most 100 characters. */
  name: string;
  /** Number of nodes. Null means unlimited, 0 means none. */
  nodeLimit?: number | null | undefined;
  /** Network ports per server. Null means unlimited, 0 means none. */
  portCount?: number | null | undefined;
  /** Price of one billing interval; null means a custom price. */
  price?: MoneyInput | null | undefined;
  /** Id of the plan at the payment provider. For Lemon Squeezy the variant id, "123456". */
  providerVariantId?: string | null | undefined;
  /** Rank of the plan. A change to a plan with a higher rank is an upgrade. */
  rank?: number | null | undefined;
  /** Number of servers. Null means unlimited, 0 means none. */
  serverLimit?: number | null | undefined;
  /** Lower-case letters, digits and hyphens, at most 60 characters; must be unique. Derived from the name if omitted. */
  slug?: string | null | undefined;
  /** Number of tunnel ports. Null means unlimited, 0 means none. */
  tunnelPortCount?: number | null | undefined;
  /** Portal tier that the plan grants. */
  type: PlanType;
};

/** Whom to sign in to the portal, and what it shows first. */
export type CreatePortalSessionInput = {
  /** Whether the user must press a button to sign in. Set it for a link in a mail, which scanners open, some with scripts. */
  needsButton?: boolean;
  /** The organisation that the portal shows first. The user must be one of its owners or admins. */
  organisationId?: string | number | null | undefined;
  /** The page to open: a path of the portal, such as "/portal/invoices". Defaults to "/portal". */
  returnPath?: string | null | undefined;
  /** The user to sign in. */
  userId: string | number;
};

/** A new endpoint. In production the URL must be a public https URL, or its host must be in WEBHOOK_PRIVATE_HOSTS. */
export type CreateWebhookEndpointInput = {
  /** Purpose of the endpoint, at most 500 characters. */
  description?: string | null | undefined;
  /** Format of the events; defaults to STANDARD. ESCLUSE has events for PLAN_APPLIED, SUBSCRIPTION_UPDATED, PLAN_CANCELLED, PLAN_EXPIRED and REFUND_ISSUED. */
  format?: WebhookFormat | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Types of events to subscribe to. Defaults to all that the format has. */
  types?: Array<EventType> | null | undefined;
  /** URL of the endpoint. */
  url: string;
};

/** The invoice and the amount to credit. */
export type CreditInvoiceInput = {
  /** Amount to credit in minor units, tax included. Defaults to everything that is left to credit. */
  amount?: number | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of the invoice. */
  invoiceId: string | number;
  /** Reason, printed on the credit note. At most 200 characters. */
  reason?: string | null | undefined;
};

/** The sort order of users and organisations. */
export type CustomerSort =
  /** By name from A to Z, without regard to case and accents. Users without a name come first. */
  | 'NAME'
  /** Most recently added to Quittance first. */
  | 'NEWEST_FIRST'
  /** Earliest added to Quittance first. */
  | 'OLDEST_FIRST';

/** Type of a customer. */
export type CustomerType =
  /** An organisation. */
  | 'ORGANISATION'
  /** A user. */
  | 'USER';

/** The endpoint to delete. */
export type DeleteWebhookEndpointInput = {
  /** Id of the endpoint. */
  endpointId: string | number;
};

/** Status of the delivery of an event. */
export type DeliveryStatus =
  /** The endpoint responded with 2xx. */
  | 'DELIVERED'
  /** Not delivered after three days of attempts; can be replayed. */
  | 'FAILED'
  /** Waits for an earlier event of the same customer, or for the next attempt. */
  | 'PENDING';

/** The user to sign out of the portal. */
export type EndPortalSessionsInput = {
  /** The user. */
  userId: string | number;
};

/** Type of an event. The body of the event contains it in the form `order.placed`. */
export type EventType =
  /** Sent by `sendTestEvent`. Endpoints cannot subscribe to it. */
  | 'ENDPOINT_TEST'
  /** Reminder of an open invoice, on a day of REMINDER_DAYS until its due date. */
  | 'INVOICE_DUE'
  /** An invoice or a payment statement was issued. */
  | 'INVOICE_ISSUED'
  /** Reminder of an open invoice, on a day of REMINDER_DAYS after its due date. */
  | 'INVOICE_OVERDUE'
  /** The entitlement of a customer has changed. */
  | 'LIMITS_CHANGED'
  /** A pending order has expired. */
  | 'ORDER_EXPIRED'
  /** A customer has placed an order. */
  | 'ORDER_PLACED'
  /** The payment provider could not charge a renewal. */
  | 'PAYMENT_FAILED'
  /** A payment was recorded. */
  | 'PAYMENT_RECEIVED'
  /** A reported payment was rejected. */
  | 'PAYMENT_REJECTED'
  /** A customer has reported a payment by hand, which awaits a decision. */
  | 'PAYMENT_REPORTED'
  /** A plan was applied to a customer. */
  | 'PLAN_APPLIED'
  /** The plan of a customer was cancelled before its end. */
  | 'PLAN_CANCELLED'
  /** The plan of a customer has expired. */
  | 'PLAN_EXPIRED'
  /** A renewal will have another price, in PRICE_NOTICE_DAYS. */
  | 'PRICE_CHANGING'
  /** A refund was recorded, and its credit note was issued. */
  | 'REFUND_ISSUED'
  /** The invoice of the next period was issued. */
  | 'RENEWAL_UPCOMING'
  /** A suspended subscription gives access again. */
  | 'SUBSCRIPTION_RESUMED'
  /** A subscription gives no access any more: an invoice is overdue, or an administrator suspended it. */
  | 'SUBSCRIPTION_SUSPENDED'
  /** A subscription ended because its invoice was not paid. */
  | 'SUBSCRIPTION_TERMINATED'
  /** The status, plan or period of a subscription has changed. */
  | 'SUBSCRIPTION_UPDATED'
  /** The VAT id of a customer was checked, with another result than before. */
  | 'VAT_ID_CHECKED';

/** The invoice and its new due date. */
export type ExtendDueDateInput = {
  /** When the amount is due from now on. Later than the present due date, and in the future. */
  dueAt: string;
  /** Id of the invoice. */
  invoiceId: string | number;
  /** Reason for the audit log. At most 500 characters. */
  notes?: string | null | undefined;
};

/** Credit for a customer. Specify either a user or an organisation. */
export type GrantCreditInput = {
  /** The amount to add to the balance in the same currency. */
  amount: MoneyInput;
  /** When the remaining credit expires. Defaults to never. */
  expiresAt?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** The organisation that gets the credit. */
  organisationId?: string | number | null | undefined;
  /** Reason, which the customer sees. At most 200 characters. */
  reason: string;
  /** The user who gets the credit. */
  userId?: string | number | null | undefined;
};

/** Which invoices to list. An invoice matches every field that is set. */
export type InvoiceFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Invoices issued at this time or later. */
  from?: string | null | undefined;
  /** True: only invoices that are overdue. False: only others. */
  overdue?: boolean | null | undefined;
  /** The complete number of the invoice, or text in the e-mail address or name of the customer. Every word of the search must match the beginning of a word there, in any order: `jan exam` finds jane@example.com. Case and accents are ignored. Words are separated by spaces and punctuation. At most 200 characters; blank means no search. */
  search?: string | null | undefined;
  /** Invoices with one of these statuses; at least one value. */
  status?: Array<InvoiceStatus> | null | undefined;
  /** Invoices issued before this time. */
  to?: string | null | undefined;
};

/** Profile of an electronic invoice. */
export type InvoiceFormat =
  /** Factur-X or ZUGFeRD: a PDF with an XML file of the profile EN 16931. */
  | 'FACTUR_X'
  /** EN 16931 with the rules of the French reform of electronic invoices. */
  | 'FRANCE'
  /** Peppol BIS Billing 3.0. */
  | 'PEPPOL'
  /** XRechnung, which authorities in Germany require. */
  | 'XRECHNUNG';

/** A line of an invoice. Its price includes tax if PRICES_INCLUDE_TAX says so. */
export type InvoiceItemInput = {
  /** Description, printed on the invoice. At most 200 characters. */
  description: string;
  /** Quantity, 1 to 1,000,000. */
  quantity?: number;
  /** Price of one unit in minor units, 0 or more. */
  unitPrice: number;
};

/** Kind of an issued document. */
export type InvoiceKind =
  /** An invoice of the seller, with tax. */
  | 'INVOICE'
  /** A payment statement without tax. The payment provider is the seller, and its document is the tax invoice. */
  | 'STATEMENT';

/** Payment status of an invoice. */
export type InvoiceStatus =
  /** Something is due. */
  | 'OPEN'
  /** Paid in full. */
  | 'PAID'
  /** Partially credited, and nothing more is due. */
  | 'PARTIALLY_REFUNDED'
  /** Paid at least in part, and fully credited. */
  | 'REFUNDED'
  /** Fully credited before anything was paid. */
  | 'VOID';

/** What to invoice, and the customer. */
export type IssueInvoiceInput = {
  /** Currency of the prices. */
  currency: string;
  /** When the invoice is due; not in the past, and within ten years. Defaults to INVOICE_DUE_DAYS from now. */
  dueAt?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** The lines of the invoice, 1 to 50. */
  items: Array<InvoiceItemInput>;
  /** Note in the order, which only administrators can read. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** An organisation where the user is an owner or admin. Defaults to the user. */
  organisationId?: string | number | null | undefined;
  /** Number of the purchase order of the customer, printed on the invoice; at most 100 characters. Defaults to that of the billing details. */
  purchaseOrder?: string | null | undefined;
  /** The user who is billed, or on whose behalf the organisation is. */
  userId: string | number;
};

/** A text for invoices. */
export type LegalNoteInput = {
  /** Country of the buyers whose invoices have the note. Defaults to all buyers. */
  country?: string | null | undefined;
  /** Language of the invoices that have the note: "en", "de", "fr" or "es". Defaults to all languages. */
  language?: string | null | undefined;
  /** Subject of the note. */
  subject?: LegalNoteSubject;
  /** Plain text that may have several lines, at most 1,000 characters. */
  text: string;
};

/** Subject of a note on invoices. Except for GENERAL, electronic invoices contain its code of UNTDID 4451. */
export type LegalNoteSubject =
  /** Terms of payment; in France the discount for early payment, or that there is none. */
  | 'AAB'
  /** Any text. It has no code. */
  | 'GENERAL'
  /** Payment details; in France the penalties for late payment. */
  | 'PMD'
  /** Payment information; in France the compensation for recovery costs. */
  | 'PMT'
  /** Regulatory information, such as the legal form and the capital of the seller. */
  | 'REG'
  /** Remark of the seller. */
  | 'SUR'
  /** Statement about tax, such as that of a VAT group. */
  | 'TXD';

/** A resource that plans limit. */
export type LimitedResource =
  /** Backups per server. Usage is the highest count of any server. */
  | 'BACKUPS_PER_SERVER'
  /** Total CPU of all servers in percent of a core; 100 is one core. Claimed by `claimServer`. */
  | 'CPU_PERCENT'
  /** Databases per server. Usage is the highest count of any server. */
  | 'DATABASES_PER_SERVER'
  /** Total disk space of all servers in MB. Claimed by `claimServer`. */
  | 'DISK_MB'
  /** E-mails per day. Recorded by `recordUsage`. The count resets at midnight UTC. */
  | 'EMAILS_PER_DAY'
  /** Total memory of all servers in MB. Claimed by `claimServer`. */
  | 'MEMORY_MB'
  /** Number of nodes. Recorded by `recordUsage` until released by `releaseUsage`. */
  | 'NODES'
  /** Network ports per server. Usage is the highest count of any server. */
  | 'PORTS_PER_SERVER'
  /** Number of servers. Claimed by `claimServer`. */
  | 'SERVERS'
  /** Number of tunnel ports. Recorded by `recordUsage` until released by `releaseUsage`. */
  | 'TUNNEL_PORTS';

/** Which mails to list. A mail matches every field that is set. */
export type MailFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Mails queued at this time or later. */
  from?: string | null | undefined;
  /** Mails of one of these kinds; at least one value. */
  kind?: Array<MailKind> | null | undefined;
  /** Mails with one of these statuses; at least one value. */
  status?: Array<MailStatus> | null | undefined;
  /** Mails queued before this time. */
  to?: string | null | undefined;
};

/** What a mail is about. */
export type MailKind =
  /** A plan was cancelled. It confirms what was declared, when, and when the plan ends. */
  | 'CANCELLED'
  /** An invoice, a credit note or a payment statement was issued. It is attached. */
  | 'INVOICE'
  /** An open invoice is due soon. It is attached. */
  | 'INVOICE_DUE'
  /** An open invoice is overdue. It is attached. */
  | 'INVOICE_OVERDUE'
  /** An order was placed that is to be paid. */
  | 'ORDER_PLACED'
  /** The payment provider could not charge a renewal. */
  | 'PAYMENT_FAILED'
  /** A payment has arrived for an order or an open invoice. */
  | 'PAYMENT_RECEIVED'
  /** Another plan has taken effect. */
  | 'PLAN_CHANGED'
  /** A plan is going to have another price. */
  | 'PRICE_CHANGING'
  /** A refund was paid out. If it follows the request at once, it also acknowledges it. */
  | 'REFUND'
  /** A refund was requested. It acknowledges what the customer has declared and when. The credit notes are attached. */
  | 'REFUND_REQUESTED'
  /** The invoice of the next period was issued. It is attached. */
  | 'RENEWAL_UPCOMING'
  /** A suspension has ended. */
  | 'RESUMED'
  /** A plan is suspended, because of an overdue invoice or by an administrator. */
  | 'SUSPENDED'
  /** A plan has ended, because its invoice was not paid. */
  | 'TERMINATED'
  /** A trial ends in three days. */
  | 'TRIAL_ENDING';

/** The delivery of a mail. */
export type MailStatus =
  /** The mail server has refused the address for good. */
  | 'BOUNCED'
  /** No attempt has succeeded within three days. */
  | 'FAILED'
  /** It is about to be sent, or an attempt has failed and is going to be repeated. */
  | 'QUEUED'
  /** The mail server of the seller has accepted it. */
  | 'SENT'
  /** It was not sent. `error` states why: the customer has no valid address, the address has bounced, or this is a demo. */
  | 'SKIPPED';

/** A way to pay without a payment provider. */
export type ManualPaymentMethodInput = {
  /** BIC of the bank: 8 or 11 characters. */
  bic?: string | null | undefined;
  /** IBAN of the account. Its check digits must be valid; spaces are ignored. */
  iban?: string | null | undefined;
  /** How to pay, as plain text, at most 1,000 characters. `{invoice}` stands for the number of the invoice, or for the id of an order that has none, and `{amount}` for the amount to pay. */
  instructions?: string | null | undefined;
  /** Display name, at most 100 characters. */
  name: string;
  /** Lower-case letters, digits and hyphens, at most 60 characters; unique among the methods. */
  slug: string;
};

/** The sort order of the members of an organisation. */
export type MemberSort =
  /** By the ids of the users, as text. */
  | 'ID'
  /** By name from A to Z, without regard to case and accents. Users without a name come first. */
  | 'NAME';

/** An amount in one currency. */
export type MoneyInput = {
  /** The ISO 4217 code of the currency. */
  currency: string;
  /** The amount in the smallest unit of the currency: 1500 is 15.00 USD. */
  minorUnits: number;
};

/** The plan whose subscribers are moved to its current price. */
export type MovePricesInput = {
  /** The new price applies from the first renewal at or after this time, but not within PRICE_NOTICE_DAYS after the request. Defaults to now. */
  from?: string | null | undefined;
  /** Id of the plan. */
  planId: string | number;
};

/** Which orders to list. An order matches every field that is set. */
export type OrderFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Orders that were placed at this time or later. */
  from?: string | null | undefined;
  /** Orders of this plan. */
  planId?: string | number | null | undefined;
  /** Orders with one of these reasons; at least one value. */
  reason?: Array<OrderReason> | null | undefined;
  /** The complete number of the invoice, or text in the e-mail address or name of the customer. Every word of the search must match the beginning of a word there, in any order: `jan exam` finds jane@example.com. Case and accents are ignored. Words are separated by spaces and punctuation. At most 200 characters; blank means no search. */
  search?: string | null | undefined;
  /** Orders with one of these statuses; at least one value. */
  status?: Array<OrderStatus> | null | undefined;
  /** Orders that were placed before this time. */
  to?: string | null | undefined;
};

/** Reason for an order. */
export type OrderReason =
  /** An administrator applied a plan. */
  | 'GRANT'
  /** A subscription changed to another plan. */
  | 'PLAN_CHANGE'
  /** A customer placed the order. */
  | 'PURCHASE'
  /** A subscription was renewed for another period. */
  | 'RENEWAL';

/** Status of an order. PENDING can change to any other status, ACTIVE to CANCELLED or EXPIRED, which are final. */
export type OrderStatus =
  /** Paid or granted. Its plan is the customer's plan. */
  | 'ACTIVE'
  /** Cancelled, or superseded by another order. */
  | 'CANCELLED'
  /** Reached its expiry date. */
  | 'EXPIRED'
  /** Placed and not yet approved. Expires 7 days after it was placed. */
  | 'PENDING';

/** What a member may do in an organisation. */
export type OrganisationRole =
  /** Has the same billing permissions as an owner. */
  | 'ADMIN'
  /** Uses the resources of the organisation, but does not see its orders and invoices. */
  | 'MEMBER'
  /** Places orders for the organisation and sees its orders and invoices. */
  | 'OWNER';

/** The customer, set by exactly one of `userId` and `organisationId`, and the amount to pay out. */
export type PayOutBalanceInput = {
  /** Amount in minor units, at most the free balance, which excludes granted credit and held balance. */
  amount: number;
  /** Currency of the balance. */
  currency: string;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of the organisation. */
  organisationId?: string | number | null | undefined;
  /** Reason; at most 200 characters. */
  reason: string;
  /** Reference under which it has been paid out. Without it, the amount is held until `confirmRefund`. */
  reference?: string | null | undefined;
  /** Id of the user. */
  userId?: string | number | null | undefined;
};

/** Which payments to list. A payment matches every field that is set. */
export type PaymentFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Payments that were received at this time or later. */
  from?: string | null | undefined;
  /** Payments of one of these kinds; at least one value. */
  kind?: Array<PaymentMethodKind> | null | undefined;
  /** Payments that were received before this time. */
  to?: string | null | undefined;
};

/** How a payment was made. */
export type PaymentMethodKind =
  /** Taken from the customer's balance. */
  | 'BALANCE'
  /** By bank transfer. */
  | 'BANK_TRANSFER'
  /** In cash. */
  | 'CASH'
  /** In another way. */
  | 'OTHER'
  /** Through a payment provider. */
  | 'PROVIDER';

/** The portal tier that a plan grants. */
export type PlanType =
  /** For pupils, students and schools; usually granted by an administrator. */
  | 'EDU'
  /** Agreed with sales, often at a custom price. */
  | 'ENTERPRISE'
  /** Costs nothing. One free plan is the default plan for customers without another plan. */
  | 'FREE'
  /** Bought by a user or an organisation. */
  | 'PAID';

/** Processing status of an event that was received. */
export type ProviderEventStatus =
  /** Failed and will be retried; `lastError` states the reason. */
  | 'FAILED'
  /** Cannot be processed yet, for example because its user is unknown; `lastError` states the reason. */
  | 'PARKED'
  /** Processed successfully. */
  | 'PROCESSED'
  /** Stored and waiting to be processed. */
  | 'RECEIVED';

/** The plan to apply to its subscribers. */
export type ReapplyPlanInput = {
  /** Id of the plan. */
  planId: string | number;
};

/** A payment that was received outside a provider. Set exactly one of `invoiceId` and `orderId`. */
export type RecordPaymentInput = {
  /** The amount received, in minor units of the currency of the invoice or order. */
  amount: number;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** The invoice that it pays. */
  invoiceId?: string | number | null | undefined;
  /** How it was paid: BANK_TRANSFER, CASH or OTHER. */
  kind: PaymentMethodKind;
  /** The order that it pays. If the order has an invoice, the payment is for that invoice. */
  orderId?: string | number | null | undefined;
  /** When the money was received. Defaults to now; not in the future. */
  receivedAt?: string | null | undefined;
  /** Reference, such as that of the bank transfer; at most 200 characters. One that is already recorded for the invoice or order is refused. */
  reference?: string | null | undefined;
};

/** Where the money of a refund goes. */
export type RefundDestination =
  /** To the balance of the customer. */
  | 'BALANCE'
  /** Back to the payment method. What was paid from the balance returns to the balance. */
  | 'ORIGINAL';

/** Which refunds to list. A refund matches every field that is set. */
export type RefundFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Refunds that were requested at this time or later. */
  from?: string | null | undefined;
  /** Refunds with one of these statuses; at least one value. */
  status?: Array<RefundStatus> | null | undefined;
  /** Refunds that were requested before this time. */
  to?: string | null | undefined;
};

/** Status of a refund, or of a part of it. */
export type RefundStatus =
  /** Refunded. A refund is done when all its parts are done. */
  | 'DONE'
  /** Waits for the payment provider, or for an administrator to pay it out. */
  | 'REQUESTED';

/** Share of what was paid for the period that is refunded. The numbers of days are settings of the server. */
export type RefundType =
  /** Everything: 0 to 7 days after the purchase. */
  | 'FULL'
  /** Nothing can be refunded. */
  | 'NONE'
  /** The unused share of the current plan: 8 to 30 days after the purchase. */
  | 'PRORATED';

/** The reported payment that has not arrived. */
export type RejectReportedPaymentInput = {
  /** Id of the reported payment. */
  id: string | number;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Reason, which the customer sees. At most 500 characters. */
  reason: string;
};

/** The override to end. */
export type RemoveLimitOverrideInput = {
  /** Id of the override. */
  overrideId: string | number;
};

/** The tax whose rates to remove. */
export type RemoveTaxRateInput = {
  /** Country of the buyers. */
  country: string;
  /** Whether the rate applies to users or to organisations. */
  customerType: CustomerType;
  /** Name of the tax. Default: the tax without a name. */
  name?: string | null | undefined;
  /** Code of the state or province, such as "QC". Default: the rates of the whole country. */
  region?: string | null | undefined;
  /** First day of validity of the rate. Default: all rates of the tax. */
  validFrom?: string | null | undefined;
};

/** The event to process again. */
export type ReplayProviderEventInput = {
  /** Id of the event. */
  eventId: string | number;
};

/** The delivery to repeat. */
export type ReplayWebhookDeliveryInput = {
  /** Id of the delivery. */
  deliveryId: string | number;
};

/** Which reported payments to list. A reported payment matches every field that is set. */
export type ReportedPaymentFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Payments that were reported at this time or later. */
  from?: string | null | undefined;
  /** Reported payments with one of these statuses; at least one value. */
  status?: Array<ReportedPaymentStatus> | null | undefined;
  /** Payments that were reported before this time. */
  to?: string | null | undefined;
};

/** Status of a payment that a customer has reported. CONFIRMED and REJECTED are final. */
export type ReportedPaymentStatus =
  /** The money has arrived, and the payment is recorded. */
  | 'CONFIRMED'
  /** The money has not arrived. */
  | 'REJECTED'
  /** The customer states to have paid. An administrator has not decided yet. */
  | 'REPORTED';

/** The order to refund. */
export type RequestRefundInput = {
  /** Amount in minor units, tax included, at most what was paid for the period of the order. Defaults to the amount that `refundEligibility` returns. Only for administrators. */
  amount?: number | null | undefined;
  /** Whether the plan ends; by default only if no amount is given. Only for administrators. */
  endPlan?: boolean | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of an order of the period; see `refundEligibility`. */
  orderId: string | number;
  /** Reason, printed on the credit notes; at most 200 characters. Required with an amount. */
  reason?: string | null | undefined;
  /** Where the money goes; by default ORIGINAL. A payment to a merchant of record cannot go to the balance. */
  to?: RefundDestination | null | undefined;
};

/** The mail to send again. */
export type ResendMailInput = {
  /** The mail. It must not be QUEUED. */
  mailId: string | number;
};

/** The payment to reverse. */
export type ReversePaymentInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of the payment. */
  paymentId: string | number;
  /** Reason, shown to administrators: "The transfer bounced". At most 500 characters. */
  reason: string;
};

/** The key to revoke. */
export type RevokeApiKeyInput = {
  /** Id of the key. */
  apiKeyId: string | number;
};

/** The endpoint that gets a new secret. */
export type RotateWebhookEndpointSecretInput = {
  /** Id of the endpoint. */
  endpointId: string | number;
};

/** The endpoint to test. */
export type SendTestEventInput = {
  /** Id of the endpoint. */
  endpointId: string | number;
};

/** The billing feature flag. */
export type SetBillingEnabledInput = {
  /** Whether billing is enabled. */
  enabled: boolean;
};

/** The subscription and who collects its money from now on. */
export type SetCollectionInput = {
  /** NONE or INVOICE. */
  collection: CollectionMethod;
  /** Note for the audit log. At most 500 characters. */
  notes?: string | null | undefined;
  /** Id of the subscription. */
  subscriptionId: string | number;
};

/** All notes on invoices. */
export type SetLegalNotesInput = {
  /** At most 100 notes, each with another combination of country, language and subject. They replace all previous ones. */
  notes: Array<LegalNoteInput>;
};

/** A limit override. Specify either a user or an organisation, and exactly one of `percent`, `value` and `unlimited`. */
export type SetLimitOverrideInput = {
  /** When the override expires. Defaults to never. */
  endsAt?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** The organisation to change the limits of. */
  organisationId?: string | number | null | undefined;
  /** Increases the plan's limit by this percentage: 50 turns 8192 MB into 12288 MB. Several percentages are added up, and the result is rounded down. */
  percent?: number | null | undefined;
  /** Reason, shown to administrators. At most 500 characters. */
  reason: string;
  /** The resource. Without it, `percent` applies to all resources. */
  resource?: LimitedResource | null | undefined;
  /** Removes the plan's limit. */
  unlimited?: boolean | null | undefined;
  /** The user to change the limits of. */
  userId?: string | number | null | undefined;
  /** Replaces the plan's limit. Percentages do not change it, and the latest value applies. */
  value?: number | null | undefined;
};

/** All payment methods. */
export type SetPaymentMethodsInput = {
  /** The payment methods in the order in which they are shown; at most 10. They replace all previous ones. */
  methods: Array<ManualPaymentMethodInput>;
};

/** Tax rate for documents that are issued from a day on. Several taxes with different names apply together. */
export type SetTaxRateInput = {
  /**
   * Hundredths of a percent, from 0 to 10000, instead of `percentage`. 1900 is 19%.
   * @deprecated It cannot express 8.875%. Use `percentage`. It will be removed in version 2.0 of the API.
   */
  basisPoints?: number | null | undefined;
  /** Country of the buyers. */
  country: string;
  /** Whether the rate applies to users or to organisations. */
  customerType: CustomerType;
  /** Legal reason for a rate of 0, printed on the invoice. At most 200 characters. */
  exemption?: string | null | undefined;
  /** Name of the tax, for example "GST", at most 40 characters. Default: the usual name in the language of the document. */
  name?: string | null | undefined;
  /** Exact percentage from 0 to 100 with at most four digits after the point. `"8.875"` is 8.875%. Required. */
  percentage?: string | null | undefined;
  /** Code of the state or province, as in ISO 3166-2 without the country: "QC". Its rates replace those of the whole country. If a country has rates of regions only, customers there must state theirs as a code. */
  region?: string | null | undefined;
  /** First day of validity. Default: today. */
  validFrom?: string | null | undefined;
};

/** Which subscriptions to list. A subscription matches every field that is set. */
export type SubscriptionFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Subscriptions to this plan. */
  planId?: string | number | null | undefined;
  /** Subscriptions with one of these statuses; at least one value. */
  status?: Array<SubscriptionStatus> | null | undefined;
};

/** Status of a subscription. */
export type SubscriptionStatus =
  /** In effect. Has access. */
  | 'ACTIVE'
  /** Will not renew. Has access until the period ends. */
  | 'CANCELLED'
  /** Ended. No access. */
  | 'EXPIRED'
  /** A payment failed. Has access during the grace period. */
  | 'PAST_DUE'
  /** Paused. Access depends on the pause mode. */
  | 'PAUSED'
  /** In a trial. Has access. */
  | 'TRIALING'
  /** The grace period or all payment retries ended without a payment. No access. */
  | 'UNPAID';

/** The subscription to suspend, and why. */
export type SuspendSubscriptionInput = {
  /** Note for the audit log. At most 500 characters. */
  notes?: string | null | undefined;
  /** ADMIN or ABUSE. */
  reason: SuspensionReason;
  /** Id of the subscription. */
  subscriptionId: string | number;
};

/** Why a subscription gives no access, although it has not ended. */
export type SuspensionReason =
  /** An administrator has suspended it because of abuse. Only an administrator ends it. */
  | 'ABUSE'
  /** An administrator has suspended it. Only an administrator ends it. */
  | 'ADMIN'
  /** An invoice is unpaid after the grace period. A payment ends it. */
  | 'OVERDUE';

/** The sort order of a list by time. Entries with the same time have a fixed order. */
export type TimeSort =
  /** The newest entry first. */
  | 'NEWEST_FIRST'
  /** The oldest entry first. */
  | 'OLDEST_FIRST';

/** The subscription to unsuspend. */
export type UnsuspendSubscriptionInput = {
  /** Note for the audit log. At most 500 characters. */
  notes?: string | null | undefined;
  /** Id of the subscription. */
  subscriptionId: string | number;
};

/** Fields to update; omitted fields are unchanged. Existing subscribers keep the limits they bought. */
export type UpdatePlanInput = {
  /** Backups per server. Null means unlimited, 0 means none. */
  backups?: number | null | undefined;
  /** Total CPU of all servers in percent of a core; 100 is one core. Null means unlimited, 0 means none. */
  cpu?: number | null | undefined;
  /** Databases per server. Null means unlimited, 0 means none. */
  databases?: number | null | undefined;
  /** Text for the page of plans, at most 1,000 characters; null removes it. */
  description?: string | null | undefined;
  /** Total disk space of all servers in MB. Null means unlimited, 0 means none. */
  disk?: number | null | undefined;
  /** E-mails per day. Null means unlimited, 0 means none. */
  emailsPerDay?: number | null | undefined;
  /** Custom feature flags, at most 10,000 characters of JSON. */
  features?: Record<string, unknown> | null | undefined;
  /** Whether the plan is omitted from `plans`. */
  hiddenFromBilling?: boolean | null | undefined;
  /** Id of the plan. */
  id: string | number;
  /** Makes it the default plan, which applies to customers without another plan. It must be FREE and cost 0. */
  isDefault?: boolean | null | undefined;
  /** Total memory of all servers in MB. Null means unlimited, 0 means none. */
  memory?: number | null | undefined;
  /** Display name, at most 100 characters. */
  name?: string | null | undefined;
  /** Number of nodes. Null means unlimited, 0 means none. */
  nodeLimit?: number | null | undefined;
  /** Network ports per server. Null means unlimited, 0 means none. */
  portCount?: number | null | undefined;
  /** Price of one billing interval in minor units of the plan's currency; null makes it a custom price. */
  price?: number | null | undefined;
  /** Id of the plan at the payment provider. For Lemon Squeezy the variant id, "123456". */
  providerVariantId?: string | null | undefined;
  /** Rank of the plan. A change to a plan with a higher rank is an upgrade. */
  rank?: number | null | undefined;
  /** Number of servers. Null means unlimited, 0 means none. */
  serverLimit?: number | null | undefined;
  /** Number of tunnel ports. Null means unlimited, 0 means none. */
  tunnelPortCount?: number | null | undefined;
  /** Portal tier that the plan grants. Existing subscribers get it with their next plan change or with `reapplyPlan`. */
  type?: PlanType | null | undefined;
};

/** Fields to update; omitted fields are unchanged. */
export type UpdateWebhookEndpointInput = {
  /** Purpose of the endpoint, at most 500 characters; null removes it. */
  description?: string | null | undefined;
  /** Format of the events. With ESCLUSE, pending events that this format does not have are deleted. */
  format?: WebhookFormat | null | undefined;
  /** The endpoint. */
  id: string | number;
  /** Whether events are sent. While false, they are stored. */
  isEnabled?: boolean | null | undefined;
  /** Types of events that it subscribes to. Empty for all that the format has. */
  types?: Array<EventType> | null | undefined;
  /** URL of the endpoint. */
  url?: string | null | undefined;
};

/** Whether a VAT id is confirmed. */
export type VatIdStatus =
  /** VIES does not know it, or it may not be used for sales between member states. */
  | 'INVALID'
  /** It has not been checked yet. */
  | 'PENDING'
  /** VIES or the member state does not respond. The check is repeated until there is a result. */
  | 'UNAVAILABLE'
  /** VIES has confirmed that it is in use. */
  | 'VALID';

/** The invoice to write off. */
export type VoidInvoiceInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Id of the invoice. */
  invoiceId: string | number;
  /** Reason, printed on the credit note. At most 200 characters. */
  reason?: string | null | undefined;
};

/** Which waiting invoices to list. An invoice matches every field that is set. */
export type WaitingInvoiceFilter = {
  /** The customer: a user, without the user's organisations, or an organisation. The prefix is required: `user_55`, `org_7`. */
  customerId?: string | number | null | undefined;
  /** Invoices that have waited since this time or later. */
  from?: string | null | undefined;
  /** Invoices that have waited since before this time. */
  to?: string | null | undefined;
};

/** Format in which an endpoint receives events. */
export type WebhookFormat =
  /** The format of Escluse: `{event, data}` with the events `subscription_created`, `subscription_updated`, `subscription_canceled` and `refund_processed`. `X-Signature` is the hex HMAC-SHA256 of the body with the secret. */
  | 'ESCLUSE'
  /** Standard Webhooks: `{type, timestamp, data}`, signed in `webhook-signature`. */
  | 'STANDARD';

export type AmountFragment = { decimal: string, currency: string, minorUnits: number };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

type CustomerName_Organisation_Fragment = { __typename: 'Organisation', id: string, organisationName: string };

type CustomerName_User_Fragment = { __typename: 'User', id: string, name: string | null, email: string | null };

export type CustomerNameFragment =
  | CustomerName_Organisation_Fragment
  | CustomerName_User_Fragment
;

export type OrderRowFragment = { id: string, date: string, status: OrderStatus, reason: OrderReason, description: string, planId: string | null, expiresAt: string | null, amount: AmountFragment, plan: { id: string, name: string } | null, buyer: { userId: string }, organisation: { id: string } | null, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type InvoiceRowFragment = { id: string, number: string, kind: InvoiceKind, status: InvoiceStatus, createdAt: string, dueAt: string, isOverdue: boolean, pdfUrl: string, amount: AmountFragment, amountDue: AmountFragment, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type SubscriptionRowFragment = { id: string, status: SubscriptionStatus, suspendedReason: SuspensionReason | null, collection: CollectionMethod, provider: string | null, interval: BillingInterval, currentPeriodStart: string, currentPeriodEnd: string, cancelAtPeriodEnd: boolean, endsAt: string | null, price: AmountFragment | null, plan: { id: string, name: string }, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type RefundRowFragment = { id: string, createdAt: string, status: RefundStatus, type: RefundType | null, reason: string | null, amount: AmountFragment, parts: Array<{ id: string, destination: RefundDestination, status: RefundStatus, reference: string | null, amount: AmountFragment }>, order: { id: string, description: string } | null, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type PaymentRowFragment = { id: string, kind: PaymentMethodKind, receivedAt: string, reference: string | null, reversedAt: string | null, reversalReason: string | null, recordedBy: string | null, receiptUrl: string | null, amount: AmountFragment, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type ReportRowFragment = { id: string, status: ReportedPaymentStatus, reference: string, methodName: string | null, note: string | null, paidAt: string | null, reportedAt: string, rejectionReason: string | null, amount: AmountFragment, invoice: { id: string, number: string } | null, order: { id: string, description: string }, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   };

export type PlanFieldsFragment = { id: string, slug: string, name: string, description: string | null, type: PlanType, interval: BillingInterval, currency: string, rank: number, isDefault: boolean, hiddenFromBilling: boolean, archivedAt: string | null, subscriberCount: number | null, serverLimit: number | null, nodeLimit: number | null, memory: number | null, disk: number | null, cpu: number | null, databases: number | null, backups: number | null, portCount: number | null, tunnelPortCount: number | null, emailsPerDay: number | null, features: Record<string, unknown>, price: AmountFragment | null };

export type DeliveryRowFragment = { id: string, status: DeliveryStatus, attempts: number, createdAt: string, attemptedAt: string | null, nextAttemptAt: string | null, responseStatus: number | null, response: string | null, endpointId: string, event: { eventId: string, type: EventType, subject: string, payload: Record<string, unknown> } };

export type MailRowFragment = { id: string, kind: MailKind, status: MailStatus, recipient: string | null, error: string | null, createdAt: string, customer:
    | CustomerName_Organisation_Fragment
    | CustomerName_User_Fragment
   | null };

export type EventRowFragment = { id: string, source: string, name: string, subject: string | null, status: ProviderEventStatus, attempts: number, lastError: string | null, receivedAt: string, processedAt: string | null, body: Record<string, unknown> };

export type EndpointFieldsFragment = { id: string, url: string, description: string | null, format: WebhookFormat, isEnabled: boolean, types: Array<EventType>, createdAt: string };

export type BillingFieldsFragment = { name: string, address: string | null, city: string | null, zip: string | null, state: string | null, country: string | null, taxId: string | null, registrationId: string | null, reference: string | null, purchaseOrder: string | null, electronicAddress: string | null, invoiceFormat: InvoiceFormat | null, vatIdCheck: { status: VatIdStatus, checkedAt: string | null } | null };

export type BalanceFieldsFragment = { currency: string, amount: AmountFragment, available: AmountFragment, held: AmountFragment, granted: AmountFragment };

export type BalanceHistoryFragment = { currency: string, entries: { totalCount: number, nodes: Array<{ id: string, at: string, description: string, expiresAt: string | null, amount: AmountFragment }>, pageInfo: PageFieldsFragment } };

export type AdminStartQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminStartQuery = { billingEnabled: boolean, me: { id: string, name: string | null, email: string | null } | null, seller: { company: string } | null, pendingOrders: { totalCount: number }, reportedPayments: { totalCount: number }, parkedEvents: { totalCount: number }, failedEvents: { totalCount: number }, failedDeliveries: { totalCount: number }, waitingInvoices: { totalCount: number }, requestedRefunds: { totalCount: number } };

export type OverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuery = { revenueReport: Array<{ month: string, currency: string, activeCustomers: number, revenue: AmountFragment, received: AmountFragment, mrrEnd: AmountFragment, newMrr: AmountFragment, expansion: AmountFragment, contraction: AmountFragment, churn: AmountFragment, mrrStart: AmountFragment }>, receivables: Array<{ currency: string, openCount: number, overdueCount: number, open: AmountFragment, overdue: AmountFragment, ages: Array<{ overdueDays: number | null, count: number, amount: AmountFragment }> }>, allPlans: Array<{ id: string, name: string, archivedAt: string | null, subscriberCount: number | null }> };

export type AllOrdersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: OrderFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
  locale?: string | null | undefined;
}>;


export type AllOrdersQuery = { allOrders: { totalCount: number, nodes: Array<OrderRowFragment>, pageInfo: PageFieldsFragment } };

export type OrderDetailsQueryVariables = Exact<{
  id: string | number;
  locale?: string | null | undefined;
}>;


export type OrderDetailsQuery = { order: (
    { notes: string | null, purchaseOrder: string | null, activatedAt: string | null, cancelledAt: string | null, invoicePdfUrl: string, net: AmountFragment, items: Array<{ description: string, quantity: number, unitPrice: AmountFragment, amount: AmountFragment }>, invoice: InvoiceRowFragment | null, refunds: Array<RefundRowFragment>, reportedPayments: Array<ReportRowFragment> }
    & OrderRowFragment
  ) | null };

export type RefundPreviewQueryVariables = Exact<{
  orderId: string | number;
}>;


export type RefundPreviewQuery = { refundEligibility: { type: RefundType, reason: string, daysSincePurchase: number, refundable: AmountFragment } | null };

export type AllInvoicesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: InvoiceFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type AllInvoicesQuery = { allInvoices: { totalCount: number, nodes: Array<InvoiceRowFragment>, pageInfo: PageFieldsFragment } };

export type InvoiceDetailsQueryVariables = Exact<{
  id: string | number;
  locale?: string | null | undefined;
}>;


export type InvoiceDetailsQuery = { invoice: (
    { paidAt: string | null, xmlUrl: string | null, missingForXml: Array<string>, subtotal: AmountFragment, tax: AmountFragment, amountPaid: AmountFragment, lines: Array<{ description: string, quantity: number, unitPrice: string, amount: AmountFragment }>, taxes: Array<{ name: string | null, percentage: string, net: AmountFragment, tax: AmountFragment }>, payments: Array<PaymentRowFragment>, creditNotes: Array<{ id: string, number: string, createdAt: string, reason: string | null, pdfUrl: string, amount: AmountFragment }>, reportedPayments: Array<ReportRowFragment>, order: { id: string, status: OrderStatus } }
    & InvoiceRowFragment
  ) | null };

export type AllSubscriptionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: SubscriptionFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type AllSubscriptionsQuery = { allSubscriptions: { totalCount: number, nodes: Array<SubscriptionRowFragment>, pageInfo: PageFieldsFragment } };

export type AllRefundsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: RefundFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
  locale?: string | null | undefined;
}>;


export type AllRefundsQuery = { allRefunds: { totalCount: number, nodes: Array<RefundRowFragment>, pageInfo: PageFieldsFragment } };

export type MailsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: MailFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type MailsQuery = { mails: { totalCount: number, nodes: Array<MailRowFragment>, pageInfo: PageFieldsFragment } };

export type AllPaymentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: PaymentFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type AllPaymentsQuery = { allPayments: { totalCount: number, nodes: Array<PaymentRowFragment>, pageInfo: PageFieldsFragment } };

export type AllReportedPaymentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: ReportedPaymentFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
  locale?: string | null | undefined;
}>;


export type AllReportedPaymentsQuery = { allReportedPayments: { totalCount: number, nodes: Array<ReportRowFragment>, pageInfo: PageFieldsFragment } };

export type UsersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  search?: string | null | undefined;
  orderBy?: CustomerSort | null | undefined;
}>;


export type UsersQuery = { users: { totalCount: number, nodes: Array<{ id: string, name: string | null, email: string | null, currentPlan: { id: string, name: string } | null, subscription: { id: string, status: SubscriptionStatus, currentPeriodEnd: string } | null }>, pageInfo: PageFieldsFragment } };

export type OrganisationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  search?: string | null | undefined;
  orderBy?: CustomerSort | null | undefined;
}>;


export type OrganisationsQuery = { organisations: { totalCount: number, nodes: Array<{ id: string, name: string, currentPlan: { id: string, name: string } | null, subscription: { id: string, status: SubscriptionStatus, currentPeriodEnd: string } | null }>, pageInfo: PageFieldsFragment } };

export type CustomerDetailsQueryVariables = Exact<{
  id: string | number;
}>;


export type CustomerDetailsQuery = { node:
    | { __typename: 'ApiKey', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'BalanceEntry', id: string }
    | { __typename: 'CreditGrant', id: string }
    | { __typename: 'CreditNote', id: string }
    | { __typename: 'Invoice', id: string }
    | { __typename: 'LimitOverride', id: string }
    | { __typename: 'Mail', id: string }
    | { __typename: 'Order', id: string }
    | { __typename: 'Organisation', id: string, organisationName: string, currentPlan: { id: string, name: string } | null, subscription: SubscriptionRowFragment | null, billingDetails: BillingFieldsFragment | null, balances: Array<BalanceFieldsFragment> | null, managers: { nodes: Array<{ user: { id: string } }> } }
    | { __typename: 'Payment', id: string }
    | { __typename: 'Plan', id: string }
    | { __typename: 'PlanReapplication', id: string }
    | { __typename: 'PlanSubscription', id: string }
    | { __typename: 'ProviderEvent', id: string }
    | { __typename: 'Refund', id: string }
    | { __typename: 'RefundPart', id: string }
    | { __typename: 'ReportedPayment', id: string }
    | { __typename: 'User', name: string | null, email: string | null, emailBouncedAt: string | null, id: string, currentPlan: { id: string, name: string } | null, subscription: SubscriptionRowFragment | null, billingDetails: BillingFieldsFragment | null, balances: Array<BalanceFieldsFragment> | null, organisations: Array<{ role: OrganisationRole, organisation: { id: string, name: string } }> }
    | { __typename: 'WebhookDelivery', id: string }
    | { __typename: 'WebhookEndpoint', id: string }
   | null, allPlans: Array<{ id: string, name: string, archivedAt: string | null, price: AmountFragment | null }> };

export type BalanceEntriesQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type BalanceEntriesQuery = { node:
    | { __typename: 'ApiKey', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'BalanceEntry', id: string }
    | { __typename: 'CreditGrant', id: string }
    | { __typename: 'CreditNote', id: string }
    | { __typename: 'Invoice', id: string }
    | { __typename: 'LimitOverride', id: string }
    | { __typename: 'Mail', id: string }
    | { __typename: 'Order', id: string }
    | { __typename: 'Organisation', id: string, balances: Array<BalanceHistoryFragment> | null }
    | { __typename: 'Payment', id: string }
    | { __typename: 'Plan', id: string }
    | { __typename: 'PlanReapplication', id: string }
    | { __typename: 'PlanSubscription', id: string }
    | { __typename: 'ProviderEvent', id: string }
    | { __typename: 'Refund', id: string }
    | { __typename: 'RefundPart', id: string }
    | { __typename: 'ReportedPayment', id: string }
    | { __typename: 'User', id: string, balances: Array<BalanceHistoryFragment> | null }
    | { __typename: 'WebhookDelivery', id: string }
    | { __typename: 'WebhookEndpoint', id: string }
   | null };

export type CustomerUsageQueryVariables = Exact<{
  userId?: string | number | null | undefined;
  organisationId?: string | number | null | undefined;
}>;


export type CustomerUsageQuery = { usage: Array<{ resource: LimitedResource, used: number, limit: number | null, overLimit: boolean }> };

export type LimitOverridesQueryVariables = Exact<{
  userId?: string | number | null | undefined;
  organisationId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  inForce?: boolean | null | undefined;
  resource?: LimitedResource | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type LimitOverridesQuery = { limitOverrides: { totalCount: number, nodes: Array<{ id: string, resource: LimitedResource | null, value: number | null, percent: number | null, reason: string, createdAt: string, endsAt: string | null, removedAt: string | null }>, pageInfo: PageFieldsFragment } };

export type MembersQueryVariables = Exact<{
  organisationId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  role?: Array<OrganisationRole> | OrganisationRole | null | undefined;
  orderBy?: MemberSort | null | undefined;
}>;


export type MembersQuery = { organisation: { id: string, members: { totalCount: number, nodes: Array<{ role: OrganisationRole, user: { id: string, name: string | null, email: string | null } }>, pageInfo: PageFieldsFragment } } | null };

export type AllPlansQueryVariables = Exact<{ [key: string]: never; }>;


export type AllPlansQuery = { allPlans: Array<PlanFieldsFragment> };

export type PlanDetailsQueryVariables = Exact<{
  id: string | number;
}>;


export type PlanDetailsQuery = { plan: PlanFieldsFragment | null, planReapplications: { nodes: Array<{ id: string, done: number, total: number, startedAt: string, finishedAt: string | null }> } };

export type WaitingInvoicesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: WaitingInvoiceFilter | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type WaitingInvoicesQuery = { waitingInvoices: { totalCount: number, nodes: Array<{ since: string, missing: Array<string>, order: { id: string } | null, customer:
        | CustomerName_Organisation_Fragment
        | CustomerName_User_Fragment
       }>, pageInfo: PageFieldsFragment } };

export type EndpointsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EndpointsQuery = { webhookEndpoints: { totalCount: number, nodes: Array<EndpointFieldsFragment>, pageInfo: PageFieldsFragment } };

export type DeliveriesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  endpointId?: string | number | null | undefined;
  status?: DeliveryStatus | null | undefined;
  resent?: boolean | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type DeliveriesQuery = { webhookDeliveries: { totalCount: number, nodes: Array<DeliveryRowFragment>, pageInfo: PageFieldsFragment } };

export type ProviderEventsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  status?: ProviderEventStatus | null | undefined;
  subject?: string | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type ProviderEventsQuery = { providerEvents: { totalCount: number, nodes: Array<EventRowFragment>, pageInfo: PageFieldsFragment } };

export type ApiKeysQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  revoked?: boolean | null | undefined;
  scope?: ApiKeyScope | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type ApiKeysQuery = { apiKeys: { totalCount: number, nodes: Array<{ id: string, name: string, scopes: Array<ApiKeyScope>, createdAt: string, createdBy: string, lastUsedAt: string | null, revokedAt: string | null }>, pageInfo: PageFieldsFragment } };

export type TaxRatesQueryVariables = Exact<{ [key: string]: never; }>;


export type TaxRatesQuery = { taxRates: Array<{ country: string, region: string | null, customerType: CustomerType, name: string | null, percentage: string, basisPoints: number, exemption: string | null, validFrom: string }>, standardTaxRates: Array<{ country: string, percentage: string, asOf: string }> };

export type SettingsPageQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsPageQuery = { billingEnabled: boolean, now: string, seller: { name: string, company: string, email: string | null, accentColor: string, paymentProvider: string | null } | null, paymentMethods: Array<{ slug: string, name: string, iban: string | null, bic: string | null, instructions: string | null }>, legalNotes: Array<{ country: string | null, language: string | null, subject: LegalNoteSubject, text: string }> };

export type AuditLogQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  subject?: string | null | undefined;
  actor?: string | null | undefined;
  orderBy?: TimeSort | null | undefined;
}>;


export type AuditLogQuery = { auditEntries: { totalCount: number, nodes: Array<{ id: string, at: string, actor: string, action: string, subject: string, details: Record<string, unknown> }>, pageInfo: PageFieldsFragment } };

export type ApplyPlanMutationVariables = Exact<{
  input: ApplyPlanInput;
}>;


export type ApplyPlanMutation = { applyPlan: { order: { id: string, status: OrderStatus } } };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { cancelOrder: { order: { id: string, status: OrderStatus } } };

export type CancelPlanMutationVariables = Exact<{
  input: CancelPlanInput;
}>;


export type CancelPlanMutation = { cancelPlan: { success: boolean } };

export type RequestRefundMutationVariables = Exact<{
  input: RequestRefundInput;
}>;


export type RequestRefundMutation = { requestRefund: { refund: { id: string, status: RefundStatus } } };

export type ConfirmRefundMutationVariables = Exact<{
  input: ConfirmRefundInput;
}>;


export type ConfirmRefundMutation = { confirmRefund: { refund: { id: string, status: RefundStatus } } };

export type RecordPaymentMutationVariables = Exact<{
  input: RecordPaymentInput;
}>;


export type RecordPaymentMutation = { recordPayment: { payment: { id: string } } };

export type ReversePaymentMutationVariables = Exact<{
  input: ReversePaymentInput;
}>;


export type ReversePaymentMutation = { reversePayment: { payment: { id: string } } };

export type ConfirmReportedPaymentMutationVariables = Exact<{
  input: ConfirmReportedPaymentInput;
}>;


export type ConfirmReportedPaymentMutation = { confirmReportedPayment: { payment: { id: string } } };

export type RejectReportedPaymentMutationVariables = Exact<{
  input: RejectReportedPaymentInput;
}>;


export type RejectReportedPaymentMutation = { rejectReportedPayment: { reportedPayment: { id: string, status: ReportedPaymentStatus } } };

export type CreditInvoiceMutationVariables = Exact<{
  input: CreditInvoiceInput;
}>;


export type CreditInvoiceMutation = { creditInvoice: { creditNote: { id: string, number: string } } };

export type VoidInvoiceMutationVariables = Exact<{
  input: VoidInvoiceInput;
}>;


export type VoidInvoiceMutation = { voidInvoice: { invoice: { id: string, status: InvoiceStatus } } };

export type ExtendDueDateMutationVariables = Exact<{
  input: ExtendDueDateInput;
}>;


export type ExtendDueDateMutation = { extendDueDate: { invoice: { id: string, dueAt: string } } };

export type IssueInvoiceMutationVariables = Exact<{
  input: IssueInvoiceInput;
}>;


export type IssueInvoiceMutation = { issueInvoice: { invoice: { id: string } } };

export type GrantCreditMutationVariables = Exact<{
  input: GrantCreditInput;
}>;


export type GrantCreditMutation = { grantCredit: { grant: { id: string } } };

export type PayOutBalanceMutationVariables = Exact<{
  input: PayOutBalanceInput;
}>;


export type PayOutBalanceMutation = { payOutBalance: { refund: { id: string } } };

export type SuspendSubscriptionMutationVariables = Exact<{
  input: SuspendSubscriptionInput;
}>;


export type SuspendSubscriptionMutation = { suspendSubscription: { subscription: { id: string, suspendedReason: SuspensionReason | null } } };

export type UnsuspendSubscriptionMutationVariables = Exact<{
  input: UnsuspendSubscriptionInput;
}>;


export type UnsuspendSubscriptionMutation = { unsuspendSubscription: { subscription: { id: string, suspendedReason: SuspensionReason | null } } };

export type SetCollectionMutationVariables = Exact<{
  input: SetCollectionInput;
}>;


export type SetCollectionMutation = { setCollection: { subscription: { id: string, collection: CollectionMethod } } };

export type SetLimitOverrideMutationVariables = Exact<{
  input: SetLimitOverrideInput;
}>;


export type SetLimitOverrideMutation = { setLimitOverride: { override: { id: string } } };

export type RemoveLimitOverrideMutationVariables = Exact<{
  input: RemoveLimitOverrideInput;
}>;


export type RemoveLimitOverrideMutation = { removeLimitOverride: { override: { id: string } } };

export type CreatePortalSessionMutationVariables = Exact<{
  input: CreatePortalSessionInput;
}>;


export type CreatePortalSessionMutation = { createPortalSession: { url: string, expiresAt: string } };

export type EndPortalSessionsMutationVariables = Exact<{
  input: EndPortalSessionsInput;
}>;


export type EndPortalSessionsMutation = { endPortalSessions: { count: number } };

export type CreatePlanMutationVariables = Exact<{
  input: CreatePlanInput;
}>;


export type CreatePlanMutation = { createPlan: { plan: { id: string } } };

export type UpdatePlanMutationVariables = Exact<{
  input: UpdatePlanInput;
}>;


export type UpdatePlanMutation = { updatePlan: { plan: { id: string } } };

export type ArchivePlanMutationVariables = Exact<{
  input: ArchivePlanInput;
}>;


export type ArchivePlanMutation = { archivePlan: { plan: { id: string } } };

export type ReapplyPlanMutationVariables = Exact<{
  input: ReapplyPlanInput;
}>;


export type ReapplyPlanMutation = { reapplyPlan: { reapplication: { id: string, done: number, total: number } } };

export type MovePricesMutationVariables = Exact<{
  input: MovePricesInput;
}>;


export type MovePricesMutation = { movePrices: { subscriptions: number } };

export type ReplayProviderEventMutationVariables = Exact<{
  input: ReplayProviderEventInput;
}>;


export type ReplayProviderEventMutation = { replayProviderEvent: { event: { id: string, status: ProviderEventStatus } } };

export type ResendMailMutationVariables = Exact<{
  input: ResendMailInput;
}>;


export type ResendMailMutation = { resendMail: { mail: { id: string, status: MailStatus } } };

export type ReplayWebhookDeliveryMutationVariables = Exact<{
  input: ReplayWebhookDeliveryInput;
}>;


export type ReplayWebhookDeliveryMutation = { replayWebhookDelivery: { delivery: { id: string, status: DeliveryStatus } } };

export type CreateWebhookEndpointMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookEndpointMutation = { createWebhookEndpoint: { secret: string | null, endpoint: { id: string } } };

export type UpdateWebhookEndpointMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookEndpointMutation = { updateWebhookEndpoint: { endpoint: { id: string } } };

export type DeleteWebhookEndpointMutationVariables = Exact<{
  input: DeleteWebhookEndpointInput;
}>;


export type DeleteWebhookEndpointMutation = { deleteWebhookEndpoint: { endpoint: { id: string } } };

export type RotateWebhookEndpointSecretMutationVariables = Exact<{
  input: RotateWebhookEndpointSecretInput;
}>;


export type RotateWebhookEndpointSecretMutation = { rotateWebhookEndpointSecret: { secret: string } };

export type SendTestEventMutationVariables = Exact<{
  input: SendTestEventInput;
}>;


export type SendTestEventMutation = { sendTestEvent: { delivery: { id: string } } };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { key: string | null, apiKey: { id: string } } };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { revokeApiKey: { apiKey: { id: string } } };

export type SetTaxRateMutationVariables = Exact<{
  input: SetTaxRateInput;
}>;


export type SetTaxRateMutation = { setTaxRate: { taxRate: { country: string } } };

export type RemoveTaxRateMutationVariables = Exact<{
  input: RemoveTaxRateInput;
}>;


export type RemoveTaxRateMutation = { removeTaxRate: { removed: boolean } };

export type SetBillingEnabledMutationVariables = Exact<{
  input: SetBillingEnabledInput;
}>;


export type SetBillingEnabledMutation = { setBillingEnabled: { enabled: boolean } };

export type SetPaymentMethodsMutationVariables = Exact<{
  input: SetPaymentMethodsInput;
}>;


export type SetPaymentMethodsMutation = { setPaymentMethods: { methods: Array<{ slug: string }> } };

export type SetLegalNotesMutationVariables = Exact<{
  input: SetLegalNotesInput;
}>;


export type SetLegalNotesMutation = { setLegalNotes: { notes: Array<{ text: string }> } };

export const AdminStart = /* @__PURE__ */ defineOperation<AdminStartQuery, AdminStartQueryVariables>("query AdminStart { me { id name email } billingEnabled seller { company } pendingOrders: allOrders(first: 1, filter: {status: PENDING}) { totalCount } reportedPayments: allReportedPayments(first: 1, filter: {status: REPORTED}) { totalCount } parkedEvents: providerEvents(first: 1, status: PARKED) { totalCount } failedEvents: providerEvents(first: 1, status: FAILED) { totalCount } failedDeliveries: webhookDeliveries(first: 1, status: FAILED, resent: false) { totalCount } waitingInvoices(first: 1) { totalCount } requestedRefunds: allRefunds(first: 1, filter: {status: REQUESTED}) { totalCount } }")

export const Overview = /* @__PURE__ */ defineOperation<OverviewQuery, OverviewQueryVariables>("query Overview { revenueReport { month currency revenue { ...Amount } received { ...Amount } mrrEnd { ...Amount } newMrr { ...Amount } expansion { ...Amount } contraction { ...Amount } churn { ...Amount } mrrStart { ...Amount } activeCustomers } receivables { currency open { ...Amount } openCount overdue { ...Amount } overdueCount ages { overdueDays count amount { ...Amount } } } allPlans { id name archivedAt subscriberCount } } fragment Amount on Money { decimal currency minorUnits }")

export const AllOrders = /* @__PURE__ */ defineOperation<AllOrdersQuery, AllOrdersQueryVariables>("query AllOrders($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter, $orderBy: TimeSort, $locale: String) { allOrders( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...OrderRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment OrderRow on Order { id date status reason description(locale: $locale) amount { ...Amount } planId plan { id name } expiresAt buyer { userId } organisation { id } customer { ...CustomerName } }")

export const OrderDetails = /* @__PURE__ */ defineOperation<OrderDetailsQuery, OrderDetailsQueryVariables>("query OrderDetails($id: ID!, $locale: String) { order(id: $id) { ...OrderRow notes purchaseOrder activatedAt cancelledAt net { ...Amount } items { description(locale: $locale) quantity unitPrice { ...Amount } amount { ...Amount } } invoice { ...InvoiceRow } refunds { ...RefundRow } reportedPayments { ...ReportRow } invoicePdfUrl } } fragment Amount on Money { decimal currency minorUnits } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment OrderRow on Order { id date status reason description(locale: $locale) amount { ...Amount } planId plan { id name } expiresAt buyer { userId } organisation { id } customer { ...CustomerName } } fragment InvoiceRow on Invoice { id number kind status createdAt dueAt isOverdue amount { ...Amount } amountDue { ...Amount } pdfUrl customer { ...CustomerName } } fragment RefundRow on Refund { id createdAt status type reason amount { ...Amount } parts { id amount { ...Amount } destination status reference } order { id description(locale: $locale) } customer { ...CustomerName } } fragment ReportRow on ReportedPayment { id status amount { ...Amount } reference methodName note paidAt reportedAt rejectionReason invoice { id number } order { id description(locale: $locale) } customer { ...CustomerName } }")

export const RefundPreview = /* @__PURE__ */ defineOperation<RefundPreviewQuery, RefundPreviewQueryVariables>("query RefundPreview($orderId: ID!) { refundEligibility(orderId: $orderId) { type reason daysSincePurchase refundable { ...Amount } } } fragment Amount on Money { decimal currency minorUnits }")

export const AllInvoices = /* @__PURE__ */ defineOperation<AllInvoicesQuery, AllInvoicesQueryVariables>("query AllInvoices($first: Int, $after: String, $last: Int, $before: String, $filter: InvoiceFilter, $orderBy: TimeSort) { allInvoices( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...InvoiceRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment InvoiceRow on Invoice { id number kind status createdAt dueAt isOverdue amount { ...Amount } amountDue { ...Amount } pdfUrl customer { ...CustomerName } }")

export const InvoiceDetails = /* @__PURE__ */ defineOperation<InvoiceDetailsQuery, InvoiceDetailsQueryVariables>("query InvoiceDetails($id: ID!, $locale: String) { invoice(id: $id) { ...InvoiceRow paidAt subtotal { ...Amount } tax { ...Amount } amountPaid { ...Amount } lines { description quantity unitPrice amount { ...Amount } } taxes { name percentage net { ...Amount } tax { ...Amount } } xmlUrl missingForXml payments { ...PaymentRow } creditNotes { id number createdAt reason amount { ...Amount } pdfUrl } reportedPayments { ...ReportRow } order { id status } } } fragment Amount on Money { decimal currency minorUnits } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment InvoiceRow on Invoice { id number kind status createdAt dueAt isOverdue amount { ...Amount } amountDue { ...Amount } pdfUrl customer { ...CustomerName } } fragment PaymentRow on Payment { id kind amount { ...Amount } receivedAt reference reversedAt reversalReason recordedBy receiptUrl customer { ...CustomerName } } fragment ReportRow on ReportedPayment { id status amount { ...Amount } reference methodName note paidAt reportedAt rejectionReason invoice { id number } order { id description(locale: $locale) } customer { ...CustomerName } }")

export const AllSubscriptions = /* @__PURE__ */ defineOperation<AllSubscriptionsQuery, AllSubscriptionsQueryVariables>("query AllSubscriptions($first: Int, $after: String, $last: Int, $before: String, $filter: SubscriptionFilter, $orderBy: TimeSort) { allSubscriptions( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...SubscriptionRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment SubscriptionRow on PlanSubscription { id status suspendedReason collection provider interval price { ...Amount } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } customer { ...CustomerName } }")

export const AllRefunds = /* @__PURE__ */ defineOperation<AllRefundsQuery, AllRefundsQueryVariables>("query AllRefunds($first: Int, $after: String, $last: Int, $before: String, $filter: RefundFilter, $orderBy: TimeSort, $locale: String) { allRefunds( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...RefundRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment RefundRow on Refund { id createdAt status type reason amount { ...Amount } parts { id amount { ...Amount } destination status reference } order { id description(locale: $locale) } customer { ...CustomerName } }")

export const Mails = /* @__PURE__ */ defineOperation<MailsQuery, MailsQueryVariables>("query Mails($first: Int, $after: String, $last: Int, $before: String, $filter: MailFilter, $orderBy: TimeSort) { mails( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...MailRow } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment MailRow on Mail { id kind status recipient error createdAt customer { ...CustomerName } }")

export const AllPayments = /* @__PURE__ */ defineOperation<AllPaymentsQuery, AllPaymentsQueryVariables>("query AllPayments($first: Int, $after: String, $last: Int, $before: String, $filter: PaymentFilter, $orderBy: TimeSort) { allPayments( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...PaymentRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment PaymentRow on Payment { id kind amount { ...Amount } receivedAt reference reversedAt reversalReason recordedBy receiptUrl customer { ...CustomerName } }")

export const AllReportedPayments = /* @__PURE__ */ defineOperation<AllReportedPaymentsQuery, AllReportedPaymentsQueryVariables>("query AllReportedPayments($first: Int, $after: String, $last: Int, $before: String, $filter: ReportedPaymentFilter, $orderBy: TimeSort, $locale: String) { allReportedPayments( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { ...ReportRow } pageInfo { ...PageFields } totalCount } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment ReportRow on ReportedPayment { id status amount { ...Amount } reference methodName note paidAt reportedAt rejectionReason invoice { id number } order { id description(locale: $locale) } customer { ...CustomerName } }")

export const Users = /* @__PURE__ */ defineOperation<UsersQuery, UsersQueryVariables>("query Users($first: Int, $after: String, $last: Int, $before: String, $search: String, $orderBy: CustomerSort) { users( first: $first after: $after last: $last before: $before search: $search orderBy: $orderBy ) { nodes { id name email currentPlan { id name } subscription { id status currentPeriodEnd } } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const Organisations = /* @__PURE__ */ defineOperation<OrganisationsQuery, OrganisationsQueryVariables>("query Organisations($first: Int, $after: String, $last: Int, $before: String, $search: String, $orderBy: CustomerSort) { organisations( first: $first after: $after last: $last before: $before search: $search orderBy: $orderBy ) { nodes { id name currentPlan { id name } subscription { id status currentPeriodEnd } } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const CustomerDetails = /* @__PURE__ */ defineOperation<CustomerDetailsQuery, CustomerDetailsQueryVariables>("query CustomerDetails($id: ID!) { node(id: $id) { __typename id ... on User { name email emailBouncedAt currentPlan { id name } subscription { ...SubscriptionRow } billingDetails { ...BillingFields } balances { ...BalanceFields } organisations { role organisation { id name } } } ... on Organisation { organisationName: name currentPlan { id name } subscription { ...SubscriptionRow } billingDetails { ...BillingFields } balances { ...BalanceFields } managers: members(first: 1, role: [OWNER, ADMIN]) { nodes { user { id } } } } } allPlans { id name archivedAt price { ...Amount } } } fragment Amount on Money { decimal currency minorUnits } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } } fragment SubscriptionRow on PlanSubscription { id status suspendedReason collection provider interval price { ...Amount } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } customer { ...CustomerName } } fragment BillingFields on BillingDetails { name address city zip state country taxId registrationId reference purchaseOrder electronicAddress invoiceFormat vatIdCheck { status checkedAt } } fragment BalanceFields on Balance { currency amount { ...Amount } available { ...Amount } held { ...Amount } granted { ...Amount } }")

export const BalanceEntries = /* @__PURE__ */ defineOperation<BalanceEntriesQuery, BalanceEntriesQueryVariables>("query BalanceEntries($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $from: DateTime, $to: DateTime, $orderBy: TimeSort) { node(id: $id) { __typename id ... on User { balances { ...BalanceHistory } } ... on Organisation { balances { ...BalanceHistory } } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment BalanceHistory on Balance { currency entries( first: $first after: $after last: $last before: $before from: $from to: $to orderBy: $orderBy ) { nodes { id at description expiresAt amount { ...Amount } } pageInfo { ...PageFields } totalCount } }")

export const CustomerUsage = /* @__PURE__ */ defineOperation<CustomerUsageQuery, CustomerUsageQueryVariables>("query CustomerUsage($userId: ID, $organisationId: ID) { usage(userId: $userId, organisationId: $organisationId) { resource used limit overLimit } }")

export const LimitOverrides = /* @__PURE__ */ defineOperation<LimitOverridesQuery, LimitOverridesQueryVariables>("query LimitOverrides($userId: ID, $organisationId: ID, $first: Int, $after: String, $last: Int, $before: String, $inForce: Boolean, $resource: LimitedResource, $orderBy: TimeSort) { limitOverrides( userId: $userId organisationId: $organisationId first: $first after: $after last: $last before: $before inForce: $inForce resource: $resource orderBy: $orderBy ) { nodes { id resource value percent reason createdAt endsAt removedAt } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const Members = /* @__PURE__ */ defineOperation<MembersQuery, MembersQueryVariables>("query Members($organisationId: ID!, $first: Int, $after: String, $last: Int, $before: String, $role: [OrganisationRole!], $orderBy: MemberSort) { organisation(id: $organisationId) { id members( first: $first after: $after last: $last before: $before role: $role orderBy: $orderBy ) { nodes { role user { id name email } } pageInfo { ...PageFields } totalCount } } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const AllPlans = /* @__PURE__ */ defineOperation<AllPlansQuery, AllPlansQueryVariables>("query AllPlans { allPlans { ...PlanFields } } fragment Amount on Money { decimal currency minorUnits } fragment PlanFields on Plan { id slug name description type interval currency price { ...Amount } rank isDefault hiddenFromBilling archivedAt subscriberCount serverLimit nodeLimit memory disk cpu databases backups portCount tunnelPortCount emailsPerDay features }")

export const PlanDetails = /* @__PURE__ */ defineOperation<PlanDetailsQuery, PlanDetailsQueryVariables>("query PlanDetails($id: ID!) { plan(id: $id) { ...PlanFields } planReapplications(planId: $id, first: 1) { nodes { id done total startedAt finishedAt } } } fragment Amount on Money { decimal currency minorUnits } fragment PlanFields on Plan { id slug name description type interval currency price { ...Amount } rank isDefault hiddenFromBilling archivedAt subscriberCount serverLimit nodeLimit memory disk cpu databases backups portCount tunnelPortCount emailsPerDay features }")

export const WaitingInvoices = /* @__PURE__ */ defineOperation<WaitingInvoicesQuery, WaitingInvoicesQueryVariables>("query WaitingInvoices($first: Int, $after: String, $last: Int, $before: String, $filter: WaitingInvoiceFilter, $orderBy: TimeSort) { waitingInvoices( first: $first after: $after last: $last before: $before filter: $filter orderBy: $orderBy ) { nodes { since missing order { id } customer { ...CustomerName } } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment CustomerName on Customer { __typename ... on User { id name email } ... on Organisation { id organisationName: name } }")

export const Endpoints = /* @__PURE__ */ defineOperation<EndpointsQuery, EndpointsQueryVariables>("query Endpoints($first: Int, $after: String, $last: Int, $before: String) { webhookEndpoints(first: $first, after: $after, last: $last, before: $before) { nodes { ...EndpointFields } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment EndpointFields on WebhookEndpoint { id url description format isEnabled types createdAt }")

export const Deliveries = /* @__PURE__ */ defineOperation<DeliveriesQuery, DeliveriesQueryVariables>("query Deliveries($first: Int, $after: String, $last: Int, $before: String, $endpointId: ID, $status: DeliveryStatus, $resent: Boolean, $orderBy: TimeSort) { webhookDeliveries( first: $first after: $after last: $last before: $before endpointId: $endpointId status: $status resent: $resent orderBy: $orderBy ) { nodes { ...DeliveryRow } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment DeliveryRow on WebhookDelivery { id status attempts createdAt attemptedAt nextAttemptAt responseStatus response endpointId event { eventId type subject payload } }")

export const ProviderEvents = /* @__PURE__ */ defineOperation<ProviderEventsQuery, ProviderEventsQueryVariables>("query ProviderEvents($first: Int, $after: String, $last: Int, $before: String, $status: ProviderEventStatus, $subject: String, $orderBy: TimeSort) { providerEvents( first: $first after: $after last: $last before: $before status: $status subject: $subject orderBy: $orderBy ) { nodes { ...EventRow } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment EventRow on ProviderEvent { id source name subject status attempts lastError receivedAt processedAt body }")

export const ApiKeys = /* @__PURE__ */ defineOperation<ApiKeysQuery, ApiKeysQueryVariables>("query ApiKeys($first: Int, $after: String, $last: Int, $before: String, $revoked: Boolean, $scope: ApiKeyScope, $orderBy: TimeSort) { apiKeys( first: $first after: $after last: $last before: $before revoked: $revoked scope: $scope orderBy: $orderBy ) { nodes { id name scopes createdAt createdBy lastUsedAt revokedAt } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const TaxRates = /* @__PURE__ */ defineOperation<TaxRatesQuery, TaxRatesQueryVariables>("query TaxRates { taxRates { country region customerType name percentage basisPoints exemption validFrom } standardTaxRates { country percentage asOf } }")

export const SettingsPage = /* @__PURE__ */ defineOperation<SettingsPageQuery, SettingsPageQueryVariables>("query SettingsPage { billingEnabled now seller { name company email accentColor paymentProvider } paymentMethods { slug name iban bic instructions } legalNotes { country language subject text } }")

export const AuditLog = /* @__PURE__ */ defineOperation<AuditLogQuery, AuditLogQueryVariables>("query AuditLog($first: Int, $after: String, $last: Int, $before: String, $subject: String, $actor: String, $orderBy: TimeSort) { auditEntries( first: $first after: $after last: $last before: $before subject: $subject actor: $actor orderBy: $orderBy ) { nodes { id at actor action subject details } pageInfo { ...PageFields } totalCount } } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }")

export const ApplyPlan = /* @__PURE__ */ defineOperation<ApplyPlanMutation, ApplyPlanMutationVariables>("mutation ApplyPlan($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id status } } }")

export const CancelOrder = /* @__PURE__ */ defineOperation<CancelOrderMutation, CancelOrderMutationVariables>("mutation CancelOrder($input: CancelOrderInput!) { cancelOrder(input: $input) { order { id status } } }")

export const CancelPlan = /* @__PURE__ */ defineOperation<CancelPlanMutation, CancelPlanMutationVariables>("mutation CancelPlan($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }")

export const RequestRefund = /* @__PURE__ */ defineOperation<RequestRefundMutation, RequestRefundMutationVariables>("mutation RequestRefund($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id status } } }")

export const ConfirmRefund = /* @__PURE__ */ defineOperation<ConfirmRefundMutation, ConfirmRefundMutationVariables>("mutation ConfirmRefund($input: ConfirmRefundInput!) { confirmRefund(input: $input) { refund { id status } } }")

export const RecordPayment = /* @__PURE__ */ defineOperation<RecordPaymentMutation, RecordPaymentMutationVariables>("mutation RecordPayment($input: RecordPaymentInput!) { recordPayment(input: $input) { payment { id } } }")

export const ReversePayment = /* @__PURE__ */ defineOperation<ReversePaymentMutation, ReversePaymentMutationVariables>("mutation ReversePayment($input: ReversePaymentInput!) { reversePayment(input: $input) { payment { id } } }")

export const ConfirmReportedPayment = /* @__PURE__ */ defineOperation<ConfirmReportedPaymentMutation, ConfirmReportedPaymentMutationVariables>("mutation ConfirmReportedPayment($input: ConfirmReportedPaymentInput!) { confirmReportedPayment(input: $input) { payment { id } } }")

export const RejectReportedPayment = /* @__PURE__ */ defineOperation<RejectReportedPaymentMutation, RejectReportedPaymentMutationVariables>("mutation RejectReportedPayment($input: RejectReportedPaymentInput!) { rejectReportedPayment(input: $input) { reportedPayment { id status } } }")

export const CreditInvoice = /* @__PURE__ */ defineOperation<CreditInvoiceMutation, CreditInvoiceMutationVariables>("mutation CreditInvoice($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id number } } }")

export const VoidInvoice = /* @__PURE__ */ defineOperation<VoidInvoiceMutation, VoidInvoiceMutationVariables>("mutation VoidInvoice($input: VoidInvoiceInput!) { voidInvoice(input: $input) { invoice { id status } } }")

export const ExtendDueDate = /* @__PURE__ */ defineOperation<ExtendDueDateMutation, ExtendDueDateMutationVariables>("mutation ExtendDueDate($input: ExtendDueDateInput!) { extendDueDate(input: $input) { invoice { id dueAt } } }")

export const IssueInvoice = /* @__PURE__ */ defineOperation<IssueInvoiceMutation, IssueInvoiceMutationVariables>("mutation IssueInvoice($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id } } }")

export const GrantCredit = /* @__PURE__ */ defineOperation<GrantCreditMutation, GrantCreditMutationVariables>("mutation GrantCredit($input: GrantCreditInput!) { grantCredit(input: $input) { grant { id } } }")

export const PayOutBalance = /* @__PURE__ */ defineOperation<PayOutBalanceMutation, PayOutBalanceMutationVariables>("mutation PayOutBalance($input: PayOutBalanceInput!) { payOutBalance(input: $input) { refund { id } } }")

export const SuspendSubscription = /* @__PURE__ */ defineOperation<SuspendSubscriptionMutation, SuspendSubscriptionMutationVariables>("mutation SuspendSubscription($input: SuspendSubscriptionInput!) { suspendSubscription(input: $input) { subscription { id suspendedReason } } }")

export const UnsuspendSubscription = /* @__PURE__ */ defineOperation<UnsuspendSubscriptionMutation, UnsuspendSubscriptionMutationVariables>("mutation UnsuspendSubscription($input: UnsuspendSubscriptionInput!) { unsuspendSubscription(input: $input) { subscription { id suspendedReason } } }")

export const SetCollection = /* @__PURE__ */ defineOperation<SetCollectionMutation, SetCollectionMutationVariables>("mutation SetCollection($input: SetCollectionInput!) { setCollection(input: $input) { subscription { id collection } } }")

export const SetLimitOverride = /* @__PURE__ */ defineOperation<SetLimitOverrideMutation, SetLimitOverrideMutationVariables>("mutation SetLimitOverride($input: SetLimitOverrideInput!) { setLimitOverride(input: $input) { override { id } } }")

export const RemoveLimitOverride = /* @__PURE__ */ defineOperation<RemoveLimitOverrideMutation, RemoveLimitOverrideMutationVariables>("mutation RemoveLimitOverride($input: RemoveLimitOverrideInput!) { removeLimitOverride(input: $input) { override { id } } }")

export const CreatePortalSession = /* @__PURE__ */ defineOperation<CreatePortalSessionMutation, CreatePortalSessionMutationVariables>("mutation CreatePortalSession($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url expiresAt } }")

export const EndPortalSessions = /* @__PURE__ */ defineOperation<EndPortalSessionsMutation, EndPortalSessionsMutationVariables>("mutation EndPortalSessions($input: EndPortalSessionsInput!) { endPortalSessions(input: $input) { count } }")

export const CreatePlan = /* @__PURE__ */ defineOperation<CreatePlanMutation, CreatePlanMutationVariables>("mutation CreatePlan($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }")

export const UpdatePlan = /* @__PURE__ */ defineOperation<UpdatePlanMutation, UpdatePlanMutationVariables>("mutation UpdatePlan($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }")

export const ArchivePlan = /* @__PURE__ */ defineOperation<ArchivePlanMutation, ArchivePlanMutationVariables>("mutation ArchivePlan($input: ArchivePlanInput!) { archivePlan(input: $input) { plan { id } } }")

export const ReapplyPlan = /* @__PURE__ */ defineOperation<ReapplyPlanMutation, ReapplyPlanMutationVariables>("mutation ReapplyPlan($input: ReapplyPlanInput!) { reapplyPlan(input: $input) { reapplication { id done total } } }")

export const MovePrices = /* @__PURE__ */ defineOperation<MovePricesMutation, MovePricesMutationVariables>("mutation MovePrices($input: MovePricesInput!) { movePrices(input: $input) { subscriptions } }")

export const ReplayProviderEvent = /* @__PURE__ */ defineOperation<ReplayProviderEventMutation, ReplayProviderEventMutationVariables>("mutation ReplayProviderEvent($input: ReplayProviderEventInput!) { replayProviderEvent(input: $input) { event { id status } } }")

export const ResendMail = /* @__PURE__ */ defineOperation<ResendMailMutation, ResendMailMutationVariables>("mutation ResendMail($input: ResendMailInput!) { resendMail(input: $input) { mail { id status } } }")

export const ReplayWebhookDelivery = /* @__PURE__ */ defineOperation<ReplayWebhookDeliveryMutation, ReplayWebhookDeliveryMutationVariables>("mutation ReplayWebhookDelivery($input: ReplayWebhookDeliveryInput!) { replayWebhookDelivery(input: $input) { delivery { id status } } }")

export const CreateWebhookEndpoint = /* @__PURE__ */ defineOperation<CreateWebhookEndpointMutation, CreateWebhookEndpointMutationVariables>("mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { id } secret } }")

export const UpdateWebhookEndpoint = /* @__PURE__ */ defineOperation<UpdateWebhookEndpointMutation, UpdateWebhookEndpointMutationVariables>("mutation UpdateWebhookEndpoint($input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $input) { endpoint { id } } }")

export const DeleteWebhookEndpoint = /* @__PURE__ */ defineOperation<DeleteWebhookEndpointMutation, DeleteWebhookEndpointMutationVariables>("mutation DeleteWebhookEndpoint($input: DeleteWebhookEndpointInput!) { deleteWebhookEndpoint(input: $input) { endpoint { id } } }")

export const RotateWebhookEndpointSecret = /* @__PURE__ */ defineOperation<RotateWebhookEndpointSecretMutation, RotateWebhookEndpointSecretMutationVariables>("mutation RotateWebhookEndpointSecret($input: RotateWebhookEndpointSecretInput!) { rotateWebhookEndpointSecret(input: $input) { secret } }")

export const SendTestEvent = /* @__PURE__ */ defineOperation<SendTestEventMutation, SendTestEventMutationVariables>("mutation SendTestEvent($input: SendTestEventInput!) { sendTestEvent(input: $input) { delivery { id } } }")

export const CreateApiKey = /* @__PURE__ */ defineOperation<CreateApiKeyMutation, CreateApiKeyMutationVariables>("mutation CreateApiKey($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } key } }")

export const RevokeApiKey = /* @__PURE__ */ defineOperation<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>("mutation RevokeApiKey($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { id } } }")

export const SetTaxRate = /* @__PURE__ */ defineOperation<SetTaxRateMutation, SetTaxRateMutationVariables>("mutation SetTaxRate($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }")

export const RemoveTaxRate = /* @__PURE__ */ defineOperation<RemoveTaxRateMutation, RemoveTaxRateMutationVariables>("mutation RemoveTaxRate($input: RemoveTaxRateInput!) { removeTaxRate(input: $input) { removed } }")

export const SetBillingEnabled = /* @__PURE__ */ defineOperation<SetBillingEnabledMutation, SetBillingEnabledMutationVariables>("mutation SetBillingEnabled($input: SetBillingEnabledInput!) { setBillingEnabled(input: $input) { enabled } }")

export const SetPaymentMethods = /* @__PURE__ */ defineOperation<SetPaymentMethodsMutation, SetPaymentMethodsMutationVariables>("mutation SetPaymentMethods($input: SetPaymentMethodsInput!) { setPaymentMethods(input: $input) { methods { slug } } }")

export const SetLegalNotes = /* @__PURE__ */ defineOperation<SetLegalNotesMutation, SetLegalNotesMutationVariables>("mutation SetLegalNotes($input: SetLegalNotesInput!) { setLegalNotes(input: $input) { notes { text } } }")

// Generated from schema.graphql by npm run docs.

import { createDocument, type Fragment, type TypedDocument } from '../document.js'

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

/** The customer with the subscription to cancel. */
export type CancelSubscriptionInput = {
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** The reason of an extraordinary cancellation, which ends the plan immediately and credits its unused share. At most 1,000 characters. */
  reason?: string | null | undefined;
  /** The subscription that you expect to cancel. SUBSCRIPTION_NOT_FOUND if the customer has another one meanwhile. */
  subscriptionId?: string | number | null | undefined;
};

/** The plan to change to. */
export type ChangePlanInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Note in the order of a change without a payment provider. Only administrators can read it. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Id of a plan with the same currency. */
  planId: string | number;
  /** When the change takes effect; by default NOW for an upgrade and PERIOD_END for a downgrade. */
  when?: ChangeTime | null | undefined;
};

/** When a plan change takes effect. */
export type ChangeTime =
  /** Immediately: the unused part of the period is credited, and the rest is charged at the new price. */
  | 'NOW'
  /** When the current period ends; nothing is charged until then. */
  | 'PERIOD_END';

/** A server to claim or to resize. Omitted values are 0. */
export type ClaimServerInput = {
  /** Number of backups. */
  backups?: number | null | undefined;
  /** CPU in percent of a core; 100 is one core. */
  cpu: number;
  /** Number of databases. */
  databases?: number | null | undefined;
  /** Disk in MB. */
  disk: number;
  /** Your id of the server: one line of at most 255 characters. Claiming the same id again updates that server. */
  externalId: string;
  /** Memory in MB. */
  memory: number;
  /** Counts against the organisation's limits. The user must be one of its members. */
  organisationId?: string | number | null | undefined;
  /** Number of network ports. */
  ports?: number | null | undefined;
  /** The owner of the server, or the member who runs it for the organisation. */
  userId: string | number;
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

/** The plan to change to, and the pages to return to. */
export type CreateChangePageInput = {
  /** Return URL when the customer cancels, or when the change is not possible; its origin is limited as for `successUrl`. At most 2,000 characters. */
  cancelUrl: string;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Slug of the plan, such as "pro", or its id. */
  plan: string;
  /** Return URL after the change; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS. At most 2,000 characters. */
  successUrl: string;
};

/** The plan to buy, and the pages to return to. */
export type CreateCheckoutInput = {
  /** Return URL when the customer cancels. Used by the sandbox; Lemon Squeezy ignores it. */
  cancelUrl: string;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Slug of the plan, such as "pro", or its id. */
  plan: string;
  /** Return URL after the payment; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS. */
  successUrl: string;
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

/** The plan to order, and the customer to order it for. Set exactly one of `plan` and `planId`. */
export type PlaceOrderInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Note that only administrators can read. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Slug of a plan from `plans` that has a fixed price, such as "pro", or its id. */
  plan?: string | null | undefined;
  /** Id of a plan from `plans` that has a fixed price. */
  planId?: string | number | null | undefined;
  /** Number of your purchase order, printed on the invoice of this order; at most 100 characters. Defaults to that of the billing details, which invoices of later periods show. */
  purchaseOrder?: string | null | undefined;
  /** Places the order although the customer has a paid subscription. When it is approved, it replaces the plan, and the unused share of what was paid goes to the balance. */
  replace?: boolean | null | undefined;
};

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

/** Usage to record. */
export type RecordUsageInput = {
  /** Amount, at least 1. */
  amount: number;
  /** Key of the usage, at most 255 characters. `releaseUsage` takes the same key. Retries are safe: each key is counted once. For a resource that counts until it is released, another amount under the same key replaces the previous one. For a resource that is counted per day, another amount is a conflict, and a key is stored for at least one day. */
  key: string;
  /** Counts against the organisation's limits. The user must be one of its members. */
  organisationId?: string | number | null | undefined;
  /** The resource: NODES, TUNNEL_PORTS or EMAILS_PER_DAY. */
  resource: LimitedResource;
  /** Id of the user. */
  userId: string | number;
};

/** Where the money of a refund goes. */
export type RefundDestination =
  /** To the balance of the customer. */
  | 'BALANCE'
  /** Back to the payment method. What was paid from the balance returns to the balance. */
  | 'ORIGINAL';

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

/** The server to release. */
export type ReleaseServerInput = {
  /** Id of the server in the panel. */
  externalId: string;
};

/** Usage to release. */
export type ReleaseUsageInput = {
  /** The key under which the usage was recorded. */
  key: string;
  /** The organisation for which the usage was recorded. */
  organisationId?: string | number | null | undefined;
  /** The resource: NODES, TUNNEL_PORTS or EMAILS_PER_DAY. */
  resource: LimitedResource;
  /** The user for whom the usage was recorded. */
  userId: string | number;
};

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

/** The customer with the subscription to resume. */
export type ResumeSubscriptionInput = {
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
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

/** New billing details of yourself or of an organisation. Invoices that are already issued do not change. */
export type SetBillingDetailsInput = {
  /** Street and number; may have several lines, at most 500 characters. */
  address?: string | null | undefined;
  /** City, at most 100 characters. */
  city?: string | null | undefined;
  /** Country. */
  country?: string | null | undefined;
  /** Address in networks for electronic invoices: a code of the EAS list, a colon and the address of at most 100 characters, such as "0204:04011000-1234512345-06", "9930:DE123456788" or "EM:billing@example.com". */
  electronicAddress?: string | null | undefined;
  /** Profile of the electronic invoices that the customer wants to receive. Defaults to INVOICE_FORMAT of the server. */
  invoiceFormat?: InvoiceFormat | null | undefined;
  /** BCP 47 tag that sets the language, dates and amounts of invoices: "de-AT", "fr". Translations: English, German, French and Spanish. */
  locale?: string | null | undefined;
  /** Name of the person or company, at most 200 characters. */
  name: string;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Number of the purchase order to which invoices refer, at most 100 characters. That of an order replaces it. */
  purchaseOrder?: string | null | undefined;
  /** What the customer wants to find on its invoices, such as a cost centre, at most 100 characters. The check digits of a Leitweg-ID of a German authority must be valid. */
  reference?: string | null | undefined;
  /** Number in the register of companies, at most 50 characters. Of customers in France the SIREN or SIRET, whose check digits must be valid. */
  registrationId?: string | null | undefined;
  /** State or province, at most 100 characters. */
  state?: string | null | undefined;
  /** Tax or VAT number, at most 50 characters. The check digits of an EU VAT id must be correct; a VAT id of another member state means reverse charge. */
  taxId?: string | null | undefined;
  /** Postal code, at most 20 characters. */
  zip?: string | null | undefined;
};

/** The membership of a user in an organisation. */
export type SetMembershipInput = {
  /** The organisation. */
  organisationId: string | number;
  /** Role of the user in the organisation; null ends the membership. */
  role?: OrganisationRole | null | undefined;
  /** The user. */
  userId: string | number;
};

/** Memberships of users in organisations, at most 1,000. */
export type SetMembershipsInput = {
  /** The memberships, without duplicates. */
  memberships: Array<SetMembershipInput>;
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

/** The subscription to unsuspend. */
export type UnsuspendSubscriptionInput = {
  /** Note for the audit log. At most 500 characters. */
  notes?: string | null | undefined;
  /** Id of the subscription. */
  subscriptionId: string | number;
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

/** An organisation of the panel. */
export type UpsertOrganisationInput = {
  /** Id in the panel, without a prefix. */
  id: string | number;
  /** Display name, at most 200 characters. */
  name: string;
};

/** Organisations of the panel, at most 1,000. */
export type UpsertOrganisationsInput = {
  /** The organisations, without duplicates. */
  organisations: Array<UpsertOrganisationInput>;
};

/** A user of the panel. */
export type UpsertUserInput = {
  /** E-mail address; unchanged if omitted. */
  email?: string | null | undefined;
  /** Id in the panel, without a prefix. */
  id: string | number;
  /** Display name, at most 200 characters; unchanged if omitted. */
  name?: string | null | undefined;
};

/** Users of the panel, at most 1,000. */
export type UpsertUsersInput = {
  /** The users, without duplicates. */
  users: Array<UpsertUserInput>;
};

/** Format in which an endpoint receives events. */
export type WebhookFormat =
  /** The format of Escluse: `{event, data}` with the events `subscription_created`, `subscription_updated`, `subscription_canceled` and `refund_processed`. `X-Signature` is the hex HMAC-SHA256 of the body with the secret. */
  | 'ESCLUSE'
  /** Standard Webhooks: `{type, timestamp, data}`, signed in `webhook-signature`. */
  | 'STANDARD';

export type EntitlementFieldsFragment = { features: Record<string, unknown>, hasAccess: boolean, customer:
    | { __typename: 'Organisation', id: string }
    | { __typename: 'User', id: string }
  , plan: { id: string, slug: string, name: string } | null, limits: LimitsFieldsFragment };

export type EntitlementsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type EntitlementsQuery = { entitlements: { nodes: Array<EntitlementFieldsFragment>, pageInfo: PageFieldsFragment } };

export type LimitsChangedSubscriptionVariables = Exact<{
  userId?: string | number | null | undefined;
  organisationId?: string | number | null | undefined;
}>;


export type LimitsChangedSubscription = { limitsChanged: EntitlementFieldsFragment };

export type ApplyPlanMutationVariables = Exact<{
  input: ApplyPlanInput;
}>;


export type ApplyPlanMutation = { applyPlan: { order: OrderFieldsFragment } };

export type CancelPlanMutationVariables = Exact<{
  input: CancelPlanInput;
}>;


export type CancelPlanMutation = { cancelPlan: { cancelledOrders: Array<OrderFieldsFragment> } };

export type UpsertUsersMutationVariables = Exact<{
  input: UpsertUsersInput;
}>;


export type UpsertUsersMutation = { upsertUsers: { users: Array<{ id: string, name: string | null, portalTier: PlanType, limits: LimitsFieldsFragment }> } };

export type UpsertOrganisationsMutationVariables = Exact<{
  input: UpsertOrganisationsInput;
}>;


export type UpsertOrganisationsMutation = { upsertOrganisations: { organisations: Array<{ id: string, name: string, portalTier: PlanType, limits: LimitsFieldsFragment }> } };

export type SetMembershipsMutationVariables = Exact<{
  input: SetMembershipsInput;
}>;


export type SetMembershipsMutation = { setMemberships: { memberships: Array<{ role: OrganisationRole, user: { id: string }, organisation: { id: string } }> } };

export type ClaimServerMutationVariables = Exact<{
  input: ClaimServerInput;
}>;


export type ClaimServerMutation = { claimServer: { claim: { externalId: string, memory: number, disk: number, cpu: number, databases: number, backups: number, ports: number, createdAt: string }, usage: Array<UsageFieldsFragment> } };

export type ReleaseServerMutationVariables = Exact<{
  input: ReleaseServerInput;
}>;


export type ReleaseServerMutation = { releaseServer: { released: boolean, usage: Array<UsageFieldsFragment> } };

export type RecordUsageMutationVariables = Exact<{
  input: RecordUsageInput;
}>;


export type RecordUsageMutation = { recordUsage: { usage: Array<UsageFieldsFragment> } };

export type ReleaseUsageMutationVariables = Exact<{
  input: ReleaseUsageInput;
}>;


export type ReleaseUsageMutation = { releaseUsage: { released: boolean, usage: Array<UsageFieldsFragment> } };

export type UserSubscriptionQueryVariables = Exact<{
  id: string | number;
}>;


export type UserSubscriptionQuery = { user: { id: string, subscription: { id: string, status: SubscriptionStatus, suspendedReason: SuspensionReason | null } | null } | null };

export type SuspendSubscriptionMutationVariables = Exact<{
  input: SuspendSubscriptionInput;
}>;


export type SuspendSubscriptionMutation = { suspendSubscription: { subscription: { id: string, status: SubscriptionStatus, suspendedReason: SuspensionReason | null } } };

export type UnsuspendSubscriptionMutationVariables = Exact<{
  input: UnsuspendSubscriptionInput;
}>;


export type UnsuspendSubscriptionMutation = { unsuspendSubscription: { subscription: { id: string, status: SubscriptionStatus, suspendedReason: SuspensionReason | null } } };

export type PlansQueryVariables = Exact<{ [key: string]: never; }>;


export type PlansQuery = { plans: Array<PlanFieldsFragment> };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, name: string | null, email: string | null, portalTier: PlanType, currentPlan: { id: string, slug: string, name: string } | null, limits: LimitsFieldsFragment, organisations: Array<{ role: OrganisationRole, organisation: { id: string, name: string } }> } | null };

export type OrdersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  organisationId?: string | number | null | undefined;
  status?: OrderStatus | null | undefined;
}>;


export type OrdersQuery = { orders: { nodes: Array<OrderFieldsFragment>, pageInfo: PageFieldsFragment } };

export type OrderQueryVariables = Exact<{
  id: string | number;
}>;


export type OrderQuery = { order: (
    { invoicePdfUrl: string, items: Array<{ description: string, quantity: number, unitPrice: MoneyFieldsFragment, amount: MoneyFieldsFragment }>, invoice: InvoiceFieldsFragment | null, refunds: Array<RefundFieldsFragment> }
    & OrderFieldsFragment
  ) | null };

export type InvoicePreviewQueryVariables = Exact<{
  planId: string | number;
  organisationId?: string | number | null | undefined;
}>;


export type InvoicePreviewQuery = { invoicePreview: { lines: Array<{ description: string, quantity: number, amount: MoneyFieldsFragment }>, subtotal: MoneyFieldsFragment, tax: MoneyFieldsFragment, total: MoneyFieldsFragment } | null };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { placeOrder: { order: (
      { invoicePdfUrl: string }
      & OrderFieldsFragment
    ) } };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { cancelOrder: { order: OrderFieldsFragment } };

export type CreateCheckoutMutationVariables = Exact<{
  input: CreateCheckoutInput;
}>;


export type CreateCheckoutMutation = { createCheckout: { checkoutUrl: string } };

export type CreateChangePageMutationVariables = Exact<{
  input: CreateChangePageInput;
}>;


export type CreateChangePageMutation = { createChangePage: { url: string } };

export type PlanSubscriptionQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type PlanSubscriptionQuery = { subscription: SubscriptionFieldsFragment | null };

export type ChangePlanPreviewQueryVariables = Exact<{
  planId: string | number;
  when?: ChangeTime | null | undefined;
  organisationId?: string | number | null | undefined;
}>;


export type ChangePlanPreviewQuery = { changePlanPreview: ChangePreviewFieldsFragment | null };

export type ChangePlanMutationVariables = Exact<{
  input: ChangePlanInput;
}>;


export type ChangePlanMutation = { changePlan: { subscription: SubscriptionFieldsFragment, order: OrderFieldsFragment | null, change: ChangePreviewFieldsFragment } };

export type CancelSubscriptionMutationVariables = Exact<{
  input?: CancelSubscriptionInput | null | undefined;
}>;


export type CancelSubscriptionMutation = { cancelSubscription: { subscription: SubscriptionFieldsFragment } };

export type ResumeSubscriptionMutationVariables = Exact<{
  input?: ResumeSubscriptionInput | null | undefined;
}>;


export type ResumeSubscriptionMutation = { resumeSubscription: { subscription: SubscriptionFieldsFragment } };

export type CustomerPortalUrlQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type CustomerPortalUrlQuery = { customerPortalUrl: string | null };

export type InvoicesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  organisationId?: string | number | null | undefined;
}>;


export type InvoicesQuery = { invoices: { nodes: Array<InvoiceFieldsFragment>, pageInfo: PageFieldsFragment } };

export type BillingDetailsQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type BillingDetailsQuery = { billingDetails: BillingDetailsFieldsFragment | null };

export type SetBillingDetailsMutationVariables = Exact<{
  input: SetBillingDetailsInput;
}>;


export type SetBillingDetailsMutation = { setBillingDetails: { billingDetails: BillingDetailsFieldsFragment } };

export type RefundEligibilityQueryVariables = Exact<{
  orderId: string | number;
}>;


export type RefundEligibilityQuery = { refundEligibility: { type: RefundType, daysSincePurchase: number, reason: string, refundable: MoneyFieldsFragment } | null };

export type RequestRefundMutationVariables = Exact<{
  input: RequestRefundInput;
}>;


export type RequestRefundMutation = { requestRefund: { refund: RefundFieldsFragment } };

export type UsageQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  userId?: string | number | null | undefined;
}>;


export type UsageQuery = { usage: Array<UsageFieldsFragment> };

export type OrderUpdatedSubscriptionVariables = Exact<{
  orderId?: string | number | null | undefined;
}>;


export type OrderUpdatedSubscription = { orderUpdated: OrderFieldsFragment };

export type MoneyFieldsFragment = { minorUnits: number, currency: string, decimal: string, formatted: string };

export type LimitsFieldsFragment = { memory: number | null, disk: number | null, cpu: number | null, serverLimit: number | null, nodeLimit: number | null, databases: number | null, backups: number | null, portCount: number | null, tunnelPortCount: number | null, emailsPerDay: number | null };

export type PlanFieldsFragment = { id: string, slug: string, name: string, type: PlanType, interval: BillingInterval, memory: number | null, disk: number | null, cpu: number | null, serverLimit: number | null, nodeLimit: number | null, databases: number | null, backups: number | null, portCount: number | null, tunnelPortCount: number | null, emailsPerDay: number | null, features: Record<string, unknown>, price: MoneyFieldsFragment | null };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type InvoiceFieldsFragment = { id: string, number: string, kind: InvoiceKind, status: InvoiceStatus, createdAt: string, pdfUrl: string, amount: MoneyFieldsFragment };

export type OrderFieldsFragment = { id: string, status: OrderStatus, reason: OrderReason, description: string, date: string, expiresAt: string | null, cancelledAt: string | null, amount: MoneyFieldsFragment, plan: { id: string, slug: string, name: string } | null };

export type SubscriptionFieldsFragment = { id: string, status: SubscriptionStatus, currentPeriodStart: string, currentPeriodEnd: string, cancelAtPeriodEnd: boolean, endsAt: string | null, plan: { id: string, slug: string, name: string } };

export type BillingDetailsFieldsFragment = { name: string, address: string | null, city: string | null, state: string | null, zip: string | null, country: string | null, taxId: string | null, locale: string | null, registrationId: string | null, reference: string | null, purchaseOrder: string | null, electronicAddress: string | null, invoiceFormat: InvoiceFormat | null };

export type UsageFieldsFragment = { resource: LimitedResource, used: number, limit: number | null, remaining: number | null, overLimit: boolean };

export type ChangePreviewFieldsFragment = { when: ChangeTime, effectiveAt: string, nextRenewalAt: string, credit: MoneyFieldsFragment, charge: MoneyFieldsFragment, dueNow: MoneyFieldsFragment, creditLeft: MoneyFieldsFragment, nextRenewal: MoneyFieldsFragment };

export type RefundFieldsFragment = { id: string, status: RefundStatus, type: RefundType | null, reason: string | null, createdAt: string, amount: MoneyFieldsFragment };

export type EndpointFieldsFragment = { id: string, url: string, description: string | null, format: WebhookFormat, types: Array<EventType>, isEnabled: boolean, createdAt: string };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { key: string | null, apiKey: { id: string, name: string, scopes: Array<ApiKeyScope> } } };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { revokeApiKey: { apiKey: { id: string, revokedAt: string | null } } };

export type WebhookEndpointsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WebhookEndpointsQuery = { webhookEndpoints: { nodes: Array<EndpointFieldsFragment>, pageInfo: PageFieldsFragment } };

export type CreateWebhookEndpointMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookEndpointMutation = { createWebhookEndpoint: { secret: string | null, endpoint: EndpointFieldsFragment } };

export type UpdateWebhookEndpointMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookEndpointMutation = { updateWebhookEndpoint: { endpoint: EndpointFieldsFragment } };

export type DeleteWebhookEndpointMutationVariables = Exact<{
  input: DeleteWebhookEndpointInput;
}>;


export type DeleteWebhookEndpointMutation = { deleteWebhookEndpoint: { endpoint: { id: string } } };

export type RotateWebhookEndpointSecretMutationVariables = Exact<{
  input: RotateWebhookEndpointSecretInput;
}>;


export type RotateWebhookEndpointSecretMutation = { rotateWebhookEndpointSecret: { secret: string, endpoint: EndpointFieldsFragment } };

export type SendTestEventMutationVariables = Exact<{
  input: SendTestEventInput;
}>;


export type SendTestEventMutation = { sendTestEvent: { delivery: { id: string, status: DeliveryStatus } } };

const entitlementFields: Fragment = { text: "fragment EntitlementFields on Entitlement {\n  customer {\n    __typename\n    ... on User {\n      id\n    }\n    ... on Organisation {\n      id\n    }\n  }\n  plan {\n    id\n    slug\n    name\n  }\n  limits {\n    ...LimitsFields\n  }\n  features\n  hasAccess\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"EntitlementFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Entitlement"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"},"arguments":[],"directives":[]},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"User"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Organisation"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"plan"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"slug"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LimitsFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"features"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"hasAccess"},"arguments":[],"directives":[]}]}} }

const moneyFields: Fragment = { text: "fragment MoneyFields on Money {\n  minorUnits\n  currency\n  decimal\n  formatted\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"MoneyFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Money"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"minorUnits"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"currency"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"decimal"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"formatted"},"arguments":[],"directives":[]}]}} }

const limitsFields: Fragment = { text: "fragment LimitsFields on Limits {\n  memory\n  disk\n  cpu\n  serverLimit\n  nodeLimit\n  databases\n  backups\n  portCount\n  tunnelPortCount\n  emailsPerDay\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"LimitsFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Limits"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memory"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"disk"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cpu"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"serverLimit"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodeLimit"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"portCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"tunnelPortCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"emailsPerDay"},"arguments":[],"directives":[]}]}} }

const planFields: Fragment = { text: "fragment PlanFields on Plan {\n  id\n  slug\n  name\n  type\n  price {\n    ...MoneyFields\n  }\n  interval\n  memory\n  disk\n  cpu\n  serverLimit\n  nodeLimit\n  databases\n  backups\n  portCount\n  tunnelPortCount\n  emailsPerDay\n  features\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"PlanFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Plan"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"slug"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"type"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"price"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"interval"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"memory"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"disk"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cpu"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"serverLimit"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodeLimit"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"portCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"tunnelPortCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"emailsPerDay"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"features"},"arguments":[],"directives":[]}]}} }

const pageFields: Fragment = { text: "fragment PageFields on PageInfo {\n  hasNextPage\n  hasPreviousPage\n  startCursor\n  endCursor\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"PageFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PageInfo"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"startCursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"endCursor"},"arguments":[],"directives":[]}]}} }

const invoiceFields: Fragment = { text: "fragment InvoiceFields on Invoice {\n  id\n  number\n  kind\n  status\n  amount {\n    ...MoneyFields\n  }\n  createdAt\n  pdfUrl\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"InvoiceFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Invoice"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"number"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"kind"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"amount"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"pdfUrl"},"arguments":[],"directives":[]}]}} }

const orderFields: Fragment = { text: "fragment OrderFields on Order {\n  id\n  status\n  reason\n  description\n  amount {\n    ...MoneyFields\n  }\n  date\n  expiresAt\n  cancelledAt\n  plan {\n    id\n    slug\n    name\n  }\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"OrderFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Order"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"reason"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"description"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"amount"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"date"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cancelledAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"plan"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"slug"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]}]}}]}} }

const subscriptionFields: Fragment = { text: "fragment SubscriptionFields on PlanSubscription {\n  id\n  status\n  currentPeriodStart\n  currentPeriodEnd\n  cancelAtPeriodEnd\n  endsAt\n  plan {\n    id\n    slug\n    name\n  }\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"SubscriptionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PlanSubscription"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodStart"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"endsAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"plan"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"slug"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]}]}}]}} }

const billingDetailsFields: Fragment = { text: "fragment BillingDetailsFields on BillingDetails {\n  name\n  address\n  city\n  state\n  zip\n  country\n  taxId\n  locale\n  registrationId\n  reference\n  purchaseOrder\n  electronicAddress\n  invoiceFormat\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"BillingDetailsFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BillingDetails"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"address"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"city"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"state"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"zip"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"country"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"taxId"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"locale"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"registrationId"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"reference"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"purchaseOrder"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"electronicAddress"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"invoiceFormat"},"arguments":[],"directives":[]}]}} }

const usageFields: Fragment = { text: "fragment UsageFields on ResourceUsage {\n  resource\n  used\n  limit\n  remaining\n  overLimit\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"UsageFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ResourceUsage"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resource"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"used"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"limit"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"remaining"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"overLimit"},"arguments":[],"directives":[]}]}} }

const changePreviewFields: Fragment = { text: "fragment ChangePreviewFields on ChangePlanPreview {\n  when\n  effectiveAt\n  credit {\n    ...MoneyFields\n  }\n  charge {\n    ...MoneyFields\n  }\n  dueNow {\n    ...MoneyFields\n  }\n  creditLeft {\n    ...MoneyFields\n  }\n  nextRenewal {\n    ...MoneyFields\n  }\n  nextRenewalAt\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChangePreviewFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ChangePlanPreview"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"when"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"effectiveAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"credit"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"charge"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"dueNow"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"creditLeft"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"nextRenewal"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"nextRenewalAt"},"arguments":[],"directives":[]}]}} }

const refundFields: Fragment = { text: "fragment RefundFields on Refund {\n  id\n  status\n  type\n  amount {\n    ...MoneyFields\n  }\n  reason\n  createdAt\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"RefundFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refund"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"type"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"amount"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"reason"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]}]}} }

const endpointFields: Fragment = { text: "fragment EndpointFields on WebhookEndpoint {\n  id\n  url\n  description\n  format\n  types\n  isEnabled\n  createdAt\n}", definition: {"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndpointFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookEndpoint"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"url"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"description"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"format"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"types"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"isEnabled"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]}]}} }

export const EntitlementsDocument: TypedDocument<EntitlementsQuery, EntitlementsQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Entitlements($first: Int = 100, $after: String) {\n  entitlements(first: $first, after: $after) {\n    nodes {\n      ...EntitlementFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Entitlements"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"100"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"entitlements"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EntitlementFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}} }, entitlementFields, limitsFields, pageFields)

export const LimitsChangedDocument: TypedDocument<LimitsChangedSubscription, LimitsChangedSubscriptionVariables> = /* @__PURE__ */ createDocument({ text: "subscription LimitsChanged($userId: ID, $organisationId: ID) {\n  limitsChanged(userId: $userId, organisationId: $organisationId) {\n    ...EntitlementFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"LimitsChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"limitsChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EntitlementFields"},"directives":[]}]}}]}} }, entitlementFields, limitsFields)

export const ApplyPlanDocument: TypedDocument<ApplyPlanMutation, ApplyPlanMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ApplyPlan($input: ApplyPlanInput!) {\n  applyPlan(input: $input) {\n    order {\n      ...OrderFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ApplyPlan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ApplyPlanInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applyPlan"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}}]}}]}} }, moneyFields, orderFields)

export const CancelPlanDocument: TypedDocument<CancelPlanMutation, CancelPlanMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CancelPlan($input: CancelPlanInput!) {\n  cancelPlan(input: $input) {\n    cancelledOrders {\n      ...OrderFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelPlan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelPlanInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelPlan"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelledOrders"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}}]}}]}} }, moneyFields, orderFields)

export const UpsertUsersDocument: TypedDocument<UpsertUsersMutation, UpsertUsersMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation UpsertUsers($input: UpsertUsersInput!) {\n  upsertUsers(input: $input) {\n    users {\n      id\n      name\n      portalTier\n      limits {\n        ...LimitsFields\n      }\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpsertUsers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpsertUsersInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertUsers"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"portalTier"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"limits"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LimitsFields"},"directives":[]}]}}]}}]}}]}} }, limitsFields)

export const UpsertOrganisationsDocument: TypedDocument<UpsertOrganisationsMutation, UpsertOrganisationsMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation UpsertOrganisations($input: UpsertOrganisationsInput!) {\n  upsertOrganisations(input: $input) {\n    organisations {\n      id\n      name\n      portalTier\n      limits {\n        ...LimitsFields\n      }\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpsertOrganisations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpsertOrganisationsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertOrganisations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"organisations"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"portalTier"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"limits"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LimitsFields"},"directives":[]}]}}]}}]}}]}} }, limitsFields)

export const SetMembershipsDocument: TypedDocument<SetMembershipsMutation, SetMembershipsMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation SetMemberships($input: SetMembershipsInput!) {\n  setMemberships(input: $input) {\n    memberships {\n      role\n      user {\n        id\n      }\n      organisation {\n        id\n      }\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetMemberships"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetMembershipsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setMemberships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memberships"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"organisation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}}]}}]}} })

export const ClaimServerDocument: TypedDocument<ClaimServerMutation, ClaimServerMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ClaimServer($input: ClaimServerInput!) {\n  claimServer(input: $input) {\n    claim {\n      externalId\n      memory\n      disk\n      cpu\n      databases\n      backups\n      ports\n      createdAt\n    }\n    usage {\n      ...UsageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ClaimServer"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ClaimServerInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"claimServer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"claim"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"externalId"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"memory"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"disk"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cpu"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"ports"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"usage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UsageFields"},"directives":[]}]}}]}}]}} }, usageFields)

export const ReleaseServerDocument: TypedDocument<ReleaseServerMutation, ReleaseServerMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ReleaseServer($input: ReleaseServerInput!) {\n  releaseServer(input: $input) {\n    released\n    usage {\n      ...UsageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReleaseServer"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReleaseServerInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"releaseServer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"released"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"usage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UsageFields"},"directives":[]}]}}]}}]}} }, usageFields)

export const RecordUsageDocument: TypedDocument<RecordUsageMutation, RecordUsageMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation RecordUsage($input: RecordUsageInput!) {\n  recordUsage(input: $input) {\n    usage {\n      ...UsageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordUsage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RecordUsageInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordUsage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"usage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UsageFields"},"directives":[]}]}}]}}]}} }, usageFields)

export const ReleaseUsageDocument: TypedDocument<ReleaseUsageMutation, ReleaseUsageMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ReleaseUsage($input: ReleaseUsageInput!) {\n  releaseUsage(input: $input) {\n    released\n    usage {\n      ...UsageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReleaseUsage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReleaseUsageInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"releaseUsage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"released"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"usage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UsageFields"},"directives":[]}]}}]}}]}} }, usageFields)

export const UserSubscriptionDocument: TypedDocument<UserSubscriptionQuery, UserSubscriptionQueryVariables> = /* @__PURE__ */ createDocument({ text: "query UserSubscription($id: ID!) {\n  user(id: $id) {\n    id\n    subscription {\n      id\n      status\n      suspendedReason\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"UserSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"suspendedReason"},"arguments":[],"directives":[]}]}}]}}]}} })

export const SuspendSubscriptionDocument: TypedDocument<SuspendSubscriptionMutation, SuspendSubscriptionMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation SuspendSubscription($input: SuspendSubscriptionInput!) {\n  suspendSubscription(input: $input) {\n    subscription {\n      id\n      status\n      suspendedReason\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SuspendSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SuspendSubscriptionInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"suspendSubscription"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"suspendedReason"},"arguments":[],"directives":[]}]}}]}}]}} })

export const UnsuspendSubscriptionDocument: TypedDocument<UnsuspendSubscriptionMutation, UnsuspendSubscriptionMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation UnsuspendSubscription($input: UnsuspendSubscriptionInput!) {\n  unsuspendSubscription(input: $input) {\n    subscription {\n      id\n      status\n      suspendedReason\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UnsuspendSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UnsuspendSubscriptionInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unsuspendSubscription"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"suspendedReason"},"arguments":[],"directives":[]}]}}]}}]}} })

export const PlansDocument: TypedDocument<PlansQuery, PlansQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Plans {\n  plans {\n    ...PlanFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Plans"},"variableDefinitions":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"plans"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PlanFields"},"directives":[]}]}}]}} }, moneyFields, planFields)

export const MeDocument: TypedDocument<MeQuery, MeQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Me {\n  me {\n    id\n    name\n    email\n    portalTier\n    currentPlan {\n      id\n      slug\n      name\n    }\n    limits {\n      ...LimitsFields\n    }\n    organisations {\n      role\n      organisation {\n        id\n        name\n      }\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Me"},"variableDefinitions":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"email"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"portalTier"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"currentPlan"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"slug"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LimitsFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"organisations"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"organisation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]}]}}]}}]}}]}} }, limitsFields)

export const OrdersDocument: TypedDocument<OrdersQuery, OrdersQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Orders($first: Int = 20, $after: String, $organisationId: ID, $status: OrderStatus) {\n  orders(\n    first: $first\n    after: $after\n    organisationId: $organisationId\n    status: $status\n  ) {\n    nodes {\n      ...OrderFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Orders"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"20"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"OrderStatus"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orders"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}} }, moneyFields, orderFields, pageFields)

export const OrderDocument: TypedDocument<OrderQuery, OrderQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Order($id: ID!) {\n  order(id: $id) {\n    ...OrderFields\n    items {\n      description\n      quantity\n      unitPrice {\n        ...MoneyFields\n      }\n      amount {\n        ...MoneyFields\n      }\n    }\n    invoice {\n      ...InvoiceFields\n    }\n    invoicePdfUrl\n    refunds {\n      ...RefundFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Order"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"items"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"description"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"quantity"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"unitPrice"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InvoiceFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"invoicePdfUrl"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"refunds"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RefundFields"},"directives":[]}]}}]}}]}} }, invoiceFields, moneyFields, orderFields, refundFields)

export const InvoicePreviewDocument: TypedDocument<InvoicePreviewQuery, InvoicePreviewQueryVariables> = /* @__PURE__ */ createDocument({ text: "query InvoicePreview($planId: ID!, $organisationId: ID) {\n  invoicePreview(planId: $planId, organisationId: $organisationId) {\n    lines {\n      description\n      quantity\n      amount {\n        ...MoneyFields\n      }\n    }\n    subtotal {\n      ...MoneyFields\n    }\n    tax {\n      ...MoneyFields\n    }\n    total {\n      ...MoneyFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InvoicePreview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"planId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"invoicePreview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"planId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"planId"}}},{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lines"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"description"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"quantity"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"amount"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"subtotal"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"tax"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"total"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}}]}}]}} }, moneyFields)

export const PlaceOrderDocument: TypedDocument<PlaceOrderMutation, PlaceOrderMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation PlaceOrder($input: PlaceOrderInput!) {\n  placeOrder(input: $input) {\n    order {\n      ...OrderFields\n      invoicePdfUrl\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PlaceOrder"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PlaceOrderInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"placeOrder"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"invoicePdfUrl"},"arguments":[],"directives":[]}]}}]}}]}} }, moneyFields, orderFields)

export const CancelOrderDocument: TypedDocument<CancelOrderMutation, CancelOrderMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CancelOrder($input: CancelOrderInput!) {\n  cancelOrder(input: $input) {\n    order {\n      ...OrderFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelOrder"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelOrderInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelOrder"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}}]}}]}} }, moneyFields, orderFields)

export const CreateCheckoutDocument: TypedDocument<CreateCheckoutMutation, CreateCheckoutMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CreateCheckout($input: CreateCheckoutInput!) {\n  createCheckout(input: $input) {\n    checkoutUrl\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateCheckout"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateCheckoutInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createCheckout"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checkoutUrl"},"arguments":[],"directives":[]}]}}]}} })

export const CreateChangePageDocument: TypedDocument<CreateChangePageMutation, CreateChangePageMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CreateChangePage($input: CreateChangePageInput!) {\n  createChangePage(input: $input) {\n    url\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateChangePage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateChangePageInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createChangePage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"},"arguments":[],"directives":[]}]}}]}} })

export const PlanSubscriptionDocument: TypedDocument<PlanSubscriptionQuery, PlanSubscriptionQueryVariables> = /* @__PURE__ */ createDocument({ text: "query PlanSubscription($organisationId: ID) {\n  subscription(organisationId: $organisationId) {\n    ...SubscriptionFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PlanSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SubscriptionFields"},"directives":[]}]}}]}} }, subscriptionFields)

export const ChangePlanPreviewDocument: TypedDocument<ChangePlanPreviewQuery, ChangePlanPreviewQueryVariables> = /* @__PURE__ */ createDocument({ text: "query ChangePlanPreview($planId: ID!, $when: ChangeTime, $organisationId: ID) {\n  changePlanPreview(planId: $planId, when: $when, organisationId: $organisationId) {\n    ...ChangePreviewFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ChangePlanPreview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"planId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"when"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeTime"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changePlanPreview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"planId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"planId"}}},{"kind":"Argument","name":{"kind":"Name","value":"when"},"value":{"kind":"Variable","name":{"kind":"Name","value":"when"}}},{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChangePreviewFields"},"directives":[]}]}}]}} }, changePreviewFields, moneyFields)

export const ChangePlanDocument: TypedDocument<ChangePlanMutation, ChangePlanMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ChangePlan($input: ChangePlanInput!) {\n  changePlan(input: $input) {\n    subscription {\n      ...SubscriptionFields\n    }\n    order {\n      ...OrderFields\n    }\n    change {\n      ...ChangePreviewFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ChangePlan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ChangePlanInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changePlan"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SubscriptionFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"change"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChangePreviewFields"},"directives":[]}]}}]}}]}} }, changePreviewFields, moneyFields, orderFields, subscriptionFields)

export const CancelSubscriptionDocument: TypedDocument<CancelSubscriptionMutation, CancelSubscriptionMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CancelSubscription($input: CancelSubscriptionInput) {\n  cancelSubscription(input: $input) {\n    subscription {\n      ...SubscriptionFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelSubscriptionInput"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelSubscription"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SubscriptionFields"},"directives":[]}]}}]}}]}} }, subscriptionFields)

export const ResumeSubscriptionDocument: TypedDocument<ResumeSubscriptionMutation, ResumeSubscriptionMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation ResumeSubscription($input: ResumeSubscriptionInput) {\n  resumeSubscription(input: $input) {\n    subscription {\n      ...SubscriptionFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ResumeSubscription"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ResumeSubscriptionInput"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resumeSubscription"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscription"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SubscriptionFields"},"directives":[]}]}}]}}]}} }, subscriptionFields)

export const CustomerPortalUrlDocument: TypedDocument<CustomerPortalUrlQuery, CustomerPortalUrlQueryVariables> = /* @__PURE__ */ createDocument({ text: "query CustomerPortalUrl($organisationId: ID) {\n  customerPortalUrl(organisationId: $organisationId)\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CustomerPortalUrl"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customerPortalUrl"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[]}]}} })

export const InvoicesDocument: TypedDocument<InvoicesQuery, InvoicesQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Invoices($first: Int = 20, $after: String, $organisationId: ID) {\n  invoices(first: $first, after: $after, organisationId: $organisationId) {\n    nodes {\n      ...InvoiceFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Invoices"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"20"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"invoices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InvoiceFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}} }, invoiceFields, moneyFields, pageFields)

export const BillingDetailsDocument: TypedDocument<BillingDetailsQuery, BillingDetailsQueryVariables> = /* @__PURE__ */ createDocument({ text: "query BillingDetails($organisationId: ID) {\n  billingDetails(organisationId: $organisationId) {\n    ...BillingDetailsFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BillingDetails"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BillingDetailsFields"},"directives":[]}]}}]}} }, billingDetailsFields)

export const SetBillingDetailsDocument: TypedDocument<SetBillingDetailsMutation, SetBillingDetailsMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation SetBillingDetails($input: SetBillingDetailsInput!) {\n  setBillingDetails(input: $input) {\n    billingDetails {\n      ...BillingDetailsFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetBillingDetails"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetBillingDetailsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setBillingDetails"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BillingDetailsFields"},"directives":[]}]}}]}}]}} }, billingDetailsFields)

export const RefundEligibilityDocument: TypedDocument<RefundEligibilityQuery, RefundEligibilityQueryVariables> = /* @__PURE__ */ createDocument({ text: "query RefundEligibility($orderId: ID!) {\n  refundEligibility(orderId: $orderId) {\n    type\n    daysSincePurchase\n    refundable {\n      ...MoneyFields\n    }\n    reason\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RefundEligibility"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"refundEligibility"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"daysSincePurchase"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"refundable"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MoneyFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"reason"},"arguments":[],"directives":[]}]}}]}} }, moneyFields)

export const RequestRefundDocument: TypedDocument<RequestRefundMutation, RequestRefundMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation RequestRefund($input: RequestRefundInput!) {\n  requestRefund(input: $input) {\n    refund {\n      ...RefundFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RequestRefund"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RequestRefundInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestRefund"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"refund"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RefundFields"},"directives":[]}]}}]}}]}} }, moneyFields, refundFields)

export const UsageDocument: TypedDocument<UsageQuery, UsageQueryVariables> = /* @__PURE__ */ createDocument({ text: "query Usage($organisationId: ID, $userId: ID) {\n  usage(organisationId: $organisationId, userId: $userId) {\n    ...UsageFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Usage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"usage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"organisationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"organisationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UsageFields"},"directives":[]}]}}]}} }, usageFields)

export const OrderUpdatedDocument: TypedDocument<OrderUpdatedSubscription, OrderUpdatedSubscriptionVariables> = /* @__PURE__ */ createDocument({ text: "subscription OrderUpdated($orderId: ID) {\n  orderUpdated(orderId: $orderId) {\n    ...OrderFields\n  }\n}", definition: {"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"OrderUpdated"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OrderFields"},"directives":[]}]}}]}} }, moneyFields, orderFields)

export const CreateApiKeyDocument: TypedDocument<CreateApiKeyMutation, CreateApiKeyMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CreateApiKey($input: CreateApiKeyInput!) {\n  createApiKey(input: $input) {\n    key\n    apiKey {\n      id\n      name\n      scopes\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateApiKey"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateApiKeyInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createApiKey"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"apiKey"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"name"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"arguments":[],"directives":[]}]}}]}}]}} })

export const RevokeApiKeyDocument: TypedDocument<RevokeApiKeyMutation, RevokeApiKeyMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation RevokeApiKey($input: RevokeApiKeyInput!) {\n  revokeApiKey(input: $input) {\n    apiKey {\n      id\n      revokedAt\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeApiKey"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RevokeApiKeyInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokeApiKey"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKey"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"revokedAt"},"arguments":[],"directives":[]}]}}]}}]}} })

export const WebhookEndpointsDocument: TypedDocument<WebhookEndpointsQuery, WebhookEndpointsQueryVariables> = /* @__PURE__ */ createDocument({ text: "query WebhookEndpoints($first: Int = 20, $after: String) {\n  webhookEndpoints(first: $first, after: $after) {\n    nodes {\n      ...EndpointFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WebhookEndpoints"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"20"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookEndpoints"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndpointFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}} }, endpointFields, pageFields)

export const CreateWebhookEndpointDocument: TypedDocument<CreateWebhookEndpointMutation, CreateWebhookEndpointMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {\n  createWebhookEndpoint(input: $input) {\n    secret\n    endpoint {\n      ...EndpointFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateWebhookEndpoint"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateWebhookEndpointInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createWebhookEndpoint"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"secret"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"endpoint"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndpointFields"},"directives":[]}]}}]}}]}} }, endpointFields)

export const UpdateWebhookEndpointDocument: TypedDocument<UpdateWebhookEndpointMutation, UpdateWebhookEndpointMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation UpdateWebhookEndpoint($input: UpdateWebhookEndpointInput!) {\n  updateWebhookEndpoint(input: $input) {\n    endpoint {\n      ...EndpointFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateWebhookEndpoint"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateWebhookEndpointInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateWebhookEndpoint"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endpoint"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndpointFields"},"directives":[]}]}}]}}]}} }, endpointFields)

export const DeleteWebhookEndpointDocument: TypedDocument<DeleteWebhookEndpointMutation, DeleteWebhookEndpointMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation DeleteWebhookEndpoint($input: DeleteWebhookEndpointInput!) {\n  deleteWebhookEndpoint(input: $input) {\n    endpoint {\n      id\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteWebhookEndpoint"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteWebhookEndpointInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteWebhookEndpoint"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endpoint"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}}]}} })

export const RotateWebhookEndpointSecretDocument: TypedDocument<RotateWebhookEndpointSecretMutation, RotateWebhookEndpointSecretMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation RotateWebhookEndpointSecret($input: RotateWebhookEndpointSecretInput!) {\n  rotateWebhookEndpointSecret(input: $input) {\n    secret\n    endpoint {\n      ...EndpointFields\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RotateWebhookEndpointSecret"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RotateWebhookEndpointSecretInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rotateWebhookEndpointSecret"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"secret"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"endpoint"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndpointFields"},"directives":[]}]}}]}}]}} }, endpointFields)

export const SendTestEventDocument: TypedDocument<SendTestEventMutation, SendTestEventMutationVariables> = /* @__PURE__ */ createDocument({ text: "mutation SendTestEvent($input: SendTestEventInput!) {\n  sendTestEvent(input: $input) {\n    delivery {\n      id\n      status\n    }\n  }\n}", definition: {"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SendTestEvent"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SendTestEventInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sendTestEvent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"delivery"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[]}]}}]}}]}} })

// Generated from schema.graphql by npm run docs.

import { defineOperation } from '../ui/operation'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

/** Who collects the money for a subscription. */
export type CollectionMethod =
  /** Invoices that are paid by transfer, from the balance, or by a payment that an administrator records. */
  | 'INVOICE'
  /** Nobody: the plan is not billed again, and continues until it is cancelled or reaches its end. */
  | 'NONE'
  /** The payment provider charges the renewals. */
  | 'PROVIDER';

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

/** An amount in one currency. */
export type MoneyInput = {
  /** The ISO 4217 code of the currency. */
  currency: string;
  /** The amount in the smallest unit of the currency: 1500 is 15.00 USD. */
  minorUnits: number;
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

/** Status of a refund, or of a part of it. */
export type RefundStatus =
  /** Refunded. A refund is done when all its parts are done. */
  | 'DONE'
  /** Waits for the payment provider, or for an administrator to pay it out. */
  | 'REQUESTED';

/** A payment that was made without a payment provider, for exactly one of an invoice and an order. */
export type ReportPaymentInput = {
  /** The amount paid, in minor units of the currency of the invoice or order. */
  amount: number;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** The open invoice that it pays. */
  invoiceId?: string | number | null | undefined;
  /** Slug of the payment method, from `paymentMethods`. */
  method?: string | null | undefined;
  /** Note for the seller, at most 1,000 characters. */
  note?: string | null | undefined;
  /** The pending order that it pays, or the order of an open invoice. */
  orderId?: string | number | null | undefined;
  /** When it was paid; not in the future. */
  paidAt?: string | null | undefined;
  /** Reference of the payment, such as that of the bank transfer; at most 200 characters. The same one twice for an invoice or order is refused until the first report is rejected. */
  reference: string;
};

/** Status of a payment that a customer has reported. CONFIRMED and REJECTED are final. */
export type ReportedPaymentStatus =
  /** The money has arrived, and the payment is recorded. */
  | 'CONFIRMED'
  /** The money has not arrived. */
  | 'REJECTED'
  /** The customer states to have paid. An administrator has not decided yet. */
  | 'REPORTED';

/** The customer with the subscription to resume. */
export type ResumeSubscriptionInput = {
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
};

/** The customer with the plan change to revoke. */
export type RevokePlanChangeInput = {
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
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

/** Why a subscription gives no access, although it has not ended. */
export type SuspensionReason =
  /** An administrator has suspended it because of abuse. Only an administrator ends it. */
  | 'ABUSE'
  /** An administrator has suspended it. Only an administrator ends it. */
  | 'ADMIN'
  /** An invoice is unpaid after the grace period. A payment ends it. */
  | 'OVERDUE';

/** The amount to add to a balance. With the two URLs it is paid at the payment provider. */
export type TopUpBalanceInput = {
  /** The amount, at most 100,000,000 minor units, in BILLING_CURRENCY or in a currency in which the customer has a balance or a subscription. */
  amount: MoneyInput;
  /** Return URL when the customer cancels. */
  cancelUrl?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** Return URL after the payment; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS. Set both URLs or neither. */
  successUrl?: string | null | undefined;
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

/** The customer who withdraws. */
export type WithdrawFromSubscriptionInput = {
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** An organisation where you are an owner or admin. Defaults to yourself. */
  organisationId?: string | number | null | undefined;
  /** What the customer declares, printed on the credit notes and in the confirmation; at most 200 characters. Defaults to "Withdrawal from the contract" in the language of the invoices. */
  reason?: string | null | undefined;
  /** The subscription that you expect to withdraw from. SUBSCRIPTION_NOT_FOUND if the customer has another one meanwhile. */
  subscriptionId?: string | number | null | undefined;
};

export type AmountFragment = { decimal: string, currency: string, minorUnits: number };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type PortalStartQueryVariables = Exact<{ [key: string]: never; }>;


export type PortalStartQuery = { me: { id: string, name: string | null, email: string | null, organisations: Array<{ role: OrganisationRole, organisation: { id: string, name: string } }> } | null, seller: { company: string, name: string, email: string | null, paymentProvider: string | null } | null };

export type PlanCardFragment = { id: string, slug: string, name: string, description: string | null, interval: BillingInterval, rank: number, isDefault: boolean, serverLimit: number | null, nodeLimit: number | null, memory: number | null, disk: number | null, cpu: number | null, databases: number | null, backups: number | null, portCount: number | null, tunnelPortCount: number | null, emailsPerDay: number | null, price: AmountFragment | null };

export type SubscriptionFragment = { id: string, status: SubscriptionStatus, suspendedReason: SuspensionReason | null, collection: CollectionMethod, interval: BillingInterval, provider: string | null, currentPeriodStart: string, currentPeriodEnd: string, cancelAtPeriodEnd: boolean, endsAt: string | null, nextPriceAt: string | null, plan: { id: string, name: string }, price: AmountFragment | null, nextPrice: AmountFragment | null, pendingPlan: { id: string, name: string } | null };

export type HowToPayFieldsFragment = { reference: string, amount: AmountFragment, methods: Array<{ slug: string, name: string, instructions: string | null, iban: string | null, bic: string | null }> };

export type ReportFragment = { id: string, status: ReportedPaymentStatus, reportedAt: string, reference: string, rejectionReason: string | null, amount: AmountFragment };

export type OpenInvoicesFragment = { nodes: Array<{ id: string, isOverdue: boolean, amountDue: AmountFragment }>, pageInfo: { hasNextPage: boolean } };

export type OverviewQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  customerId: string | number;
}>;


export type OverviewQuery = { subscription: SubscriptionFragment | null, node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, currentPlan: PlanCardFragment | null, invoices: OpenInvoicesFragment | null, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, currentPlan: PlanCardFragment | null, invoices: OpenInvoicesFragment | null, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
   | null, usage: Array<{ resource: LimitedResource, used: number, limit: number | null, overLimit: boolean }>, upcomingInvoice: { issueAt: string, periodStart: string, total: AmountFragment, fromBalance: AmountFragment, amountDue: AmountFragment } | null };

export type PlansQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  customerId: string | number;
}>;


export type PlansQuery = { paymentMethods: Array<{ slug: string }>, plans: Array<PlanCardFragment>, subscription: SubscriptionFragment | null, node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, currentPlan: { id: string } | null }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, currentPlan: { id: string } | null }
    | { id: string }
    | { id: string }
   | null };

export type ChangePreviewQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  planId: string | number;
  when?: ChangeTime | null | undefined;
}>;


export type ChangePreviewQuery = { changePlanPreview: { when: ChangeTime, effectiveAt: string, isEstimate: boolean, nextRenewalAt: string, credit: AmountFragment, charge: AmountFragment, fromBalance: AmountFragment, dueNow: AmountFragment, creditLeft: AmountFragment, nextRenewal: AmountFragment } | null };

export type PurchasePreviewQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  planId: string | number;
}>;


export type PurchasePreviewQuery = { invoicePreview: { subtotal: AmountFragment, tax: AmountFragment, total: AmountFragment } | null };

export type CustomerPortalQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type CustomerPortalQuery = { customerPortalUrl: string | null };

export type ChangePlanMutationVariables = Exact<{
  input: ChangePlanInput;
}>;


export type ChangePlanMutation = { changePlan: { order: { id: string, status: OrderStatus } | null, subscription: { id: string } } };

export type RevokePlanChangeMutationVariables = Exact<{
  input: RevokePlanChangeInput;
}>;


export type RevokePlanChangeMutation = { revokePlanChange: { subscription: { id: string } } };

export type CheckoutMutationVariables = Exact<{
  input: CreateCheckoutInput;
}>;


export type CheckoutMutation = { createCheckout: { checkoutUrl: string } };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { placeOrder: { order: { id: string, status: OrderStatus } } };

export type CancelSubscriptionMutationVariables = Exact<{
  input: CancelSubscriptionInput;
}>;


export type CancelSubscriptionMutation = { cancelSubscription: { receivedAt: string, subscription: SubscriptionFragment } };

export type ResumeSubscriptionMutationVariables = Exact<{
  input: ResumeSubscriptionInput;
}>;


export type ResumeSubscriptionMutation = { resumeSubscription: { subscription: SubscriptionFragment } };

export type InvoicePageFragment = { nodes: Array<{ id: string, number: string, kind: InvoiceKind, status: InvoiceStatus, isOverdue: boolean, createdAt: string, dueAt: string, pdfUrl: string, xmlUrl: string | null, amount: AmountFragment, amountDue: AmountFragment, creditNotes: Array<{ id: string, number: string, pdfUrl: string }> }>, pageInfo: PageFieldsFragment };

export type WaitingOrdersFragment = { nodes: Array<{ id: string, date: string, expiresAt: string | null, reason: OrderReason, invoice: { id: string } | null, reportedPayments: Array<{ id: string, status: ReportedPaymentStatus }>, plan: { id: string, name: string } | null, amount: AmountFragment }>, pageInfo: PageFieldsFragment };

export type InvoicesQueryVariables = Exact<{
  customerId: string | number;
  status?: InvoiceStatus | null | undefined;
}>;


export type InvoicesQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, invoices: InvoicePageFragment | null, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, invoices: InvoicePageFragment | null, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
   | null };

export type PageOfInvoicesQueryVariables = Exact<{
  customerId: string | number;
  status?: InvoiceStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PageOfInvoicesQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, invoices: InvoicePageFragment | null }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, invoices: InvoicePageFragment | null }
    | { id: string }
    | { id: string }
   | null };

export type PageOfOrdersQueryVariables = Exact<{
  customerId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PageOfOrdersQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, orders: WaitingOrdersFragment | null }
    | { id: string }
    | { id: string }
   | null };

export type OpenInvoiceQueryVariables = Exact<{
  id: string | number;
  locale: string;
}>;


export type OpenInvoiceQuery = { invoice: { id: string, number: string, status: InvoiceStatus, dueAt: string, pdfUrl: string, amountDue: AmountFragment, howToPay: HowToPayFieldsFragment | null, reportedPayments: Array<ReportFragment> } | null };

export type PendingOrderQueryVariables = Exact<{
  id: string | number;
  locale: string;
}>;


export type PendingOrderQuery = { order: { id: string, status: OrderStatus, date: string, expiresAt: string | null, reason: OrderReason, invoicePdfUrl: string, plan: { id: string, name: string } | null, amount: AmountFragment, howToPay: HowToPayFieldsFragment | null, reportedPayments: Array<ReportFragment> } | null };

export type ReportPaymentMutationVariables = Exact<{
  input: ReportPaymentInput;
}>;


export type ReportPaymentMutation = { reportPayment: { reportedPayment: ReportFragment } };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { cancelOrder: { order: { id: string, status: OrderStatus } } };

export type EntriesFragment = { nodes: Array<{ id: string, at: string, description: string, amount: AmountFragment }>, pageInfo: PageFieldsFragment };

export type BalancesQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type BalancesQuery = { balances: Array<{ currency: string, amount: AmountFragment, available: AmountFragment, held: AmountFragment, granted: AmountFragment, entries: EntriesFragment }>, plans: Array<{ id: string, currency: string }> };

export type PageOfEntriesQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type PageOfEntriesQuery = { balances: Array<{ currency: string, entries: EntriesFragment }> };

export type TopUpMutationVariables = Exact<{
  input: TopUpBalanceInput;
}>;


export type TopUpMutation = { topUpBalance: { checkoutUrl: string | null, order: { id: string } } };

export type BillingFieldsFragment = { name: string, address: string | null, city: string | null, state: string | null, zip: string | null, country: string | null, taxId: string | null, registrationId: string | null, reference: string | null, purchaseOrder: string | null, electronicAddress: string | null, invoiceFormat: InvoiceFormat | null, locale: string | null };

export type BillingQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type BillingQuery = { billingDetails: (
    { vatIdCheck: { status: VatIdStatus } | null }
    & BillingFieldsFragment
  ) | null };

export type SaveBillingMutationVariables = Exact<{
  input: SetBillingDetailsInput;
}>;


export type SaveBillingMutation = { setBillingDetails: { billingDetails: BillingFieldsFragment } };

export type ContractQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type ContractQuery = { subscription: (
    { cancellationEndsAt: string | null }
    & SubscriptionFragment
  ) | null };

export type WithdrawalPreviewQueryVariables = Exact<{
  organisationId?: string | number | null | undefined;
}>;


export type WithdrawalPreviewQuery = { subscription: SubscriptionFragment | null, withdrawalPreview: { refundable: AmountFragment } | null };

export type WithdrawMutationVariables = Exact<{
  input: WithdrawFromSubscriptionInput;
}>;


export type WithdrawMutation = { withdrawFromSubscription: { receivedAt: string, refund: { id: string, status: RefundStatus, amount: AmountFragment } | null, subscription: { id: string, status: SubscriptionStatus } } };

export const PortalStart = /* @__PURE__ */ defineOperation<PortalStartQuery, PortalStartQueryVariables>("query PortalStart { me { id name email organisations { role organisation { id name } } } seller { company name email paymentProvider } }")

export const Overview = /* @__PURE__ */ defineOperation<OverviewQuery, OverviewQueryVariables>("query Overview($organisationId: ID, $customerId: ID!) { subscription(organisationId: $organisationId) { ...Subscription } node(id: $customerId) { id ... on User { currentPlan { ...PlanCard } invoices(first: 100, status: OPEN) { ...OpenInvoices } orders(status: PENDING, first: 5) { ...WaitingOrders } } ... on Organisation { currentPlan { ...PlanCard } invoices(first: 100, status: OPEN) { ...OpenInvoices } orders(status: PENDING, first: 5) { ...WaitingOrders } } } usage(organisationId: $organisationId) { resource used limit overLimit } upcomingInvoice(organisationId: $organisationId) { issueAt periodStart total { ...Amount } fromBalance { ...Amount } amountDue { ...Amount } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment PlanCard on Plan { id slug name description interval rank isDefault price { ...Amount } serverLimit nodeLimit memory disk cpu databases backups portCount tunnelPortCount emailsPerDay } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } } fragment OpenInvoices on InvoiceConnection { nodes { id isOverdue amountDue { ...Amount } } pageInfo { hasNextPage } } fragment WaitingOrders on OrderConnection { nodes { id invoice { id } reportedPayments { id status } date expiresAt reason plan { id name } amount { ...Amount } } pageInfo { ...PageFields } }")

export const Plans = /* @__PURE__ */ defineOperation<PlansQuery, PlansQueryVariables>("query Plans($organisationId: ID, $customerId: ID!) { paymentMethods { slug } plans { ...PlanCard } subscription(organisationId: $organisationId) { ...Subscription } node(id: $customerId) { id ... on User { currentPlan { id } } ... on Organisation { currentPlan { id } } } } fragment Amount on Money { decimal currency minorUnits } fragment PlanCard on Plan { id slug name description interval rank isDefault price { ...Amount } serverLimit nodeLimit memory disk cpu databases backups portCount tunnelPortCount emailsPerDay } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } }")

export const ChangePreview = /* @__PURE__ */ defineOperation<ChangePreviewQuery, ChangePreviewQueryVariables>("query ChangePreview($organisationId: ID, $planId: ID!, $when: ChangeTime) { changePlanPreview(organisationId: $organisationId, planId: $planId, when: $when) { when effectiveAt isEstimate credit { ...Amount } charge { ...Amount } fromBalance { ...Amount } dueNow { ...Amount } creditLeft { ...Amount } nextRenewal { ...Amount } nextRenewalAt } } fragment Amount on Money { decimal currency minorUnits }")

export const PurchasePreview = /* @__PURE__ */ defineOperation<PurchasePreviewQuery, PurchasePreviewQueryVariables>("query PurchasePreview($organisationId: ID, $planId: ID!) { invoicePreview(organisationId: $organisationId, planId: $planId) { subtotal { ...Amount } tax { ...Amount } total { ...Amount } } } fragment Amount on Money { decimal currency minorUnits }")

export const CustomerPortal = /* @__PURE__ */ defineOperation<CustomerPortalQuery, CustomerPortalQueryVariables>("query CustomerPortal($organisationId: ID) { customerPortalUrl(organisationId: $organisationId) }")

export const ChangePlan = /* @__PURE__ */ defineOperation<ChangePlanMutation, ChangePlanMutationVariables>("mutation ChangePlan($input: ChangePlanInput!) { changePlan(input: $input) { order { id status } subscription { id } } }")

export const RevokePlanChange = /* @__PURE__ */ defineOperation<RevokePlanChangeMutation, RevokePlanChangeMutationVariables>("mutation RevokePlanChange($input: RevokePlanChangeInput!) { revokePlanChange(input: $input) { subscription { id } } }")

export const Checkout = /* @__PURE__ */ defineOperation<CheckoutMutation, CheckoutMutationVariables>("mutation Checkout($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }")

export const PlaceOrder = /* @__PURE__ */ defineOperation<PlaceOrderMutation, PlaceOrderMutationVariables>("mutation PlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id status } } }")

export const CancelSubscription = /* @__PURE__ */ defineOperation<CancelSubscriptionMutation, CancelSubscriptionMutationVariables>("mutation CancelSubscription($input: CancelSubscriptionInput!) { cancelSubscription(input: $input) { receivedAt subscription { ...Subscription } } } fragment Amount on Money { decimal currency minorUnits } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } }")

export const ResumeSubscription = /* @__PURE__ */ defineOperation<ResumeSubscriptionMutation, ResumeSubscriptionMutationVariables>("mutation ResumeSubscription($input: ResumeSubscriptionInput!) { resumeSubscription(input: $input) { subscription { ...Subscription } } } fragment Amount on Money { decimal currency minorUnits } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } }")

export const Invoices = /* @__PURE__ */ defineOperation<InvoicesQuery, InvoicesQueryVariables>("query Invoices($customerId: ID!, $status: InvoiceStatus) { node(id: $customerId) { id ... on User { invoices(status: $status, first: 20) { ...InvoicePage } orders(status: PENDING, first: 20) { ...WaitingOrders } } ... on Organisation { invoices(status: $status, first: 20) { ...InvoicePage } orders(status: PENDING, first: 20) { ...WaitingOrders } } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment InvoicePage on InvoiceConnection { nodes { id number kind status isOverdue createdAt dueAt amount { ...Amount } amountDue { ...Amount } pdfUrl xmlUrl creditNotes { id number pdfUrl } } pageInfo { ...PageFields } } fragment WaitingOrders on OrderConnection { nodes { id invoice { id } reportedPayments { id status } date expiresAt reason plan { id name } amount { ...Amount } } pageInfo { ...PageFields } }")

export const PageOfInvoices = /* @__PURE__ */ defineOperation<PageOfInvoicesQuery, PageOfInvoicesQueryVariables>("query PageOfInvoices($customerId: ID!, $status: InvoiceStatus, $first: Int, $after: String, $last: Int, $before: String) { node(id: $customerId) { id ... on User { invoices( status: $status first: $first after: $after last: $last before: $before ) { ...InvoicePage } } ... on Organisation { invoices( status: $status first: $first after: $after last: $last before: $before ) { ...InvoicePage } } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment InvoicePage on InvoiceConnection { nodes { id number kind status isOverdue createdAt dueAt amount { ...Amount } amountDue { ...Amount } pdfUrl xmlUrl creditNotes { id number pdfUrl } } pageInfo { ...PageFields } }")

export const PageOfOrders = /* @__PURE__ */ defineOperation<PageOfOrdersQuery, PageOfOrdersQueryVariables>("query PageOfOrders($customerId: ID!, $first: Int, $after: String, $last: Int, $before: String) { node(id: $customerId) { id ... on User { orders( status: PENDING first: $first after: $after last: $last before: $before ) { ...WaitingOrders } } ... on Organisation { orders( status: PENDING first: $first after: $after last: $last before: $before ) { ...WaitingOrders } } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment WaitingOrders on OrderConnection { nodes { id invoice { id } reportedPayments { id status } date expiresAt reason plan { id name } amount { ...Amount } } pageInfo { ...PageFields } }")

export const OpenInvoice = /* @__PURE__ */ defineOperation<OpenInvoiceQuery, OpenInvoiceQueryVariables>("query OpenInvoice($id: ID!, $locale: String!) { invoice(id: $id) { id number status dueAt pdfUrl amountDue { ...Amount } howToPay(locale: $locale) { ...HowToPayFields } reportedPayments { ...Report } } } fragment Amount on Money { decimal currency minorUnits } fragment HowToPayFields on HowToPay { amount { ...Amount } reference methods { slug name instructions iban bic } } fragment Report on ReportedPayment { id status reportedAt reference rejectionReason amount { ...Amount } }")

export const PendingOrder = /* @__PURE__ */ defineOperation<PendingOrderQuery, PendingOrderQueryVariables>("query PendingOrder($id: ID!, $locale: String!) { order(id: $id) { id status date expiresAt reason invoicePdfUrl plan { id name } amount { ...Amount } howToPay(locale: $locale) { ...HowToPayFields } reportedPayments { ...Report } } } fragment Amount on Money { decimal currency minorUnits } fragment HowToPayFields on HowToPay { amount { ...Amount } reference methods { slug name instructions iban bic } } fragment Report on ReportedPayment { id status reportedAt reference rejectionReason amount { ...Amount } }")

export const ReportPayment = /* @__PURE__ */ defineOperation<ReportPaymentMutation, ReportPaymentMutationVariables>("mutation ReportPayment($input: ReportPaymentInput!) { reportPayment(input: $input) { reportedPayment { ...Report } } } fragment Amount on Money { decimal currency minorUnits } fragment Report on ReportedPayment { id status reportedAt reference rejectionReason amount { ...Amount } }")

export const CancelOrder = /* @__PURE__ */ defineOperation<CancelOrderMutation, CancelOrderMutationVariables>("mutation CancelOrder($input: CancelOrderInput!) { cancelOrder(input: $input) { order { id status } } }")

export const Balances = /* @__PURE__ */ defineOperation<BalancesQuery, BalancesQueryVariables>("query Balances($organisationId: ID) { balances(organisationId: $organisationId) { currency amount { ...Amount } available { ...Amount } held { ...Amount } granted { ...Amount } entries(first: 20) { ...Entries } } plans { id currency } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment Entries on BalanceEntryConnection { nodes { id at description amount { ...Amount } } pageInfo { ...PageFields } }")

export const PageOfEntries = /* @__PURE__ */ defineOperation<PageOfEntriesQuery, PageOfEntriesQueryVariables>("query PageOfEntries($organisationId: ID, $first: Int, $after: String, $last: Int, $before: String) { balances(organisationId: $organisationId) { currency entries(first: $first, after: $after, last: $last, before: $before) { ...Entries } } } fragment Amount on Money { decimal currency minorUnits } fragment PageFields on PageInfo { hasNextPage hasPreviousPage startCursor endCursor } fragment Entries on BalanceEntryConnection { nodes { id at description amount { ...Amount } } pageInfo { ...PageFields } }")

export const TopUp = /* @__PURE__ */ defineOperation<TopUpMutation, TopUpMutationVariables>("mutation TopUp($input: TopUpBalanceInput!) { topUpBalance(input: $input) { checkoutUrl order { id } } }")

export const Billing = /* @__PURE__ */ defineOperation<BillingQuery, BillingQueryVariables>("query Billing($organisationId: ID) { billingDetails(organisationId: $organisationId) { ...BillingFields vatIdCheck { status } } } fragment BillingFields on BillingDetails { name address city state zip country taxId registrationId reference purchaseOrder electronicAddress invoiceFormat locale }")

export const SaveBilling = /* @__PURE__ */ defineOperation<SaveBillingMutation, SaveBillingMutationVariables>("mutation SaveBilling($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { ...BillingFields } } } fragment BillingFields on BillingDetails { name address city state zip country taxId registrationId reference purchaseOrder electronicAddress invoiceFormat locale }")

export const Contract = /* @__PURE__ */ defineOperation<ContractQuery, ContractQueryVariables>("query Contract($organisationId: ID) { subscription(organisationId: $organisationId) { ...Subscription cancellationEndsAt } } fragment Amount on Money { decimal currency minorUnits } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } }")

export const WithdrawalPreview = /* @__PURE__ */ defineOperation<WithdrawalPreviewQuery, WithdrawalPreviewQueryVariables>("query WithdrawalPreview($organisationId: ID) { subscription(organisationId: $organisationId) { ...Subscription } withdrawalPreview(organisationId: $organisationId) { refundable { ...Amount } } } fragment Amount on Money { decimal currency minorUnits } fragment Subscription on PlanSubscription { id status suspendedReason collection interval provider currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt plan { id name } price { ...Amount } nextPrice { ...Amount } nextPriceAt pendingPlan { id name } }")

export const Withdraw = /* @__PURE__ */ defineOperation<WithdrawMutation, WithdrawMutationVariables>("mutation Withdraw($input: WithdrawFromSubscriptionInput!) { withdrawFromSubscription(input: $input) { receivedAt refund { id status amount { ...Amount } } subscription { id status } } } fragment Amount on Money { decimal currency minorUnits }")

// Generated from schema.graphql by npm run docs.

/** The possible values of `errors[].extensions.code`. */
export type ErrorCode =
  /** The customer has a paid subscription already. Use `changePlan`. Extensions: `planId` (id of its plan), `collection` (who collects its money). */
  | 'ALREADY_SUBSCRIBED'
  /** The HTTP request is invalid: malformed JSON, no operation, or a body that is too large. */
  | 'BAD_REQUEST'
  /** An argument is invalid. The message states what is accepted. Extensions: `field` (path of the first invalid argument, such as `input.planId`), `fields` (all invalid fields of the input, at most 100: a list of `{ field, message }`). */
  | 'BAD_USER_INPUT'
  /** The server is overloaded, or the data is in use. Retry later. GraphQL responds with HTTP 200. Extensions: `retryAfter` (seconds to wait before a retry). */
  | 'BUSY'
  /** The billing details of the customer lack what every invoice states. Use `setBillingDetails`. Extensions: `missing` (fields of the billing details that are not set). */
  | 'BUYER_DETAILS_MISSING'
  /** The current period was paid in another currency than the plan is sold in. The message names both. */
  | 'CURRENCY_MISMATCH'
  /** The database is temporarily unavailable. Retry later. The HTTP status is 503. Extensions: `retryAfter` (seconds to wait before a retry). */
  | 'DATABASE_UNAVAILABLE'
  /** Billing is disabled. The HTTP status is 503. */
  | 'FEATURE_DISABLED'
  /** Signed in, but not allowed to do this. */
  | 'FORBIDDEN'
  /** The operation has a syntax error. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The operation is not valid against the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** The idempotency key has already been used with a different input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The keys of the identity provider are temporarily unavailable. Retry later. The HTTP status is 503. Extensions: `retryAfter` (seconds to wait before a retry). */
  | 'IDENTITY_PROVIDER_UNAVAILABLE'
  /** An error in the server. Report the request id so that the error can be found in the logs. */
  | 'INTERNAL_SERVER_ERROR'
  /** The order, subscription or plan is in a state that does not allow this change. Extensions: `from` (the current status), `to` (the requested status). */
  | 'INVALID_TRANSITION'
  /** The invoice cannot be expressed in this format of electronic invoices. The message lists what it lacks. Returned by a REST route only. */
  | 'INVOICE_DETAILS_MISSING'
  /** The invoice does not exist or is not visible to you. */
  | 'INVOICE_NOT_FOUND'
  /** The order does not exist or is not visible to you. */
  | 'ORDER_NOT_FOUND'
  /** The organisation does not exist, or you are neither its owner nor one of its admins. */
  | 'ORGANISATION_NOT_FOUND'
  /** This server does not serve the page. `PAGES` switches pages on. */
  | 'PAGE_DISABLED'
  /** A plan change or refund of this customer waits for the payment provider. Retry later. Extensions: `retryAfter` (seconds to wait before a retry). */
  | 'PAYMENT_IN_PROGRESS'
  /** The payment does not exist or is not visible to you. */
  | 'PAYMENT_NOT_FOUND'
  /** The payment provider did not respond, refused the request or is not configured. The message states which. */
  | 'PAYMENT_PROVIDER_UNAVAILABLE'
  /** No persisted operation has this id, or this server runs persisted operations only. */
  | 'PERSISTED_OPERATION_NOT_FOUND'
  /** The hash of an automatic persisted query is not the hash of a persisted operation. Send the query text, as Apollo clients then do automatically. */
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  /** The request exceeds a limit of the plan. Extensions: `resource` (the limited resource, such as `SERVERS`), `limit` (the limit), `used` (how much of it is in use), `requested` (how much was requested), `upgradeUrl` (where the customer can choose a larger plan). */
  | 'PLAN_LIMIT_EXCEEDED'
  /** The plan does not exist or cannot be ordered. */
  | 'PLAN_NOT_FOUND'
  /** The operation exceeds the maximum cost, depth or size of one request. */
  | 'QUERY_TOO_COMPLEX'
  /** Too many requests. Retry later. Extensions: `retryAfter` (seconds to wait before a retry). */
  | 'RATE_LIMITED'
  /** The payment has no receipt, because its payment provider is the seller. Returned by a REST route only. */
  | 'RECEIPT_NOT_FOUND'
  /** The order cannot be refunded. The message states the reason. Extensions: `daysSincePurchase` (whole days since the purchase). */
  | 'REFUND_NOT_ELIGIBLE'
  /** Nothing can be sold until the operator of the server has set the details that every invoice states. Extensions: `missing` (variables of the environment that are not set). */
  | 'SELLER_DETAILS_MISSING'
  /** The subscription does not exist or is not visible to you. */
  | 'SUBSCRIPTION_NOT_FOUND'
  /** Not signed in, or the token is invalid, expired or from another issuer. */
  | 'UNAUTHENTICATED'
  /** The user does not exist. */
  | 'USER_NOT_FOUND'

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
  | 'VAT_ID_CHECKED'

/** Resource limits of a plan or of a customer. Null means unlimited, 0 means none. */
export interface Limits {
  /** Backups per server. Null means unlimited, 0 means none. */
  backups: number | null
  /** Total CPU of all servers in percent of a core; 100 is one core. Null means unlimited, 0 means none. */
  cpu: number | null
  /** Databases per server. Null means unlimited, 0 means none. */
  databases: number | null
  /** Total disk space of all servers in MB. Null means unlimited, 0 means none. */
  disk: number | null
  /** E-mails per day. Null means unlimited, 0 means none. */
  emailsPerDay: number | null
  /** Total memory of all servers in MB. Null means unlimited, 0 means none. */
  memory: number | null
  /** Number of nodes. Null means unlimited, 0 means none. */
  nodeLimit: number | null
  /** Network ports per server. Null means unlimited, 0 means none. */
  portCount: number | null
  /** Number of servers. Null means unlimited, 0 means none. */
  serverLimit: number | null
  /** Number of tunnel ports. Null means unlimited, 0 means none. */
  tunnelPortCount: number | null
}

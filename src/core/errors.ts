/** Every value of `errors[].extensions.code` with its description. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'Not signed in, or the token is invalid, expired or from another issuer.',
  FORBIDDEN: 'Signed in, but not allowed to do this.',
  FEATURE_DISABLED: 'Billing is disabled. The HTTP status is 503.',
  BAD_USER_INPUT: 'An argument is invalid. `extensions.field` names it, and the message states what is accepted.',
  BAD_REQUEST: 'The HTTP request is not a valid GraphQL request: malformed JSON, no query, or a body that is too large.',
  GRAPHQL_PARSE_FAILED: 'The query has a syntax error.',
  GRAPHQL_VALIDATION_FAILED: 'The operation is not valid against the schema.',
  PLAN_NOT_FOUND: 'The plan does not exist or cannot be ordered.',
  ORDER_NOT_FOUND: 'The order does not exist or is not visible to you.',
  INVOICE_NOT_FOUND: 'The invoice does not exist or is not visible to you.',
  SUBSCRIPTION_NOT_FOUND: 'The subscription does not exist or is not visible to you.',
  USER_NOT_FOUND: 'The user does not exist.',
  ORGANISATION_NOT_FOUND: 'The organisation does not exist, or you are neither its owner nor one of its admins.',
  INVALID_TRANSITION: 'The order or subscription is in a state that does not allow this change.',
  PLAN_LIMIT_EXCEEDED: 'The plan does not allow it. The extensions have `resource`, `limit`, `used`, `requested` and `upgradeUrl`.',
  REFUND_NOT_ELIGIBLE: 'This order can no longer be refunded.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key has already been used with a different input.',
  QUERY_TOO_COMPLEX: 'The operation exceeds the maximum cost of one request.',
  RATE_LIMITED: 'Too many requests. Retry after `extensions.retryAfter` seconds.',
  BUSY: 'The server is overloaded. Retry after `extensions.retryAfter` seconds. Routes other than GraphQL respond with HTTP 503.',
  DATABASE_UNAVAILABLE: 'The database is temporarily unavailable. Retry after `extensions.retryAfter` seconds. The HTTP status is 503.',
  DOCUMENT_NOT_FOUND: 'No persisted operation has this id, or this server runs persisted operations only.',
  PERSISTED_QUERY_NOT_SUPPORTED:
    'The hash of an automatic persisted query is not the hash of a persisted operation. Send the query text, as Apollo clients ' +
    'then do automatically.',
  IDENTITY_PROVIDER_UNAVAILABLE:
    'The keys of the identity provider are temporarily unavailable. Retry after `extensions.retryAfter` seconds. The HTTP ' +
    'status is 503.',
  PAYMENT_PROVIDER_UNAVAILABLE: 'The payment provider did not respond. Retry later.',
  INTERNAL_SERVER_ERROR: 'An error in the server. Report the request id so that the error can be found in the logs.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * A request that violates a rule of the domain. The API layer formats it.
 * @param details  becomes the `extensions` next to the code; plain JSON values only
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.details = details
  }
}

/** An invalid argument. @param field  its path as the client wrote it, such as `input.planId` */
export function invalidInputError(field: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', `${field}: ${message}`, { field })
}

export const RETRY_AFTER_SECONDS = 5

/** The server is overloaded and the client should retry. @param cause  the underlying error, for the log */
export function busyError(message: string, cause?: unknown): DomainError {
  return new DomainError('BUSY', message, { retryAfter: RETRY_AFTER_SECONDS }, cause)
}

/** The server cannot start, for a reason that the operator can fix. Printed as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

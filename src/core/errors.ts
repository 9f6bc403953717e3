/** Every code a client can meet in `errors[].extensions.code`, with what it means. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'Sign in first, or the token is wrong, expired or from another issuer.',
  FORBIDDEN: 'Signed in, but not allowed to do this.',
  FEATURE_DISABLED: 'Billing is switched off. Answered with HTTP 503.',
  BAD_USER_INPUT: 'An argument is wrong; extensions.field names it, the message says what is accepted.',
  BAD_REQUEST: 'The HTTP request is no GraphQL request: malformed JSON, no query, a body that is too large.',
  GRAPHQL_PARSE_FAILED: 'The document is no GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  PLAN_NOT_FOUND: 'No such plan, or it cannot be ordered.',
  ORDER_NOT_FOUND: 'No such order, or not visible to you.',
  INVOICE_NOT_FOUND: 'No such invoice, or not visible to you.',
  SUBSCRIPTION_NOT_FOUND: 'No such subscription, or not visible to you.',
  USER_NOT_FOUND: 'No such user.',
  ORGANISATION_NOT_FOUND: 'No such organisation, or you are neither its owner nor one of its admins.',
  INVALID_TRANSITION: 'The order or subscription is in a state from which this cannot happen.',
  PLAN_LIMIT_EXCEEDED: 'The plan does not allow it; extensions carry resource, limit, used, requested and upgradeUrl.',
  REFUND_NOT_ELIGIBLE: 'Nothing can be refunded for this order any more.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used before with another input.',
  QUERY_TOO_COMPLEX: 'The operation asks for more than is allowed at once.',
  RATE_LIMITED: 'Too many requests; extensions.retryAfter says how many seconds to wait.',
  BUSY: 'Too much work is waiting; extensions.retryAfter says how many seconds to wait. Answered with HTTP 503 by plain routes.',
  DATABASE_UNAVAILABLE:
    'The database cannot be reached at the moment; extensions.retryAfter says how many seconds to wait. Answered with HTTP 503.',
  DOCUMENT_NOT_FOUND: 'There is no trusted document with this id, or only trusted documents run here.',
  PERSISTED_QUERY_NOT_SUPPORTED:
    'The hash of an automatic persisted query is not that of a trusted document. Send the text, as Apollo clients then do by themselves.',
  IDENTITY_PROVIDER_UNAVAILABLE:
    'The keys of the identity provider cannot be read at the moment; extensions.retryAfter says how many seconds to wait. Answered with HTTP 503.',
  PAYMENT_PROVIDER_UNAVAILABLE: 'The payment provider did not answer; try again later.',
  INTERNAL_SERVER_ERROR: 'Our fault. The request id helps to find it in the logs.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * A rule of the domain said no. Thrown where the rule is, formatted once at the edge.
 * @param details  becomes `extensions` beside the code: plain JSON values only
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

/** An argument that is wrong: `field` is its path as the client wrote it, such as `input.planId`. */
export function invalidInputError(field: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', `${field}: ${message}`, { field })
}

export const RETRY_AFTER_SECONDS = 5

/** There is too much to do at the moment, and a repetition is welcome. @param cause  what went wrong elsewhere, for the log */
export function busyError(message: string, cause?: unknown): DomainError {
  return new DomainError('BUSY', message, { retryAfter: RETRY_AFTER_SECONDS }, cause)
}

/** The start cannot go on, for a reason the operator can mend: printed as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

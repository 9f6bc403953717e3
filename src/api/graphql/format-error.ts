import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { DomainError, ERROR_CODES } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { databaseUnavailableError, isDatabaseUnavailable } from '../../platform/postgres/connection-errors.js'

const MAX_MESSAGE_LENGTH = 400

/** The one place where an error becomes an answer. What is not ours to say (a stack, a message of the database) is not said. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted
  const place = { ...(locations && { locations }), ...(path && { path }) }
  const cause = unwrapError(error)
  const ours = cause instanceof DomainError ? cause : isDatabaseUnavailable(cause) ? databaseUnavailableError() : undefined
  if (ours) return { message: ours.message, ...place, extensions: { code: ours.code, ...ours.details } }
  const code = errorCodeOf(formatted)
  if (isClientError(code)) {
    const message = truncateMessage(formatted.message)
    return { message, ...place, extensions: { code, ...(code === 'BAD_USER_INPUT' && extractField(formatted.message)) } }
  }
  return { message: 'Something went wrong on our side', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
}

/** Logs what the response does not say, with the id of the request. Errors of clients are not logged. */
export function logInternalErrors(log: Logger, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const [cause, { path }] = [unwrapError(error), error]
    if (cause instanceof DomainError) {
      if (cause.cause) log.warn({ err: cause.cause, path }, cause.message)
    } else if (isDatabaseUnavailable(cause)) log.warn({ reason: (cause as Error).message, path }, 'the database cannot be reached')
    else if (!isClientError(errorCodeOf(error))) log.error({ err: cause, path }, path ? 'a resolver failed' : 'an operation failed')
  }
}

function unwrapError(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? error.originalError : unwrapResolverError(error)
}

function isClientError(code: string): boolean {
  return code in ERROR_CODES && code !== 'INTERNAL_SERVER_ERROR'
}

/** Which operation of a document is meant is Apollo's to find out, and has a code of its own there. */
const OPERATION_RESOLUTION_FAILURE = 'OPERATION_RESOLUTION_FAILURE'

/** How graphql-js reports more wrong values in variables than it collects. Apollo does not recognise that error as one of them. */
const TOO_MANY_WRONG_VALUES = 'Too many errors processing variables'

/** One of ERROR_CODES, or any other text for a fault of the server. */
function errorCodeOf({ extensions, message }: Pick<GraphQLFormattedError, 'extensions' | 'message'>): string {
  if (message.startsWith(TOO_MANY_WRONG_VALUES)) return 'BAD_USER_INPUT'
  const code = String(extensions?.code ?? '')
  return code === OPERATION_RESOLUTION_FAILURE ? 'GRAPHQL_VALIDATION_FAILED' : code
}

/** graphql-js names the place of a wrong variable only in its message: `Variable "$input" … at "input.planId"; …`. */
function extractField(message: string): { field?: string } {
  const field =
    /^Variable "\$[^"]*" got invalid value [\s\S]* at "([^"]{1,200})";/.exec(message) ?? /^Variable "\$([^"]{1,200})"/.exec(message)
  return field?.[1] ? { field: field[1] } : {}
}

function truncateMessage(message: string): string {
  return message.length > MAX_MESSAGE_LENGTH
    ? `${message.slice(0, MAX_MESSAGE_LENGTH / 2)} … ${message.slice(-MAX_MESSAGE_LENGTH / 2)}`
    : message
}

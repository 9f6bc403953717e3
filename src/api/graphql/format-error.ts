import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { BAD_USER_INPUT, DomainError, INTERNAL_SERVER_ERROR, type InputProblem } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { retryableError } from '../../platform/postgres/database-errors.js'
import { findErrorDefinition } from '../error-table.js'
import { GRAPHQL_VALIDATION_FAILED } from './graphql.errors.js'

const MAX_MESSAGE_LENGTH = 400

/**
 * Converts every error to its response. Internal details, such as stacks and messages of the database, are
 * not revealed.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted
  const location = { ...(locations && { locations }), ...(path && { path }) }
  const cause = unwrapError(error)
  const known = cause instanceof DomainError ? cause : retryableError(cause)
  if (known) return { message: known.message, ...location, extensions: { code: known.code, ...known.details } }
  const code = errorCodeOf(formatted)
  if (isClientError(code)) {
    const message = truncateMessage(formatted.message)
    return { message, ...location, extensions: { code, ...(code === BAD_USER_INPUT.code && describeVariable(formatted.message, message)) } }
  }
  return { message: 'Something went wrong on our side', ...location, extensions: { code: INTERNAL_SERVER_ERROR.code } }
}

/** Converts the errors of a subscription to their response, and logs internal ones. */
export function formatErrors(log: Logger, errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  const coded = errors.map(withCode)
  logInternalErrors(log, coded)
  return coded.map((error) => formatError(error.toJSON(), error))
}

/** An error without a path and a code comes from the variables. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.path || error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, { originalError: error.originalError, extensions: { code: BAD_USER_INPUT.code } })
}

/** Logs what the response does not reveal, with the id of the request. Client errors are not logged. */
export function logInternalErrors(log: Logger, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const [cause, { path }] = [unwrapError(error), error]
    if (cause instanceof DomainError) {
      if (cause.cause) log.warn({ err: cause.cause, path }, cause.message)
    } else if (retryableError(cause)) log.warn({ reason: (cause as Error).message, path }, 'the database cannot run a statement now')
    else if (!isClientError(errorCodeOf(error))) log.error({ err: cause, path }, path ? 'a resolver failed' : 'an operation failed')
  }
}

function unwrapError(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? error.originalError : unwrapResolverError(error)
}

function isClientError(code: string): boolean {
  return code !== INTERNAL_SERVER_ERROR.code && findErrorDefinition(code) !== undefined
}

/** Apollo's code for a request that does not identify exactly one operation of its document. */
const OPERATION_RESOLUTION_FAILURE = 'OPERATION_RESOLUTION_FAILURE'

/**
 * The message of graphql-js for more invalid variables than it collects. Apollo does not recognise it as an
 * error in variables.
 */
const TOO_MANY_INVALID_VARIABLES = 'Too many errors processing variables'

/** @returns a documented code, or any other text for an internal error */
function errorCodeOf({ extensions, message }: Pick<GraphQLFormattedError, 'extensions' | 'message'>): string {
  if (message.startsWith(TOO_MANY_INVALID_VARIABLES)) return BAD_USER_INPUT.code
  const code = String(extensions?.code ?? '')
  return code === OPERATION_RESOLUTION_FAILURE ? GRAPHQL_VALIDATION_FAILED.code : code
}

/**
 * The extensions of an invalid variable. graphql-js reports each one in an error of its own, and names its path only in
 * the message: `Variable "$input" … at "input.planId"; …`.
 */
function describeVariable(original: string, message: string): { field?: string; fields?: InputProblem[] } {
  const match =
    /^Variable "\$[^"]*" got invalid value [\s\S]* at "([^"]{1,200})";/.exec(original) ?? /^Variable "\$([^"]{1,200})"/.exec(original)
  const field = match?.[1]
  return field ? { field, fields: [{ field, message }] } : {}
}

function truncateMessage(message: string): string {
  return message.length > MAX_MESSAGE_LENGTH
    ? `${message.slice(0, MAX_MESSAGE_LENGTH / 2)} … ${message.slice(-MAX_MESSAGE_LENGTH / 2)}`
    : message
}

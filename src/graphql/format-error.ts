import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { DomainError, ERROR_CODES } from '../core/errors.js'
import { databaseUnavailable, isDatabaseUnavailable } from '../database/unavailable.js'

const LONGEST_MESSAGE = 400

interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}

/**
 * The one place where an error becomes an answer. What is not ours to say (a stack, a message of the database)
 * is logged and answered as INTERNAL_SERVER_ERROR.
 */
export function createErrorFormatter(log: Log): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const { locations, path } = formatted
    const place = { ...(locations && { locations }), ...(path && { path }) }
    const cause = error instanceof GraphQLError && error.originalError ? error.originalError : unwrapResolverError(error)
    if (cause instanceof DomainError) {
      return { message: cause.message, ...place, extensions: { code: cause.code, ...cause.details } }
    }
    const code = codeOf(formatted)
    if (code in ERROR_CODES && code !== 'INTERNAL_SERVER_ERROR') {
      const message = shorten(formatted.message)
      return { message, ...place, extensions: { code, ...(code === 'BAD_USER_INPUT' && fieldOf(formatted.message)) } }
    }
    if (isDatabaseUnavailable(cause)) {
      const { code: unavailable, message, details } = databaseUnavailable()
      log.warn({ reason: (cause as Error).message, path }, 'the database cannot be reached')
      return { message, ...place, extensions: { code: unavailable, ...details } }
    }
    log.error({ err: cause, path }, 'a resolver failed')
    return { message: 'Something went wrong on our side', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
}

/** Which operation of a document is meant is Apollo's to find out, and has a code of its own there. */
const NO_SUCH_OPERATION = 'OPERATION_RESOLUTION_FAILURE'

/** One of ours, or of what is wrong on our side. */
function codeOf({ extensions }: Pick<GraphQLFormattedError, 'extensions'>): string {
  const code = String(extensions?.code ?? '')
  return code === NO_SUCH_OPERATION ? 'GRAPHQL_VALIDATION_FAILED' : code
}

/** graphql-js names the place of a wrong variable only in its message: `Variable "$input" … at "input.planId"; …`. */
function fieldOf(message: string): { field?: string } {
  const field =
    /^Variable "\$[^"]*" got invalid value [\s\S]* at "([^"]{1,200})";/.exec(message) ?? /^Variable "\$([^"]{1,200})"/.exec(message)
  return field?.[1] ? { field: field[1] } : {}
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE / 2)} … ${message.slice(-LONGEST_MESSAGE / 2)}` : message
}

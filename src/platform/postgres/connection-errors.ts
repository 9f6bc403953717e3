import { DomainError, defineError, RETRY_AFTER, RETRY_AFTER_SECONDS } from '../../core/errors.js'

/**
 * Error codes of Node for refused and lost connections, and of Prisma for a database that cannot be reached.
 */
const UNAVAILABLE_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'],
])
/**
 * SQLSTATE codes: connection exceptions, too many connections, shutdown or
 * start-up, read-only after a fail-over.
 */
const UNAVAILABLE_SQL_STATES = /^(08\w{3}|53300|57P0[123]|25006)$/
/** Error kinds of Prisma's driver adapters. */
const ADAPTER_ERROR_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** Messages of pg errors that have no code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed)/
const MAX_CAUSE_DEPTH = 5

/** Whether an error means that the database is unavailable, as opposed to an error in the statement. */
export function isDatabaseUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Object) || depth > MAX_CAUSE_DEPTH) return false
  const { code, originalCode, kind, message = '', address = '', cause, meta } = error as Record<string, unknown>
  // ENOENT for a PostgreSQL socket means that the server is not running.
  if (code === 'ENOENT' && `${address} ${message}`.includes('.s.PGSQL.')) return true
  const codes = [code, originalCode].map(String)
  if (
    codes.some((each) => UNAVAILABLE_CODES.has(each) || UNAVAILABLE_SQL_STATES.test(each)) ||
    ADAPTER_ERROR_KINDS.has(String(kind)) ||
    UNAVAILABLE_MESSAGES.test(String(message))
  )
    return true
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>
  return isDatabaseUnavailable(cause, depth + 1) || isDatabaseUnavailable(driverAdapterError, depth + 1)
}

export const DATABASE_UNAVAILABLE = defineError('DATABASE_UNAVAILABLE', {
  status: 503,
  description: 'The database is temporarily unavailable. Retry later. The HTTP status is 503.',
  extensions: RETRY_AFTER,
})

export function databaseUnavailableError(): DomainError {
  return new DomainError(DATABASE_UNAVAILABLE, 'The database is unavailable; retry shortly with the same idempotency key', {
    retryAfter: RETRY_AFTER_SECONDS,
  })
}

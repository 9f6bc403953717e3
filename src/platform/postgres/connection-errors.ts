import { DomainError, RETRY_AFTER_SECONDS } from '../../core/errors.js'

/** Of Node, where nobody listens or the connection breaks; of Prisma, where the database is out of reach. */
const ERROR_CODES_UNAVAILABLE = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'],
])
/** SQLSTATE: connection exceptions, too many connections, going down or just coming up, read-only because it is no longer the one. */
const SQL_STATES = /^(08\w{3}|53300|57P0[123]|25006)$/
/** Of adapters, which wrap what the driver said. */
const ADAPTER_ERROR_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** What pg says without a code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed)/
const MAX_CAUSE_DEPTH = 5

/** Whether an error says that the database is away, and not that something is wrong with what it was asked. */
export function isDatabaseUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Object) || depth > MAX_CAUSE_DEPTH) return false
  const { code, originalCode, kind, message = '', address = '', cause, meta } = error as Record<string, unknown>
  // A socket that is not there is no missing file.
  if (code === 'ENOENT' && `${address} ${message}`.includes('.s.PGSQL.')) return true
  const codes = [code, originalCode].map(String)
  if (
    codes.some((each) => ERROR_CODES_UNAVAILABLE.has(each) || SQL_STATES.test(each)) ||
    ADAPTER_ERROR_KINDS.has(String(kind)) ||
    MESSAGES.test(String(message))
  )
    return true
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>
  return isDatabaseUnavailable(cause, depth + 1) || isDatabaseUnavailable(driverAdapterError, depth + 1)
}

export function databaseUnavailableError(): DomainError {
  return new DomainError('DATABASE_UNAVAILABLE', 'The database cannot be reached; try again in a moment, with the same idempotency key', {
    retryAfter: RETRY_AFTER_SECONDS,
  })
}

import { BUSY, DomainError, defineError, RETRY_AFTER, RETRY_AFTER_SECONDS } from '../../core/errors.js'

/**
 * Error codes of Node for refused and lost connections, and of Prisma for a database that cannot be reached.
 */
const UNAVAILABLE_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'],
])
/**
 * SQLSTATE codes: connection exceptions, full disk, out of memory, too many connections, the time limits of a
 * session, shutdown or start-up, I/O errors, read-only after a fail-over.
 */
const UNAVAILABLE_SQL_STATES = /^(08\w{3}|53[123]00|25P0[34]|57P0[1235]|58030|25006)$/
/** Error kinds of Prisma's driver adapters. */
const ADAPTER_ERROR_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** The error of pg for a statement without a response; its connection is unusable. */
export const NO_RESPONSE = 'Query read timeout'
/** Messages of pg errors that have no code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed)/

const LOCK_NOT_AVAILABLE = '55P03'
const QUERY_CANCELED = '57014'
/** Serialization failure and deadlock, and their code and kind in Prisma. */
const CONFLICTS = new Set(['40001', '40P01', 'P2034', 'TransactionWriteConflict'])
/**
 * SQLSTATE codes for a prepared statement that does not exist, exists already or has other parameters, as behind a
 * pooler.
 */
const STALE_STATEMENT_SQL_STATES = new Set(['26000', '42P05'])
const STALE_STATEMENT_MESSAGE = /cached plan must not change result type|bind message supplies \d+ parameters, but prepared statement/

const MAX_CAUSE_DEPTH = 5

interface ErrorDetails {
  /** Codes of Node, Prisma and PostgreSQL, and kinds of Prisma's driver adapters. */
  codes: string[]
  message: string
  address: string
}

/** Whether an error or one of its causes matches. Prisma wraps the errors of the driver. */
function someCause(error: unknown, matches: (details: ErrorDetails) => boolean, depth = 0): boolean {
  if (!(error instanceof Object) || depth > MAX_CAUSE_DEPTH) return false
  const { code, originalCode, kind, message = '', originalMessage = '', address = '', cause, meta } = error as Record<string, unknown>
  const codes = [code, originalCode, kind].filter((each) => each !== undefined).map(String)
  if (matches({ codes, message: `${message}${originalMessage}`, address: String(address) })) return true
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>
  return someCause(cause, matches, depth + 1) || someCause(driverAdapterError, matches, depth + 1)
}

/** Whether an error means that the database is unavailable, as opposed to an error in the statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return someCause(
    error,
    ({ codes, message, address }) =>
      // ENOENT for a PostgreSQL socket means that the server is not running.
      (codes.includes('ENOENT') && `${address} ${message}`.includes('.s.PGSQL.')) ||
      codes.some((each) => UNAVAILABLE_CODES.has(each) || UNAVAILABLE_SQL_STATES.test(each) || ADAPTER_ERROR_KINDS.has(each)) ||
      UNAVAILABLE_MESSAGES.test(message),
  )
}

/** Whether a statement failed because of lock_timeout. */
export function isLockTimeout(error: unknown): boolean {
  return someCause(error, ({ codes }) => codes.includes(LOCK_NOT_AVAILABLE))
}

/** Whether concurrent transactions excluded each other, so that a repetition can succeed. */
export function isConflict(error: unknown): boolean {
  return someCause(error, ({ codes }) => codes.some((each) => CONFLICTS.has(each)))
}

/** Whether a prepared statement does not fit the database any more. The statement did not run. */
export function isStaleStatement(error: unknown): boolean {
  return someCause(
    error,
    ({ codes, message }) => codes.some((each) => STALE_STATEMENT_SQL_STATES.has(each)) || STALE_STATEMENT_MESSAGE.test(message),
  )
}

export const DATABASE_UNAVAILABLE = defineError('DATABASE_UNAVAILABLE', {
  status: 503,
  description: 'The database is temporarily unavailable. Retry later. The HTTP status is 503.',
  extensions: RETRY_AFTER,
  isOutcome: false,
})

/** @returns the error for clients when a retry can succeed; undefined for an error in the statement */
export function retryableError(error: unknown): DomainError | undefined {
  const retryAfter = { retryAfter: RETRY_AFTER_SECONDS }
  if (isDatabaseUnavailable(error)) {
    const message = 'The database is unavailable; retry shortly with the same idempotency key'
    return new DomainError(DATABASE_UNAVAILABLE, message, retryAfter)
  }
  const isBusy = isConflict(error) || isStaleStatement(error)
  if (isBusy || someCause(error, ({ codes }) => codes.includes(LOCK_NOT_AVAILABLE) || codes.includes(QUERY_CANCELED))) {
    return new DomainError(BUSY, 'The data is in use by other requests; retry shortly with the same idempotency key', retryAfter)
  }
  return undefined
}

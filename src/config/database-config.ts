import type { EnvironmentValues } from './environment.js'

/** The limits of every session, so that no process can block the others. */
export interface SessionLimits {
  lockTimeoutMs: number
  statementTimeoutMs: number
  /** How long PostgreSQL waits for the next statement of an open transaction. */
  idleTransactionTimeoutMs: number
  keepAliveSeconds: number
}

export interface DatabaseSettings extends SessionLimits {
  /** Undefined for the embedded database. */
  url: string | undefined
  /** Bypasses the pooler of `url`; undefined if there is none. */
  directUrl: string | undefined
  replicaUrl: string | undefined
  /** The schema of the tables. That of the jobs follows from it. */
  schema: string
  poolSize: number
  preparesStatements: boolean
}

export function parseDatabaseSettings(values: EnvironmentValues): DatabaseSettings {
  const { DATABASE_DIRECT_URL: directUrl, DATABASE_PREPARED_STATEMENTS: prepares } = values
  return {
    url: values.DATABASE_URL,
    directUrl,
    replicaUrl: values.DATABASE_REPLICA_URL,
    schema: values.DATABASE_SCHEMA,
    poolSize: values.DATABASE_POOL_SIZE,
    preparesStatements: prepares ? prepares === 'true' : directUrl === undefined,
    lockTimeoutMs: values.DATABASE_LOCK_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTransactionTimeoutMs: values.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    keepAliveSeconds: values.DATABASE_KEEPALIVE_SECONDS,
  }
}

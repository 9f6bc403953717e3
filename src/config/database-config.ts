import type { EnvironmentValues } from './environment.js'
import { defaultPoolSize } from './workers.js'

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
  /** Of all worker processes together, until `workerConfig` gives one of them its share. */
  poolSize: number
  preparesStatements: boolean
}

/** @param workers  how many processes share the pool */
export function parseDatabaseSettings(values: EnvironmentValues, workers = 1): DatabaseSettings {
  const { DATABASE_DIRECT_URL: directUrl, DATABASE_PREPARED_STATEMENTS: prepares } = values
  return {
    url: values.DATABASE_URL,
    directUrl,
    replicaUrl: values.DATABASE_REPLICA_URL,
    schema: values.DATABASE_SCHEMA,
    poolSize: values.DATABASE_POOL_SIZE ?? defaultPoolSize(workers),
    preparesStatements: prepares ? prepares === 'true' : directUrl === undefined,
    lockTimeoutMs: values.DATABASE_LOCK_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTransactionTimeoutMs: values.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    keepAliveSeconds: values.DATABASE_KEEPALIVE_SECONDS,
  }
}

import type pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import type { DatabaseSettings } from '../../config/database-config.js'
import { searchPath } from './database-schema.js'

/** Lost connections are closed after this many unanswered keepalives, one per second. */
const KEEPALIVE_PROBES = 5
const CONNECT_TIMEOUT_MS = 10_000
/** PostgreSQL cancels a long statement itself. The process gives up later, because then the connection is lost. */
const RESPONSE_GRACE_MS = 5000

/** A setting of every session. A session in which it is missing leads through a pooler. */
export const SESSION_MARKER = { name: 'quittance.session', value: 'direct' }

/** The connection options of a process, by purpose. Every session that they open has limits and finds the schema. */
export interface DatabaseAccess {
  schema: string
  /** For the pools of reads and writes. */
  pool: PoolAccess
  /** For LISTEN, locks that belong to a session, and jobs: never leads through a pooler. */
  direct: pg.PoolConfig
  /** Like `direct`, without a limit of the duration of a statement. */
  migrations: pg.PoolConfig
}

export interface PoolAccess {
  options: pg.PoolConfig
  /**
   * SQL that sets the limits and the schema of a transaction. A pooler shares its sessions, so they cannot belong to
   * them. Undefined without a pooler.
   */
  transactionSettings: string | undefined
  schema: string
  preparesStatements: boolean
}

/** @param embedded  connection of the embedded database, used if no URL is set */
export function databaseAccess(settings: DatabaseSettings, embedded: pg.PoolConfig = {}): DatabaseAccess {
  const pooled = settings.url === undefined ? embedded : parseIntoClientConfig(settings.url)
  const direct = settings.directUrl === undefined ? pooled : parseIntoClientConfig(settings.directUrl)
  return {
    schema: settings.schema,
    pool: poolAccess(settings, pooled),
    direct: withSession(direct, settings),
    migrations: withSession(direct, { ...settings, statementTimeoutMs: 0 }),
  }
}

/** Options for the read replica, which a URL always reaches directly. */
export function replicaAccess(settings: DatabaseSettings, replicaUrl: string): PoolAccess {
  return poolAccess({ ...settings, directUrl: undefined, preparesStatements: true }, parseIntoClientConfig(replicaUrl))
}

function poolAccess(settings: DatabaseSettings, connection: pg.PoolConfig): PoolAccess {
  const { poolSize: max, preparesStatements, directUrl, schema } = settings
  if (directUrl === undefined) {
    return { options: { ...withSession(connection, settings), max }, transactionSettings: undefined, preparesStatements, schema }
  }
  const assignments = Object.entries(sessionParameters(settings)).map(([name, value]) => `SET LOCAL ${name} = ${value}`)
  const transactionSettings = assignments.join('; ')
  return { options: { ...connection, ...clientLimits(settings), max }, transactionSettings, preparesStatements, schema }
}

/** Adds the limits and the schema. Options in the URL override them. */
function withSession(connection: pg.PoolConfig, limits: DatabaseSettings): pg.PoolConfig {
  const parameters = { ...sessionParameters(limits), ...keepAliveParameters(limits), [SESSION_MARKER.name]: SESSION_MARKER.value }
  const options = Object.entries(parameters).map(([name, value]) => `-c ${name}=${value}`)
  return { ...connection, ...clientLimits(limits), options: [...options, connection.options ?? []].flat().join(' ') }
}

/** The schema, and limits that PostgreSQL enforces, in milliseconds. */
function sessionParameters(settings: DatabaseSettings): Record<string, string | number> {
  const { schema, lockTimeoutMs, statementTimeoutMs, idleTransactionTimeoutMs } = settings
  return {
    search_path: searchPath(schema),
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
  }
}

/** PostgreSQL checks that this process is still reachable. */
function keepAliveParameters({ keepAliveSeconds }: DatabaseSettings): Record<string, number> {
  return {
    tcp_keepalives_idle: keepAliveSeconds,
    tcp_keepalives_interval: 1,
    tcp_keepalives_count: KEEPALIVE_PROBES,
    tcp_user_timeout: (keepAliveSeconds + KEEPALIVE_PROBES) * 1000,
  }
}

/** This process checks that PostgreSQL is still reachable. */
function clientLimits({ keepAliveSeconds, statementTimeoutMs }: DatabaseSettings): pg.PoolConfig {
  return {
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveSeconds * 1000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + RESPONSE_GRACE_MS }),
  }
}

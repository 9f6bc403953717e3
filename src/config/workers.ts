import { availableParallelism, totalmem } from 'node:os'
import { StartError } from '../core/errors.js'
import type { EnvironmentValues } from './environment.js'

/** More processes than this rarely serve more requests from one PostgreSQL, and each needs memory and connections. */
const MAX_DEFAULT_WORKERS = 8
const MEMORY_PER_WORKER_BYTES = 512 * 1_048_576
const MIN_CONNECTIONS_BY_DEFAULT = 4
/** One for changes, so that another one is available for reads. */
const MIN_CONNECTIONS = 2
const CONNECTIONS_PER_WORKER = 10
/** Two servers with this number, their jobs and their listeners fit into the 100 connections of a default PostgreSQL. */
const MAX_DEFAULT_CONNECTIONS = 32

/** What limits the number of processes on a machine. */
export interface Machine {
  cores: number
  memoryBytes: number
}

/** @throws StartError when the workers have too few database connections */
export function parseWorkers(
  { WORKERS, DATABASE_POOL_SIZE: poolSize }: Pick<EnvironmentValues, 'WORKERS' | 'DATABASE_POOL_SIZE'>,
  production: boolean,
  machine: Machine = thisMachine(),
): number {
  if (WORKERS === undefined) return production ? defaultWorkers(machine, poolSize) : 1
  const required = WORKERS * MIN_CONNECTIONS
  if (poolSize !== undefined && poolSize < required)
    throw new StartError(`DATABASE_POOL_SIZE: must be at least ${required} for ${WORKERS} WORKERS, which need ${MIN_CONNECTIONS} each`)
  return WORKERS
}

function defaultWorkers({ cores, memoryBytes }: Machine, poolSize = Number.POSITIVE_INFINITY): number {
  const byMemory = Math.floor(memoryBytes / MEMORY_PER_WORKER_BYTES)
  const byConnections = Math.floor(poolSize / MIN_CONNECTIONS_BY_DEFAULT)
  return Math.max(1, Math.min(cores, MAX_DEFAULT_WORKERS, byMemory, byConnections))
}

function thisMachine(): Machine {
  // The limit of a container. 0 or a huge number if there is none.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return { cores: availableParallelism(), memoryBytes: Math.min(totalmem(), limit) }
}

/** The size of the pool for all workers together, if none is configured. */
export function defaultPoolSize(workers: number): number {
  return Math.max(workers * MIN_CONNECTIONS, Math.min(workers * CONNECTIONS_PER_WORKER, MAX_DEFAULT_CONNECTIONS))
}

/** Up to seven for jobs; one process runs them. */
const CONNECTIONS_FOR_JOBS = 7
/** For commands, backups and a server that is being replaced. */
const RESERVED_CONNECTIONS = 40
const MIN_EMBEDDED_CONNECTIONS = 100

interface ConnectionSettings {
  workers: number
  database: { poolSize: number; replicaUrl: string | undefined }
}

/** The connections of a server in addition to its pool: jobs, one for LISTEN per worker, and one that measures a read replica. */
export function connectionsOutsidePool({ workers, database: { replicaUrl } }: ConnectionSettings): number {
  return CONNECTIONS_FOR_JOBS + workers * (replicaUrl ? 2 : 1)
}

/** The maximum number of connections of the embedded PostgreSQL. */
export function embeddedConnections(config: ConnectionSettings): number {
  return Math.max(MIN_EMBEDDED_CONNECTIONS, config.database.poolSize + connectionsOutsidePool(config) + RESERVED_CONNECTIONS)
}

/** The configuration of one of the worker processes: its share of the pool. */
export function workerConfig<T extends ConnectionSettings>(config: T): T {
  const { workers, database } = config
  return { ...config, database: { ...database, poolSize: Math.floor(database.poolSize / workers) } }
}

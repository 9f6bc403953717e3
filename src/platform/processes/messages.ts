import type { PoolConfig } from 'pg'

/** The metrics of a process as JSON. The primary process only passes them on. */
export type MetricsSnapshot = readonly object[]

/** Makes the metrics of this process available to the others. @returns a function that collects those of all processes */
export type ShareMetrics = (snapshot: () => Promise<MetricsSnapshot>) => () => Promise<MetricsSnapshot[]>

/** What a worker process needs in addition to its environment. */
export interface WorkerTask {
  /** Connection of the embedded database. Empty if DATABASE_URL is set. */
  embedded: PoolConfig
  /** From 1. A replacement has the number of its predecessor. */
  number: number
  /** Whether this one runs the jobs and sends events to webhook endpoints. */
  runsJobs: boolean
  /** Whether this one loads demo data and reports that the server is ready: the first one, once. */
  isFirst: boolean
}

export type MessageToWorker =
  | { type: 'start'; task: WorkerTask }
  | { type: 'stop' }
  /** Requests a response, to notice a process that does not run. */
  | { type: 'ping' }
  /** Requests the metrics of the process. */
  | { type: 'reportMetrics'; id: number }
  /** The metrics of all processes, as requested by `collectMetrics`. */
  | { type: 'metrics'; id: number; snapshots: MetricsSnapshot[] }

export type MessageToPrimary =
  /** Messages are received from now on. */
  | { type: 'connected' }
  | { type: 'ready' }
  | { type: 'pong' }
  /** Why the worker process does not start, for people. */
  | { type: 'failed'; reason: string }
  | { type: 'collectMetrics'; id: number }
  | { type: 'reportedMetrics'; id: number; snapshot: MetricsSnapshot }

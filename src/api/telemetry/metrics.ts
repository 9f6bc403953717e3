import type pg from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { addMeasurementObserver, type MeasurementAttributes, type MeasurementKind } from '../../core/instrumentation.js'
import type { Services } from '../../modules/services.js'
import { countQueuedTransactions } from '../../platform/postgres/transaction-limiter.js'

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Names of operations and statements are a client's and a library's: so many are told apart, the rest is "other". */
const MAX_LABEL_VALUES = 200

interface MetricsDependencies {
  services: Services
  pool: pg.Pool
  /** Documents that wait to be drawn. */
  drawingsWaiting: () => number
}

export interface Metrics {
  /** In the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  /** Counts that the keys of the identity provider could not be read. */
  identityProviderFailed(): void
  stop(): void
}

/** Counts and times for Prometheus; what is asked of the database is asked when somebody reads them. */
export function createMetrics({ services, pool, drawingsWaiting }: MetricsDependencies): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const timed = (name: string, help: string, label: string) =>
    new Histogram({ name, help, labelNames: [label, 'outcome'], buckets: DURATION_BUCKETS, registers })
  const histograms: Record<MeasurementKind, Histogram> = {
    request: timed('quittance_http_request_seconds', 'Requests over HTTP by route and status.', 'route'),
    operation: timed('quittance_graphql_operation_seconds', 'GraphQL operations by name and first error code.', 'operation'),
    statement: timed('quittance_sql_statement_seconds', 'SQL statements by verb and table, and SQLSTATE.', 'statement'),
    drawing: timed('quittance_pdf_drawing_seconds', 'Drawings of documents, waiting included.', 'kind'),
  }
  const cost = new Counter({ name: 'quittance_graphql_cost_points_total', help: 'Points that operations cost.', registers })
  const providerFailures = new Counter({
    name: 'quittance_identity_provider_failures_total',
    help: 'Requests that were refused because the keys of the identity provider could not be read.',
    registers,
  })
  const names = { request: limitLabelValues(), operation: limitLabelValues(), statement: limitLabelValues(), drawing: limitLabelValues() }
  const stop = addMeasurementObserver((kind, facts) => {
    const started = performance.now()
    return (outcome, more) => {
      const all = { ...facts, ...more }
      histograms[kind].labels(names[kind](labelOf(kind, all)), outcome).observe((performance.now() - started) / 1000)
      if (kind === 'operation') cost.inc(Number(all.cost ?? 0))
    }
  })
  registerGauges({ services, pool, drawingsWaiting, registers })
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    identityProviderFailed: () => providerFailures.inc(),
    stop,
  }
}

function labelOf(kind: MeasurementKind, facts: MeasurementAttributes): string {
  const label = { request: facts.route, operation: facts.operation, statement: facts.statement, drawing: facts.kind }[kind]
  return String(label ?? 'unknown')
}

function limitLabelValues(): (name: string) => string {
  const names = new Set<string>()
  return (name) => {
    if (names.size < MAX_LABEL_VALUES) names.add(name)
    return names.has(name) ? name : 'other'
  }
}

interface QueueDepths {
  jobs_waiting: number
  jobs_failing: number
  oldest_job: number
  deliveries_waiting: number
  oldest_delivery: number
  webhooks_open: number
}

const QUEUE_DEPTHS = `
  SELECT
    (SELECT count(*) FROM graphile_worker.jobs WHERE run_at <= now() AND locked_at IS NULL)::int AS jobs_waiting,
    (SELECT count(*) FROM graphile_worker.jobs WHERE last_error IS NOT NULL)::int AS jobs_failing,
    (SELECT COALESCE(max(extract(epoch FROM now() - run_at)), 0) FROM graphile_worker.jobs WHERE run_at <= now() AND locked_at IS NULL)::float8 AS oldest_job,
    (SELECT count(*) FROM event_deliveries WHERE status = 'PENDING')::int AS deliveries_waiting,
    (SELECT COALESCE(extract(epoch FROM $1 - min(created_at)), 0) FROM event_deliveries WHERE status = 'PENDING')::float8 AS oldest_delivery,
    (SELECT count(*) FROM webhook_events WHERE status IN ('RECEIVED', 'FAILED', 'PARKED'))::int AS webhooks_open`

function registerGauges({ services, pool, drawingsWaiting, registers }: MetricsDependencies & { registers: Registry[] }): void {
  const gauge = (name: string, help: string, read?: () => number) =>
    new Gauge({
      name: `quittance_${name}`,
      help,
      registers,
      ...(read && {
        collect() {
          this.set(read())
        },
      }),
    })
  gauge('database_connections', 'Connections of the pool that are open.', () => pool.totalCount)
  gauge('database_connections_idle', 'Connections of the pool that nobody uses.', () => pool.idleCount)
  gauge('database_connection_waiters', 'Reads that wait for a connection.', () => pool.waitingCount)
  gauge('transactions_waiting', 'Changes that wait for their turn.', () => countQueuedTransactions(services.db))
  gauge('pdf_drawings_waiting', 'Documents that wait to be drawn.', drawingsWaiting)
  gauge('billing_enabled', 'The billing feature flag: 1 or 0.', () => Number(services.flag.enabled))
  const depths = {
    jobs_waiting: gauge('jobs_waiting', 'Background work that is due.'),
    jobs_failing: gauge('jobs_failing', 'Background work that has failed and is tried again.'),
    oldest_job: gauge('job_lag_seconds', 'How long the oldest due work has waited.'),
    deliveries_waiting: gauge('outbox_deliveries_waiting', 'Events that have not arrived yet.'),
    oldest_delivery: gauge('outbox_lag_seconds', 'How long the oldest of them has waited.'),
    webhooks_open: gauge('webhooks_open', 'Webhooks that are not processed, failed or parked.'),
  }
  new Gauge({
    name: 'quittance_database_up',
    help: 'Whether the database has answered just now: 1 or 0. Without an answer the depths of its queues are missing.',
    registers,
    async collect() {
      const rows = await pool.query<QueueDepths>(QUEUE_DEPTHS, [services.clock.now()]).then(
        (result) => result.rows,
        () => [],
      )
      this.set(rows.length)
      for (const [name, depth] of Object.entries(depths)) {
        if (rows[0]) depth.set(rows[0][name as keyof QueueDepths])
        else depth.reset()
      }
    },
  })
}

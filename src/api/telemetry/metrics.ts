import type pg from 'pg'
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { addMeasurementObserver, type MeasurementAttributes, type MeasurementKind } from '../../core/instrumentation.js'
import type { Services } from '../../modules/services.js'
import { countQueuedTransactions } from '../../platform/postgres/transaction.js'
import type { ShareMetrics } from '../../platform/processes/messages.js'

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/**
 * Clients choose the names of operations. This number of names gets its own label value; the rest is "other".
 */
const MAX_LABEL_VALUES = 200

interface MetricsDependencies {
  services: Services
  pool: pg.Pool
  /** The number of invoice documents that wait to be rendered. */
  queuedRenders: () => number
  /** Undefined if this is the only process of the server. */
  shareMetrics: ShareMetrics | undefined
}

export interface Metrics {
  /** The metrics in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  /** Counts a request that was refused because the keys of the identity provider were unavailable. */
  identityProviderFailed(): void
  stop(): void
}

/**
 * Counters, gauges and histograms for Prometheus. Queue depths are read from the database at each scrape. Every worker
 * process responds with the sums of all of them.
 */
export function createMetrics({ services, pool, queuedRenders, shareMetrics }: MetricsDependencies): Metrics {
  /** What is summed over the processes, in addition to Node's metrics. */
  const registry = new Registry()
  /** What is the same in all of them. */
  const common = new Registry()
  const registers = [registry]
  const durations = (name: string, help: string, label: string) =>
    new DurationSeries(new Histogram({ name, help, labelNames: [label, 'outcome'], buckets: DURATION_BUCKETS, registers }), label)
  const series: Record<MeasurementKind, DurationSeries> = {
    request: durations('quittance_http_request_seconds', 'Duration of HTTP requests by route and status.', 'route'),
    operation: durations(
      'quittance_graphql_operation_seconds',
      'Duration of GraphQL operations by name and first error code.',
      'operation',
    ),
    statement: durations('quittance_sql_statement_seconds', 'Duration of SQL statements by verb and table, and by SQLSTATE.', 'statement'),
    drawing: durations('quittance_pdf_drawing_seconds', 'Duration of rendering invoice documents by kind, waiting included.', 'kind'),
  }
  const cost = new Counter({ name: 'quittance_graphql_cost_points_total', help: 'Points that operations have cost.', registers })
  const providerFailures = new Counter({
    name: 'quittance_identity_provider_failures_total',
    help: 'Requests refused because the keys of the identity provider were unavailable.',
    registers,
  })
  const stop = addMeasurementObserver((kind, attributes) => {
    const started = performance.now()
    return (outcome, more) => {
      series[kind].observe(attributes, outcome, (performance.now() - started) / 1000)
      if (kind === 'operation') cost.inc(Number(more?.cost ?? 0))
    }
  })
  registerProcessGauges({ services, pool, queuedRenders }, registers)
  registerCommonGauges({ services, pool }, [common])
  const own = Registry.merge([nodeMetrics(), registry])
  const collect = shareMetrics?.(() => own.getMetricsAsJSON())
  return {
    async text() {
      const summed = collect ? (AggregatorRegistry.aggregate(await collect()) as Registry) : own
      return Registry.merge([summed, common]).metrics()
    },
    contentType: registry.contentType,
    identityProviderFailed: () => providerFailures.inc(),
    stop,
  }
}

let nodeRegistry: Registry | undefined

/** Node's metrics. They are shared by all apps of the process, because prom-client never stops to observe the process. */
function nodeMetrics(): Registry {
  if (!nodeRegistry) {
    nodeRegistry = new Registry()
    collectDefaultMetrics({ register: nodeRegistry })
  }
  return nodeRegistry
}

type Observe = (seconds: number) => void

/** A histogram of durations by the value of a label and the outcome. */
class DurationSeries {
  readonly #histogram: Histogram
  readonly #label: string
  /** Per value of the label and outcome: prom-client validates and copies the labels whenever it is asked for a series. */
  readonly #observers = new Map<string, Map<string, Observe>>()

  constructor(histogram: Histogram, label: string) {
    this.#histogram = histogram
    this.#label = label
  }

  observe(attributes: MeasurementAttributes, outcome: string, seconds: number): void {
    const given = String(attributes[this.#label] ?? 'unknown')
    const value = this.#observers.size < MAX_LABEL_VALUES || this.#observers.has(given) ? given : 'other'
    const observe = this.#observers.get(value)?.get(outcome) ?? this.#addObserver(value, outcome)
    observe(seconds)
  }

  #addObserver(value: string, outcome: string): Observe {
    const { observe } = this.#histogram.labels(value, outcome)
    const outcomes = this.#observers.get(value) ?? new Map<string, Observe>()
    this.#observers.set(value, outcomes.set(outcome, observe))
    return observe
  }
}

interface QueueDepths {
  jobs_waiting: number
  jobs_failing: number
  oldest_job: number
  deliveries_waiting: number
  oldest_delivery: number
  webhooks_open: number
  mails_waiting: number
  oldest_mail: number
}

const QUEUE_DEPTHS = `
  SELECT
    (SELECT count(*) FROM _private_jobs WHERE run_at <= now() AND locked_at IS NULL)::int AS jobs_waiting,
    (SELECT count(*) FROM _private_jobs WHERE last_error IS NOT NULL)::int AS jobs_failing,
    (SELECT COALESCE(max(extract(epoch FROM now() - run_at)), 0) FROM _private_jobs WHERE run_at <= now() AND locked_at IS NULL)::float8 AS oldest_job,
    (SELECT count(*) FROM event_deliveries WHERE status = 'PENDING')::int AS deliveries_waiting,
    (SELECT COALESCE(extract(epoch FROM $1 - min(created_at)), 0) FROM event_deliveries WHERE status = 'PENDING')::float8 AS oldest_delivery,
    (SELECT count(*) FROM webhook_events WHERE status IN ('RECEIVED', 'FAILED', 'PARKED'))::int AS webhooks_open,
    (SELECT count(*) FROM mails WHERE status = 'QUEUED')::int AS mails_waiting,
    (SELECT COALESCE(extract(epoch FROM $1 - min(created_at)), 0) FROM mails WHERE status = 'QUEUED')::float8 AS oldest_mail`

/** @returns a function that registers a gauge @param read  returns its value at each scrape */
function gaugesOf(registers: Registry[]) {
  return (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `quittance_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
}

type GaugeDependencies = Omit<MetricsDependencies, 'shareMetrics'>

function registerProcessGauges({ services, pool, queuedRenders }: GaugeDependencies, registers: Registry[]): void {
  const gauge = gaugesOf(registers)
  gauge('database_connections', 'Open connections of the pool.', () => pool.totalCount)
  gauge('database_connections_idle', 'Idle connections of the pool.', () => pool.idleCount)
  gauge('database_connection_waiters', 'Requests that wait for a connection of the pool.', () => pool.waitingCount)
  gauge('transactions_waiting', 'Transactions that wait to start.', () => countQueuedTransactions(services.db))
  gauge('pdf_drawings_waiting', 'Invoice documents that wait to be rendered.', queuedRenders)
}

function registerCommonGauges({ services, pool }: Omit<GaugeDependencies, 'queuedRenders'>, registers: Registry[]): void {
  const gauge = gaugesOf(registers)
  gauge('billing_enabled', 'The billing feature flag: 1 or 0.', () => Number(services.flag.enabled))
  // All gauges are collected at once, and share one read.
  let reading: Promise<QueueDepths | undefined> | undefined
  const readDepths = () => {
    reading ??= pool
      .query<QueueDepths>(QUEUE_DEPTHS, [services.clock.now()])
      .then(
        ({ rows }) => rows[0],
        () => undefined,
      )
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const depth = (column: keyof QueueDepths, name: string, help: string) =>
    new Gauge({
      name: `quittance_${name}`,
      help,
      registers,
      async collect() {
        const depths = await readDepths()
        if (depths) this.set(depths[column])
        else this.reset()
      },
    })
  depth('jobs_waiting', 'jobs_waiting', 'Jobs that are due.')
  depth('jobs_failing', 'jobs_failing', 'Jobs that have failed and will be retried.')
  depth('oldest_job', 'job_lag_seconds', 'Age of the oldest due job.')
  depth('deliveries_waiting', 'outbox_deliveries_waiting', 'Event deliveries that are pending.')
  depth('oldest_delivery', 'outbox_lag_seconds', 'Age of the oldest pending event delivery.')
  depth('webhooks_open', 'webhooks_open', 'Provider events that are unprocessed, failed or parked.')
  depth('mails_waiting', 'mails_waiting', 'Mails that are queued.')
  depth('oldest_mail', 'mail_lag_seconds', 'Age of the oldest queued mail.')
  new Gauge({
    name: 'quittance_database_up',
    help: 'Whether the database has responded to this scrape: 1 or 0. Without a response the queue depths are missing.',
    registers,
    async collect() {
      this.set((await readDepths()) ? 1 : 0)
    },
  })
}

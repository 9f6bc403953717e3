import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Logger, runOnce } from 'graphile-worker'
import type pg from 'pg'
import { pino } from 'pino'
import { inject } from 'vitest'
import type { ConnectionTimeouts } from '../../src/api/http/connection-limits.js'
import { createApp } from '../../src/app.js'
import { createTasks, listenToDatabase } from '../../src/background.js'
import { type Config, parseConfig } from '../../src/config/config.js'
import type { DatabaseSettings } from '../../src/config/database-config.js'
import { MovableClock } from '../../src/core/clock.js'
import { withSecret } from '../../src/demo/demo-secret.js'
import type { ModuleRuntime } from '../../src/modules/define-module.js'
import type { Role } from '../../src/modules/identity/principal.js'
import { signToken } from '../../src/modules/identity/token.js'
import { PdfRenderer } from '../../src/modules/invoicing/pdf/pdf-renderer.js'
import { DocumentService } from '../../src/modules/invoicing/storage/document-service.js'
import { type DocumentStore, databaseStore } from '../../src/modules/invoicing/storage/document-store.js'
import type { Services } from '../../src/modules/services.js'
import { EventDeliverer } from '../../src/modules/webhooks/event-deliverer.js'
import { createWebhookSender } from '../../src/modules/webhooks/http-sender.js'
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.js'
import { type Connections, connect } from '../../src/platform/postgres/client.js'
import { type DatabaseAccess, databaseAccess } from '../../src/platform/postgres/database-access.js'
import { DEFAULT_SCHEMA, jobsSchema, searchPath } from '../../src/platform/postgres/database-schema.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { createQuietPool } from '../../src/platform/postgres/quiet-pool.js'
import { type CloseStep, createServices } from '../../src/services.js'
import { cloneDatabase, databaseUrl, serverConnection } from './database.js'
import { POOLER_PORT } from './pgbouncer.js'
import { SharedRenderer } from './renderer.js'
import { grantServerRole } from './server-role.js'

const SECRET = 'a secret that only the tests know, long enough'
/** Operations are compiled at their first execution, unless the run tests the server without compilation. */
const JIT_THRESHOLD = process.env.GRAPHQL_JIT_THRESHOLD ?? '1'

/** A clock that stands still until a test moves it. */
export class TestClock extends MovableClock {
  #now: Date

  constructor(now: string) {
    super()
    this.#now = new Date(now)
  }

  override now(): Date {
    return new Date(this.#now)
  }

  override moveTo(at: Date): number {
    this.#now = at
    return 0
  }

  set(now: string): void {
    this.#now = new Date(now)
  }
}

export interface Answer<T = any> {
  status: number
  data: T
  errors: { message: string; path?: string[]; extensions: Record<string, any> }[] | undefined
}

export interface TestServer {
  url: string
  app: FastifyInstance
  config: Config
  clock: TestClock
  services: Services
  connections: Connections
  access: DatabaseAccess
  /** The connection of the owner of the tables. */
  database: pg.PoolConfig
  /** Runs statements as the owner of the tables, as an operator does in psql. */
  owner: pg.Pool
  renderer: PdfRenderer
  documents: DocumentService
  /** Runs all pending jobs once. */
  runJobs(): Promise<void>
  /** Runs jobs until none is due, including jobs that they add. */
  settle(): Promise<void>
  /** Runs a job by name, such as the scheduled `reconcile` and `sweep`. */
  runTask(name: string, payload?: object): Promise<void>
  /** Runs the job of every minute. */
  tick(): Promise<void>
  /** Every line that was logged. */
  logged: string[]
  token(userId: number, role?: Role): Promise<string>
  /** Sends an operation as a user (id), an administrator ('admin', user 1) or anonymously (undefined). */
  ask(who: number | 'admin' | undefined, query: string, variables?: object): Promise<Answer>
  /** Sends the due events to every webhook endpoint. @returns the outcome by endpoint id */
  deliver(wasDown?: boolean): Promise<Record<number, 'done' | 'down'>>
  close(): Promise<void>
}

/** The same for all servers, because graphile-worker keeps it, and what its functions refer to, until the process ends. */
const SILENT = new Logger(() => () => undefined)

interface Options {
  environment?: Record<string, string>
  now?: string
  /** The database of another server, for tests with several processes. */
  database?: pg.PoolConfig
  /** Whether the server runs as the owner of the tables. */
  asOwner?: boolean
  /** Renders with threads of its own, unlike the other servers of the test file. */
  drawing?: { worker?: URL; maxQueuedRenders?: number }
  store?: DocumentStore
  maxReplicaLagMs?: number
  timeouts?: ConnectionTimeouts
}

/** The URLs of a server behind PgBouncer, if this test run uses it. */
function poolerUrls(connection: pg.PoolConfig): Partial<DatabaseSettings> {
  const host = inject('poolerSocket')
  if (!host) return {}
  const url = databaseUrl({ ...connection, host, port: POOLER_PORT })
  return { url, directUrl: databaseUrl(connection), preparesStatements: false }
}

/** Creates and migrates a schema of the tables in addition to that of a cloned database. */
async function createSchema(owner: pg.PoolConfig, schema: string): Promise<void> {
  await migrate(owner, { schema })
  await grantServerRole(owner, schema)
}

/** What every invoice states. Sales in the country of the seller have no tax, unless a test sets a rate or another country. */
function sellerFor({ INVOICE_ISSUED_FROM_COUNTRY: country = 'US' }: Record<string, string>): Record<string, string> {
  return {
    INVOICE_ISSUED_FROM_NAME: 'Example Hosting',
    INVOICE_ISSUED_FROM_ADDRESS: '1 Main Street',
    INVOICE_ISSUED_FROM_COUNTRY: country,
    INVOICE_ISSUED_FROM_TAX_ID: '12-3456789',
    DEFAULT_CUSTOMER_COUNTRY: country,
  }
}

/** Starts the real server on a free port with its own database. */
export async function startServer({
  environment = {},
  now = '2026-05-01T10:00:00.000Z',
  database,
  asOwner = false,
  drawing = {},
  store = databaseStore,
  maxReplicaLagMs,
  timeouts,
}: Options = {}): Promise<TestServer> {
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (text: string) => void logged.push(text) })
  const DEMO = environment.NODE_ENV === 'production' ? 'false' : 'true'
  // Nothing listens on port 9. In demo mode, nothing is sent either.
  const VIES_URL = DEMO === 'true' ? '' : 'http://127.0.0.1:9'
  const settings = {
    PORT: '0',
    AUTH_JWT_SECRET: SECRET,
    DEMO,
    VIES_URL,
    GRAPHQL_JIT_THRESHOLD: JIT_THRESHOLD,
    ...sellerFor(environment),
    ...environment,
  }
  const config = await withSecret(parseConfig(settings))
  const clock = new TestClock(now)
  const connection = database ?? (await cloneDatabase())
  const { schema } = config.database
  if (schema !== DEFAULT_SCHEMA) await createSchema(connection, schema)
  const ownConnection = asOwner ? connection : serverConnection(connection)
  const access = databaseAccess({ ...config.database, ...poolerUrls(ownConnection) }, ownConnection)
  const owner = createQuietPool({ ...connection, options: `-c search_path=${searchPath(schema)}`, max: 2 })
  const connections = connect(access.pool, log)
  const { fonts } = config.invoices
  const hasOwnThreads = Object.keys(drawing).length > 0
  const renderer = hasOwnThreads
    ? new PdfRenderer({ loadAssets: async () => ({ logo: undefined, fonts }), log, ...drawing })
    : new SharedRenderer(fonts, log)
  const closing: CloseStep[] = []
  const services = await createServices({
    config,
    connection: access.direct,
    connections,
    clock,
    tokenClock: clock,
    log,
    closing,
    maxReplicaLagMs,
  })
  const documents = new DocumentService({ db: connections.db, rawQuery: connections.rawQuery, clock, renderer, store })
  const app = await createApp({ services, connections, documents, log, tokenClock: clock, timeouts })
  const mailTransport = config.mail ? createSmtpTransport(config.mail.server) : null
  closing.push(async () => mailTransport?.close())
  const runtime: ModuleRuntime = {
    services,
    log,
    mail: { transport: mailTransport, loadLogo: async () => undefined },
    renderInvoice: (invoiceId) => documents.getPdf(invoiceId),
    // Tests deliver webhooks themselves.
    deliverWebhooks: () => undefined,
  }
  const notifications = listenToDatabase(runtime, access)
  await notifications.start()
  const sender = await createWebhookSender(config, 1500)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  config.publicUrl ??= url
  const token = (userId: number, role: Role = 'user') =>
    signToken(config, clock, {
      userId: String(userId),
      role,
      email: `user${userId}@example.com`,
      name: `User ${userId}`,
      lifetimeSeconds: 3600,
    })
  const tasks = createTasks(runtime)
  const runTask = async (name: string, payload: object = {}) => {
    const task = tasks[name]
    if (!task) throw new Error(`no module has the job ${name}`)
    // Our jobs take nothing but the payload.
    await task(payload, undefined as never)
  }
  // graphile-worker prepares statements, so its connections must not lead through a pooler.
  const jobPool = createQuietPool({ ...access.direct, max: 2 })
  const runJobs = async () => {
    // graphile-worker keeps the options of each run until the process ends, and this server with them.
    const taskList = { ...tasks }
    await runOnce({
      pgPool: jobPool,
      schema: jobsSchema(schema),
      taskList,
      crontab: '',
      logger: SILENT,
    })
    for (const name of Object.keys(taskList)) delete taskList[name]
  }
  return {
    url,
    app,
    config,
    clock,
    access,
    connections,
    renderer,
    documents,
    logged,
    token,
    database: connection,
    owner,
    services,
    async ask(who, query, variables) {
      const bearer = who === undefined ? undefined : await (who === 'admin' ? token(1, 'admin') : token(who))
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await response.json()) as Answer
      return { status: response.status, data, errors }
    },
    runTask,
    runJobs,
    async settle() {
      for (let rounds = 0; rounds < 100; rounds += 1) {
        await runJobs()
        const { rows } = await connections.pool.query('SELECT count(*)::int AS waiting FROM _private_jobs WHERE run_at <= now()')
        if (rows[0].waiting === 0) return
      }
      throw new Error('jobs are still due after 100 rounds')
    },
    async tick() {
      await runTask('tick')
    },
    async deliver(wasDown = false) {
      const deliverer = new EventDeliverer(services, { sender, log, wereDown: wasDown })
      deliverer.poll()
      await deliverer.whenIdle()
      const { downEndpoints } = deliverer
      await deliverer.stop()
      const endpoints = await services.db.webhookEndpoint.findMany({ where: { deletedAt: null } })
      return Object.fromEntries(endpoints.map(({ id }) => [id, downEndpoints.has(id) ? 'down' : 'done']))
    },
    async close() {
      await app.close()
      await notifications.stop()
      await sender.close()
      await renderer.close()
      for (const step of closing.reverse()) await step()
      await jobPool.end()
      await owner.end()
      await connections.close()
    },
  }
}

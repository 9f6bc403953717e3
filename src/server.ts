import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { graphQLSchema } from './api/graphql/schema.js'
import { createApp } from './app.js'
import { CRONTAB, createTasks, listenToDatabase } from './background.js'
import type { Config } from './config/config.js'
import { createLogger } from './config/logger.js'
import { MovableClock, systemClock } from './core/clock.js'
import { HOUR_MS } from './core/duration.js'
import { StartError } from './core/errors.js'
import type { FindMissingGlyph } from './core/input.js'
import { once } from './core/once.js'
import { PROGRAM } from './core/project-file.js'
import { isDatabaseEmpty, loadDemoData } from './demo/demo-data.js'
import { DEMO_LOGO_PATH } from './demo/demo-seller.js'
import { DEMO_ADMINISTRATOR, DEMO_CUSTOMER, DEMO_TOKEN_HOURS, demoAddress, signsDemoTokens } from './demo/demo-tokens.js'
import { addressProblem } from './listen.js'
import { TERMINAL } from './modules/audit/index.js'
import type { ModuleRuntime } from './modules/define-module.js'
import { createDocumentStore, DocumentService, loadLogo, PdfRenderer } from './modules/invoicing/index.js'
import { toMailLogo } from './modules/mail/index.js'
import { createAdminLink, createPageLink } from './modules/page-sessions/index.js'
import type { Services } from './modules/services.js'
import { WebhookDispatcher } from './modules/webhooks/index.js'
import { startWorker } from './platform/jobs/worker.js'
import type { MailTransport } from './platform/mail/mail-transport.js'
import { connect } from './platform/postgres/client.js'
import type { DatabaseAccess } from './platform/postgres/database-access.js'
import { assertMigrated } from './platform/postgres/migrations.js'
import { assertDirectConnection } from './platform/postgres/pooler.js'
import { assertSchemaInUse } from './platform/postgres/schema-check.js'
import { assertSupportedServer } from './platform/postgres/server-version.js'
import { warnAboutAsynchronousStandbys } from './platform/postgres/standbys.js'
import type { ShareMetrics, WorkerTask } from './platform/processes/messages.js'
import { type CloseStep, createServices } from './services.js'

/** A character that no bundled font has, so that looking it up opens every font. */
const GLYPH_OUTSIDE_BUNDLED_FONTS = '中'

/** Prepares what does not need the database while the database starts. */
export function warmUp(): void {
  graphQLSchema()
}

interface ListenOptions {
  /** A running database. */
  database: DatabaseAccess
  /** Receives one close step per completed step, in the same order. */
  closing: CloseStep[]
  /** Aborted when the server must stop during its start. */
  signal: AbortSignal
  /** The part of this process, if it is one of several. */
  part?: ServerPart
}

/** What one of several worker processes does. */
export interface ServerPart extends Pick<WorkerTask, 'isFirst' | 'runsJobs'> {
  /** The number of the worker process. */
  number: number | undefined
  shareMetrics: ShareMetrics | undefined
}

const EVERYTHING: ServerPart = { number: undefined, isFirst: true, runsJobs: true, shareMetrics: undefined }

/** Starts the server on a running database. */
export async function startServer(config: Config, { database, closing, signal, part = EVERYTHING }: ListenOptions): Promise<void> {
  const { number, isFirst, runsJobs, shareMetrics } = part
  const log = createLogger(config.logLevel)
  if (isFirst) warnAboutConfiguration(config, log)
  if (config.database.url) await assertDirectConnection(database)
  const connections = connect(database.pool, log)
  closing.push(() => connections.close())
  const { pool } = connections
  if (config.database.url) await assertSupportedServer(pool)
  await assertSchemaInUse(pool, database.pool)
  await assertMigrated(pool, database.schema)
  if (isFirst && config.production) await warnAboutAsynchronousStandbys(pool, log)
  // Outside production, administrators can advance the clock.
  const clock = config.production ? systemClock : new MovableClock()
  const services = await createServices({ config, connection: database.direct, connections, clock, tokenClock: systemClock, log, closing })
  await assertSellerIsPrintable(config, services.findMissingGlyph)
  if (isFirst && config.demoData && (await isDatabaseEmpty(pool))) await loadDemoData(services)
  signal.throwIfAborted()
  const { logoPath, accentColor, fonts } = config.invoices
  const readLogo = once(() => loadLogo(logoPath, log))
  const loadMailLogo = once(async () => toMailLogo(await readLogo()))
  const renderer = new PdfRenderer({ loadAssets: async () => ({ logo: await readLogo(), accentColor, fonts }), log })
  closing.push(() => renderer.close())
  const { db, rawQuery } = connections
  const documents = new DocumentService({ db, rawQuery, clock, renderer, store: await createDocumentStore(config) })
  const app = await createApp({ services, connections, documents, log, tokenClock: systemClock, loadMailLogo, shareMetrics })
  closing.push(() => app.close())
  const dispatcher = runsJobs ? new WebhookDispatcher(services, log) : undefined
  const transport = runsJobs ? await openMailTransport(config) : null
  closing.push(async () => transport?.close())
  const runtime: ModuleRuntime = {
    services,
    log,
    mail: { transport, loadLogo: loadMailLogo },
    renderInvoice: (invoiceId) => documents.getPdf(invoiceId),
    deliverWebhooks: () => dispatcher?.poll(),
  }
  const notifications = listenToDatabase(runtime, database)
  closing.push(async () => {
    await notifications.stop()
    await dispatcher?.stop()
  })
  dispatcher?.start()
  void notifications.start()
  signal.throwIfAborted()
  await listen(app, config, number)
  setPublicUrl(app, config)
  // The log reports a logo that cannot be used. That of the demo can, and takes time and memory.
  if (logoPath !== DEMO_LOGO_PATH) void readLogo()
  if (isFirst) await printNextSteps(app, services)
  if (runsJobs) closing.push(startWorker({ database, tasks: createTasks(runtime), crontab: CRONTAB, log }))
}

function warnAboutConfiguration({ production, deprecations, invoices }: Config, log: Logger): void {
  const { missingSeller, sellerVatIdProblem } = invoices
  for (const line of deprecations) log.warn(line)
  if (!production) return
  if (missingSeller.length > 0)
    log.warn(
      { missing: missingSeller },
      'nothing can be sold, because invoices would lack details of the seller; set the missing variables',
    )
  if (sellerVatIdProblem) log.warn(sellerVatIdProblem)
}

/** Checks that the configured fonts open and can display the seller's details. @throws StartError */
async function assertSellerIsPrintable({ invoices: { issuer, fonts } }: Config, find: FindMissingGlyph): Promise<void> {
  if (fonts.length > 0) {
    await find(GLYPH_OUTSIDE_BUNDLED_FONTS).catch((error: Error) => {
      throw new StartError(`INVOICE_FONTS: ${error.message}`)
    })
  }
  const { electronicAddress, ...details } = issuer
  for (const [part, text] of Object.entries({ ...details, electronicAddress: electronicAddress?.id ?? '' })) {
    const character = await find(text)
    if (character)
      throw new StartError(`seller ${part}: no font can display "${character}" of "${text}"; add one that can to INVOICE_FONTS`)
  }
}

async function listen(app: FastifyInstance, { host, port }: Config, worker: number | undefined): Promise<void> {
  const listenTextResolver = (address: string) =>
    worker === undefined ? `Server listening at ${address}` : `worker process ${worker} is ready`
  await app.listen({ host, port, listenTextResolver }).catch((error: NodeJS.ErrnoException) => {
    throw addressProblem(error, { host, port }) ?? error
  })
}

/** Loads the SMTP client only if it is used. */
async function openMailTransport({ mail }: Config): Promise<MailTransport | null> {
  return mail ? (await import('./platform/mail/smtp-transport.js')).createSmtpTransport(mail.server) : null
}

/** Without PUBLIC_URL, links lead to this machine. */
function setPublicUrl(app: FastifyInstance, config: Config): void {
  const { port } = app.server.address() as AddressInfo
  config.publicUrl ??= `http://localhost:${port}`
}

/** Prints the next steps to the terminal; under production rules, logs one line instead. */
async function printNextSteps(app: FastifyInstance, services: Services): Promise<void> {
  const { config } = services
  if (config.production) return app.log.info({ url: config.publicUrl }, 'listening')
  const explorer = signsDemoTokens(config) ? await demoAddress(config, systemClock) : `${config.publicUrl}/graphql`
  const steps = [
    ...(await pageSteps(services)),
    { text: 'Read the mails that customers receive', page: 'Mails', url: `${config.publicUrl}/demo/mail` },
    { text: 'Explore the API', page: 'Explorer', url: explorer },
  ]
  console.log(`
Quittance is ready.

${steps.map(({ text, page, url }, index) => `  ${index + 1}. ${text}\n     ${page.padEnd(10)} ${url}`).join('\n\n')}

${signInInstructions(config)}

  Ctrl-C stops it.
`)
}

interface NextStep {
  text: string
  page: string
  url: string
}

/** The links to the pages of the demo. Each can be opened once, and signs in for 12 hours. */
async function pageSteps(services: Services): Promise<NextStep[]> {
  const { config } = services
  if (!signsDemoTokens(config)) return []
  const lifetimeMs = DEMO_TOKEN_HOURS * HOUR_MS
  const link = { page: 'PORTAL', userId: DEMO_CUSTOMER.userId, lifetimeMs } as const
  const portal = config.pages.includes('portal') ? await createPageLink(services, TERMINAL, link) : undefined
  const admin = config.pages.includes('admin') ? await createAdminLink(services, { ...DEMO_ADMINISTRATOR, lifetimeMs }) : undefined
  return [
    ...(portal ? [{ text: `Buy a plan and pay, as the customer ${DEMO_CUSTOMER.name}`, page: 'Portal', url: portal.url }] : []),
    ...(admin
      ? [{ text: `Approve it under "Pending work", as the administrator ${DEMO_ADMINISTRATOR.name}`, page: 'Admin', url: admin.url }]
      : []),
  ]
}

function signInInstructions(config: Config): string {
  if (signsDemoTokens(config)) {
    return `  These addresses sign you in for ${DEMO_TOKEN_HOURS} hours. To get a token for curl:
  ${PROGRAM} token --user 55`
  }
  if (config.auth.jwksUrl) return '  Sign in with a token of your identity provider.'
  return `  Sign in with a token. To get one for an administrator:
  ${PROGRAM} token --user 1 --role admin`
}

// Starts the measured programs, each in its own process: Quittance as `npm start` runs it, and its peers.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { parseDatabaseConfig } from '../dist/config/config.js'
import { connect } from '../dist/platform/postgres/client.js'
import { databaseAccess } from '../dist/platform/postgres/database-access.js'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../dist/platform/postgres/embedded/server.js'
import { migrate } from '../dist/platform/postgres/migrations.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Rate limits that the benchmarks cannot reach. The points are still counted. */
const HIGH_RATE_LIMIT = { RATE_LIMIT_POINTS: '1000000000', RATE_LIMIT_RESTORE_RATE: '1000000000' }

export const SECRET = 'a secret for benchmarks, at least 32 characters long'

/** What every invoice states. Sales in this country have no tax. */
export const SELLER = {
  INVOICE_ISSUED_FROM_NAME: 'Example Hosting',
  INVOICE_ISSUED_FROM_ADDRESS: '1 Main Street',
  INVOICE_ISSUED_FROM_COUNTRY: 'US',
  INVOICE_ISSUED_FROM_TAX_ID: '12-3456789',
  DEFAULT_CUSTOMER_COUNTRY: 'US',
}

/**
 * Starts Quittance as operators run it, with its own empty database.
 * @param environment  additional variables
 */
export async function startQuittance(environment = {}) {
  const dataDir = environment.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'quittance-bench-')))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const settings = {
    DEMO: 'false',
    // The benchmarks compare single processes.
    WORKERS: '1',
    AUTH_JWT_SECRET: SECRET,
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    ...SELLER,
    ...HIGH_RATE_LIMIT,
  }
  const program = start('dist/bundle/main.js', { ...settings, ...environment }, [
    '--max-semi-space-size=32',
    ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'] : []),
  ])
  const started = performance.now()
  await program.untilReady(origin)
  const readyAfter = (performance.now() - started) / 1000
  // With DATABASE_URL, the database is not the embedded one.
  const connection = environment.DATABASE_URL ? undefined : (await joinEmbeddedPostgres({ dataDir })).connection
  return {
    ...program,
    origin,
    url: `${origin}/graphql`,
    administrator: await token('1', 'admin'),
    connection,
    dataDir,
    /** Seconds. */
    readyAfter,
    /** Stops the program and deletes its data. */
    async stopAndDelete() {
      await program.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * Runs a measurement on a migrated database of its own, without a server.
 * @param measure  receives the connection
 */
export async function withDatabase(measure) {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir })
  try {
    await migrate(postgres.connection)
    return await measure(postgres.connection)
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Connects in this process as the server does. */
export function connectDirectly(connection, poolSize) {
  const { database } = parseDatabaseConfig({ DATABASE_POOL_SIZE: String(poolSize) })
  return connect(databaseAccess(database, connection).pool, { warn() {} })
}

/** Signs a token, as the panel does. */
export function token(userId, role = 'user') {
  const jwt = new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setIssuer('quittance')
  return jwt.setExpirationTime('1d').sign(Buffer.from(SECRET))
}

export function freePort() {
  const server = createServer()
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

/** Starts a peer, which prints its address. */
export async function startPeer(name, environment = {}) {
  const program = start(`bench/peers/${name}.mjs`, environment)
  const [, url] = await program.until(/listening on (\S+)/)
  return { ...program, url }
}

function start(script, environment, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const until = async (pattern) => {
    while (!pattern.test(output)) {
      if (child.exitCode !== null) throw new Error(`${script} ended`)
      await new Promise((done) => setTimeout(done, 20))
    }
    return pattern.exec(output)
  }
  const untilReady = async (origin) => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${script} ended`)
      const response = await fetch(`${origin}/readyz`).catch(() => undefined)
      if (response?.ok) return
      await new Promise((done) => setTimeout(done, 20))
    }
  }
  const stop = () =>
    new Promise((done) => {
      child.once('exit', done)
      child.kill('SIGTERM')
    })
  return { pid: child.pid, until, untilReady, stop }
}

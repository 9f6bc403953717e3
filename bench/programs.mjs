// Starts the measured programs, each in its own process: Quittance as `npm start` runs it, and its peers.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { DATABASE, PEER_ROLE, SERVER_ROLE, withDatabase } from './database.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** They are ended when a part has failed. */
const running = new Set()
process.once('exit', () => {
  for (const child of running) child.kill()
})

/** Those of `npm start`, also for the peers. */
const NODE_OPTIONS = ['--max-semi-space-size=32']
const START_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' }
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
 * Starts Quittance as operators run it.
 * @param environment  additional variables
 * @param name  of a migrated database of `database`. Without `database`, the server has an embedded one of its own.
 */
export async function startQuittance(environment = {}, database = undefined, name = DATABASE) {
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
    ...(database && { DATABASE_URL: database.urlOf(name) }),
  }
  const program = start('dist/bundle/main.js', { ...settings, ...environment }, NODE_OPTIONS)
  const started = performance.now()
  await program.untilReady(origin)
  const readyAfter = (performance.now() - started) / 1000
  return {
    ...program,
    role: SERVER_ROLE,
    origin,
    url: `${origin}/graphql`,
    administrator: await token('1', 'admin'),
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

/** Runs a measurement with a database, and a server on it. */
export function withQuittance(measure, environment = {}) {
  return withDatabase(async (database) => {
    const quittance = await startQuittance(environment, database)
    try {
      return await measure({ ...quittance, database, connection: database.connection })
    } finally {
      await quittance.stopAndDelete()
    }
  })
}

/** Sends an operation as an administrator. @returns its data @throws when the response contains errors */
export async function execute({ url, administrator }, query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${administrator}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(JSON.stringify(errors))
  return data
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

/** Starts a peer of bench/peers, which prints its address. */
export async function startPeer(name, environment = {}) {
  const program = start(`bench/peers/${name}.mjs`, environment, NODE_OPTIONS)
  const [, url] = await program.until(/listening on (\S+)/)
  return { ...program, role: PEER_ROLE, url }
}

function start(script, environment, nodeOptions) {
  const child = spawn(process.execPath, [...nodeOptions, script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...START_ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child.once('exit', () => running.delete(child)))
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const until = async (pattern) => {
    while (!pattern.test(output)) {
      if (child.exitCode !== null) throw new Error(`${script} has ended`)
      await new Promise((done) => setTimeout(done, 20))
    }
    return pattern.exec(output)
  }
  const untilReady = async (origin) => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${script} has ended`)
      const response = await fetch(`${origin}/readyz`).catch(() => undefined)
      if (response?.ok) return
      await new Promise((done) => setTimeout(done, 20))
    }
  }
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null) return done()
      child.once('exit', done)
      child.kill('SIGTERM')
    })
  return { pid: child.pid, until, untilReady, stop }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createBaseBackup } from '../../dist/platform/postgres/embedded/base-backup.js'
import { asDatabaseUser, chownToDatabaseUser, locateBinaries, startDetached } from '../../dist/platform/postgres/embedded/binaries.js'
import { isAlive } from '../../dist/platform/postgres/embedded/postmaster.js'
import { startEmbeddedPostgres } from '../../dist/platform/postgres/embedded/server.js'

const MAX_CONNECTIONS = 80
/** The log has to fit on a small disk. */
const SETTINGS = { max_connections: String(MAX_CONNECTIONS), max_wal_size: '64MB', min_wal_size: '32MB' }
const POSTMASTER = "split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
const POLL_INTERVAL_MS = 50

/** The PostgreSQL of a run, and what can happen to it. */
export class ChaosDatabase {
  connection
  #primary
  #dataDir
  #standby

  static async start(dataDir) {
    const database = new ChaosDatabase()
    database.#dataDir = dataDir
    database.#primary = await startEmbeddedPostgres({ dataDir, settings: SETTINGS })
    database.connection = database.#primary.connection
    return database
  }

  socketPath() {
    return socketOf(this.connection)
  }

  async query(sql, parameters) {
    const client = await connect(this.connection)
    try {
      return (await client.query(sql, parameters)).rows
    } finally {
      await client.end()
    }
  }

  /** Ends PostgreSQL with a signal. It is restarted. @returns when it has ended */
  async end(signal) {
    const [{ pid }] = await this.query(`SELECT ${POSTMASTER} AS pid`)
    process.kill(pid, signal)
    while (isAlive(pid)) await sleep(POLL_INTERVAL_MS)
  }

  /** Uses up all connections. @returns a function that closes them */
  async takeConnections() {
    const clients = []
    for (let number = 0; number < MAX_CONNECTIONS; number += 1) {
      const client = await connect(this.connection).catch(() => undefined)
      if (client) clients.push(client)
    }
    return () => Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  }

  /**
   * Interrupts random sessions of the servers for a time.
   * @param how  pg_cancel_backend or pg_terminate_backend
   */
  async interruptSessions(how, milliseconds) {
    const client = await connect(this.connection)
    const until = Date.now() + milliseconds
    while (Date.now() < until) {
      await client.query(`SELECT ${how}(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend' ORDER BY random() LIMIT 3`)
      await sleep(POLL_INTERVAL_MS)
    }
    await client.end()
  }

  /** Locks the table that every invoice needs. */
  async lockCounters(milliseconds) {
    const client = await connect(this.connection)
    await client.query('BEGIN; LOCK TABLE invoice_counters IN EXCLUSIVE MODE')
    await sleep(milliseconds)
    await client.query('ROLLBACK')
    await client.end()
  }

  /** Starts a standby, for which every commit waits from then on. */
  async startStandby() {
    this.#standby = await startStandby(this.connection, this.#dataDir)
    // Not in the copy of the standby, which will have no standby itself.
    await this.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await this.query('SELECT pg_reload_conf()')
    while ((await this.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).length === 0) await sleep(POLL_INTERVAL_MS)
  }

  /** Kills every process of the primary and promotes the standby. */
  async failOver() {
    const processes = await this.query(
      `SELECT ${POSTMASTER} AS pid UNION ALL SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()`,
    )
    // It is not restarted.
    const stopped = this.#primary.stop()
    for (const { pid } of processes) kill(pid)
    await stopped
    this.#primary = this.#standby
    this.connection = this.#standby.connection
    await this.query('SELECT pg_promote()')
  }

  async stop() {
    await this.#primary.stop()
    if (this.#standby && this.#primary !== this.#standby) await this.#standby.stop()
  }
}

async function connect(connection) {
  const client = new pg.Client(connection)
  client.on('error', () => undefined)
  await client.connect()
  return client
}

function socketOf({ host }) {
  return join(host, '.s.PGSQL.5432')
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

async function startStandby(primary, dataDir) {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-standby-'))
  await chownToDatabaseUser(folder)
  const cluster = join(folder, 'postgres')
  await createBaseBackup(primary, join(dataDir, 'postgres'), cluster)
  await writeFile(join(cluster, 'standby.signal'), '')
  const settings = {
    ...SETTINGS,
    unix_socket_directories: folder,
    listen_addresses: '',
    primary_conninfo: `host=${primary.host} user=${primary.user}`,
    wal_retrieve_retry_interval: '100ms',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { postgres } = await locateBinaries()
  const standby = startDetached(asDatabaseUser(postgres, ['-D', cluster, ...flags]), join(folder, 'log'))
  const connection = { ...primary, host: folder }
  const stop = async () => {
    await standby.stop()
    await rm(folder, { recursive: true, force: true })
  }
  for (;;) {
    const client = await connect(connection).catch(() => undefined)
    await client?.end()
    if (client) return { connection, stop }
    await sleep(POLL_INTERVAL_MS)
  }
}

import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { MINUTE_MS } from '../../../core/duration.js'
import { StartError } from '../../../core/errors.js'
import { asDatabaseUser, chownToDatabaseUser, type DetachedProcess, locateBinaries, runCommand, startDetached } from './binaries.js'
import { diskFullError, mentionsFullDisk } from './data-dir.js'
import { isAlive, PostgresGuard, readPostmaster, shutDownPostmaster } from './postmaster.js'

/** A socket path holds at most 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432.lock". */
const MAX_SOCKET_FOLDER_BYTES = 80
const SOCKET_PREFIX = 'socket-'
const LOCK_KEY = 7_845_108
const START_TIMEOUT_MS = MINUTE_MS
const JOIN_TIMEOUT_MS = 5000
const RETRY_DELAY_MS = 100
const DATABASE = 'quittance'

export interface EmbeddedPostgres {
  connection: pg.PoolConfig
  stop(): Promise<void>
}

interface Options {
  /** Folder that holds everything; made when missing. */
  dataDir: string
  /** Folder of the socket, where it must be the one of before; a new one otherwise. */
  socket?: string
  /** Server settings beside ours, such as `{ fsync: 'off' }` for throw-away databases. */
  settings?: Readonly<Record<string, string>>
  /** Ends a start that is under way: what it has started is stopped, and it rejects with the signal's reason. */
  signal?: AbortSignal
  /** Learns what runs, so that it can be stopped at once. */
  guard?: PostgresGuard
}

/**
 * Starts PostgreSQL under `dataDir`, on a Unix socket only, or takes over the one that a killed server left running.
 * @throws StartError when another Quittance uses the folder, or when this machine cannot run it
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { dataDir, settings = {}, signal, guard = new PostgresGuard() } = options
  const binaries = await locateBinaries()
  const root = resolve(dataDir)
  await mkdir(root, { recursive: true })
  const cluster = join(root, 'postgres')
  const place = { postgres: binaries.postgres, root, cluster, settings, guard, signal }
  await initialiseCluster(binaries.initdb, place)
  const { socket, child } = await startOrJoin(place, options.socket)
  let lock: pg.Client | undefined = await acquireLock(administrator(socket), root).catch(async (error) => {
    // A StartError says that another Quittance has the lock, and with it the database.
    if (!(error instanceof StartError)) await child?.stop()
    throw error
  })
  guard.addCluster(cluster)
  let isWanted = true
  let restarting: Promise<void> | undefined
  const keepRunning = (held: pg.Client) =>
    held.once('end', () => {
      restarting = restart(place, socket, () => isWanted).then((taken) => {
        lock = taken
        if (taken) keepRunning(taken)
      })
    })
  const stop = async () => {
    isWanted = false
    await restarting
    const running = await readPostmaster(cluster)
    await lock?.end().catch(() => undefined)
    if (running) await shutDownPostmaster(running.pid)
    guard.removeCluster(cluster)
    await removeFolder(socket)
  }
  try {
    await removeOldSockets(root, socket)
    await createDatabase(lock)
  } catch (error) {
    await stop()
    throw error
  }
  keepRunning(lock)
  return { connection: { ...administrator(socket), database: DATABASE }, stop }
}

/** The database of the server that is running on `dataDir`; where none is, PostgreSQL is started for as long as it is needed. */
export async function joinEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const running = await readPostmaster(join(resolve(options.dataDir), 'postgres'))
  if (!running || !(await waitUntilReady(running.socket, Date.now() + JOIN_TIMEOUT_MS, () => isAlive(running.pid))))
    return startEmbeddedPostgres(options)
  return { connection: { host: running.socket, user: DATABASE, database: DATABASE }, stop: async () => undefined }
}

/** Made in a folder of its own and renamed, so that a half-made cluster is never taken for one. */
async function initialiseCluster(initdb: string, { root, cluster, guard, signal }: Cluster): Promise<void> {
  if (await exists(join(cluster, 'PG_VERSION'))) {
    const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
    if (version === '18') return
    throw new StartError(`DATA_DIR: ${cluster} belongs to PostgreSQL ${version}, this Quittance brings 18`)
  }
  await removeAbandoned(root)
  const unfinished = join(root, `initdb-${process.pid}-${randomInt(1_000_000)}`)
  try {
    await mkdir(unfinished, { mode: 0o700 })
    await chownToDatabaseUser(unfinished)
    const parameters = ['-D', unfinished, '-U', DATABASE, '--auth=trust', '--locale=C', '--encoding=UTF8']
    await runCommand(asDatabaseUser(initdb, parameters), { guard, signal })
    await rename(unfinished, cluster)
  } catch (error) {
    await removeFolder(unfinished)
    const { code } = error as NodeJS.ErrnoException
    // Another process was faster, and its cluster is as good.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    if (error instanceof StartError && mentionsFullDisk(error.message)) throw diskFullError(root)
    throw error
  }
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /^initdb-(\d+)-\d+$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await removeFolder(join(root, name))
  }
}

/** Tried again for a moment: an initdb whose parent was killed may still be writing into it. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10 })
}

interface Cluster {
  postgres: string
  root: string
  cluster: string
  settings: Readonly<Record<string, string>>
  guard: PostgresGuard
  signal: AbortSignal | undefined
}

/** @returns the folder of the socket, and the PostgreSQL that was started */
async function startOrJoin(place: Cluster, wanted: string | undefined): Promise<{ socket: string; child?: DetachedProcess }> {
  const { root, cluster, signal } = place
  const deadline = Date.now() + START_TIMEOUT_MS
  let failure = ''
  let attempts = 0
  while (Date.now() < deadline && attempts < 3) {
    signal?.throwIfAborted()
    const running = await readPostmaster(cluster)
    if (running && (await waitUntilReady(running.socket, deadline, () => isAlive(running.pid)))) return { socket: running.socket }
    attempts += 1
    const socket = await socketFolder(root, wanted)
    const child = startOn(socket, place)
    if (await waitUntilReady(socket, deadline, () => child.exitCode === null && !signal?.aborted)) return { socket, child }
    if (signal?.aborted) await child.stop()
    if (!wanted) await removeFolder(socket)
    failure = child.lastWords()
  }
  signal?.throwIfAborted()
  if (mentionsFullDisk(failure)) throw diskFullError(root)
  throw new StartError(`DATA_DIR: PostgreSQL did not start in ${cluster}: ${failure}`)
}

function startOn(socket: string, { postgres, root, cluster, settings, guard }: Cluster) {
  const command = asDatabaseUser(postgres, ['-D', cluster, ...serverSettings({ unix_socket_directories: socket, ...settings })])
  return startDetached(command, join(root, 'postgres.log'), { guard })
}

/**
 * PostgreSQL is gone without having been asked to go (killed, out of memory): starts it again on the same socket, where the
 * pool looks for it, and takes the lock again.
 * @returns undefined when it is wanted no more
 */
async function restart(place: Cluster, socket: string, isWanted: () => boolean): Promise<pg.Client | undefined> {
  while (isWanted()) {
    if (!(await readPostmaster(place.cluster))) {
      const child = startOn(socket, place)
      await waitUntilReady(socket, Date.now() + START_TIMEOUT_MS, () => isWanted() && child.exitCode === null)
      if (!isWanted()) await child.stop()
    }
    const lock = await acquireLock(administrator(socket), place.root).catch(() => undefined)
    if (lock) return lock
    await sleep(RETRY_DELAY_MS)
  }
  return undefined
}

function administrator(socket: string): pg.ClientConfig {
  return { host: socket, user: DATABASE, database: 'postgres' }
}

function serverSettings(settings: Readonly<Record<string, string>>): string[] {
  const all = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    max_connections: '100',
    log_min_error_statement: 'panic',
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * A new folder for every start: a dying PostgreSQL removes its socket by name, and that must never be ours.
 * In `root` where the path is short enough.
 */
async function socketFolder(root: string, wanted: string | undefined): Promise<string> {
  if (wanted) {
    await mkdir(wanted, { recursive: true })
    await chownToDatabaseUser(wanted)
    return wanted
  }
  const inside = join(root, SOCKET_PREFIX)
  const short = Buffer.byteLength(inside) <= MAX_SOCKET_FOLDER_BYTES
  return mkdtemp(short ? inside : join(tmpdir(), 'quittance-'))
}

async function removeOldSockets(root: string, current: string): Promise<void> {
  const old = (await readdir(root)).filter((name) => name.startsWith(SOCKET_PREFIX) && join(root, name) !== current)
  await Promise.all(old.map((name) => rm(join(root, name), { recursive: true, force: true })))
}

async function waitUntilReady(socket: string, deadline: number, alive: () => boolean): Promise<boolean> {
  while (Date.now() < deadline && alive()) {
    const client = new pg.Client({ host: socket, user: DATABASE, database: 'postgres' })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      await sleep(15)
    }
  }
  return false
}

/** The lock lives as long as its connection, so a killed server leaves none behind. */
async function acquireLock(admin: pg.ClientConfig, root: string): Promise<pg.Client> {
  const client = new pg.Client({ ...admin, application_name: `quittance ${process.pid}` })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [LOCK_KEY])
  if (rows[0]?.taken) return client
  const { rows: holders } = await client.query(
    `SELECT application_name AS name FROM pg_stat_activity JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory' AND granted AND objid = $1`,
    [LOCK_KEY],
  )
  await client.end()
  const holder = String(holders[0]?.name ?? '').replace('quittance', 'process')
  throw new StartError(`DATA_DIR: another Quittance (${holder}) is running on ${root}; stop it first or choose another folder`)
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

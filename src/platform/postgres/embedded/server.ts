import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { MINUTE_MS } from '../../../core/duration.js'
import { StartError } from '../../../core/errors.js'
import { findLockOwner } from '../migration-blockers.js'
import { asDatabaseUser, chownToDatabaseUser, type DetachedProcess, locateBinaries, runCommand, startDetached } from './binaries.js'
import { createFolder, diskFullError, mentionsFullDisk } from './data-dir.js'
import { isAlive, PostgresGuard, readPostmaster, shutDownPostmaster } from './postmaster.js'

/** A socket path has at most 107 bytes, and PostgreSQL appends "/.s.PGSQL.5432.lock". */
const MAX_SOCKET_FOLDER_BYTES = 80
const SOCKET_PREFIX = 'socket-'
const DATA_DIR_LOCK_KEY = 7_845_108
const START_TIMEOUT_MS = MINUTE_MS
const JOIN_TIMEOUT_MS = 5000
const RESTART_RETRY_DELAY_MS = 100
const DATABASE = 'quittance'

export interface EmbeddedPostgres {
  connection: pg.PoolConfig
  stop(): Promise<void>
}

interface EmbeddedPostgresOptions {
  /** The folder for all files. Created when missing. */
  dataDir: string
  /** The folder of the socket, to use the same one as before. Default: a new folder. */
  socket?: string
  /** Additional server settings, such as `{ fsync: 'off' }` for temporary databases. */
  settings?: Readonly<Record<string, string>>
  /**
   * Aborts the start: started processes are stopped, and the promise rejects with the reason of the signal.
   */
  signal?: AbortSignal
  /** Receives the started processes, so that they can be stopped synchronously. */
  guard?: PostgresGuard
}

/**
 * Starts PostgreSQL in `dataDir`, on a Unix socket only, or takes over the one
 * that a killed server left running.
 * @throws StartError when another Quittance uses the folder, or when PostgreSQL cannot run on this machine
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, settings = {}, signal, guard = new PostgresGuard() } = options
  const binaries = await locateBinaries()
  const root = resolve(dataDir)
  await createFolder(root)
  const dataFolder = join(root, 'postgres')
  const cluster = { postgres: binaries.postgres, root, dataFolder, settings, guard, signal }
  await initializeCluster(binaries.initdb, cluster)
  const { socket, child } = await startOrJoin(cluster, options.socket)
  let lock: pg.Client | undefined = await acquireLock(administrator(socket), root).catch(async (error) => {
    // A StartError means that another Quittance has the lock and uses the database.
    if (!(error instanceof StartError)) await child?.stop()
    throw error
  })
  guard.addCluster(dataFolder)
  let shouldRun = true
  let restarting: Promise<void> | undefined
  const keepRunning = (heldLock: pg.Client) =>
    heldLock.once('end', () => {
      restarting = restart(cluster, socket, () => shouldRun).then((newLock) => {
        lock = newLock
        if (newLock) keepRunning(newLock)
      })
    })
  const stop = async () => {
    shouldRun = false
    await restarting
    const running = await readPostmaster(dataFolder)
    await lock?.end().catch(() => undefined)
    if (running) await shutDownPostmaster(running.pid)
    guard.removeCluster(dataFolder)
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

/**
 * Connects to the database of a server that is running on `dataDir`. When none is running,
 * starts PostgreSQL until `stop`.
 */
export async function joinEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const running = await readPostmaster(join(resolve(options.dataDir), 'postgres'))
  if (!running || !(await waitUntilReady(running.socket, Date.now() + JOIN_TIMEOUT_MS, () => isAlive(running.pid))))
    return startEmbeddedPostgres(options)
  return { connection: { host: running.socket, user: DATABASE, database: DATABASE }, stop: async () => undefined }
}

/** Creates the cluster in a temporary folder and renames it, so that an incomplete cluster is never used. */
async function initializeCluster(initdb: string, { root, dataFolder, guard, signal }: Cluster): Promise<void> {
  if (await exists(join(dataFolder, 'PG_VERSION'))) {
    const version = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8')).trim()
    if (version === '18') return
    throw new StartError(`DATA_DIR: ${dataFolder} was created by PostgreSQL ${version}, but this Quittance contains PostgreSQL 18`)
  }
  await removeAbandoned(root)
  const unfinished = join(root, `initdb-${process.pid}-${randomInt(1_000_000)}`)
  try {
    await mkdir(unfinished, { mode: 0o700 })
    await chownToDatabaseUser(unfinished)
    const parameters = ['-D', unfinished, '-U', DATABASE, '--auth=trust', '--locale=C', '--encoding=UTF8']
    await runCommand(asDatabaseUser(initdb, parameters), { guard, signal })
    await rename(unfinished, dataFolder)
  } catch (error) {
    await removeFolder(unfinished)
    const { code } = error as NodeJS.ErrnoException
    // Another process has created the cluster in the meantime.
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

/** Retries, because an initdb whose parent was killed may still be writing into the folder. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10 })
}

interface Cluster {
  /** The path of the program. */
  postgres: string
  root: string
  dataFolder: string
  settings: Readonly<Record<string, string>>
  guard: PostgresGuard
  signal: AbortSignal | undefined
}

/** @returns the folder of the socket, and the process when PostgreSQL was started */
async function startOrJoin(cluster: Cluster, requiredSocket: string | undefined): Promise<{ socket: string; child?: DetachedProcess }> {
  const { root, dataFolder, signal } = cluster
  const deadline = Date.now() + START_TIMEOUT_MS
  let failure = ''
  let attempts = 0
  while (Date.now() < deadline && attempts < 3) {
    signal?.throwIfAborted()
    const running = await readPostmaster(dataFolder)
    if (running && (await waitUntilReady(running.socket, deadline, () => isAlive(running.pid)))) return { socket: running.socket }
    attempts += 1
    const socket = await socketFolder(root, requiredSocket)
    const child = startOn(socket, cluster)
    if (await waitUntilReady(socket, deadline, () => child.exitCode === null && !signal?.aborted)) return { socket, child }
    if (signal?.aborted) await child.stop()
    if (!requiredSocket) await removeFolder(socket)
    failure = child.lastErrorLine()
  }
  signal?.throwIfAborted()
  if (mentionsFullDisk(failure)) throw diskFullError(root)
  throw new StartError(`DATA_DIR: PostgreSQL did not start in ${dataFolder}: ${failure}`)
}

function startOn(socket: string, { postgres, root, dataFolder, settings, guard }: Cluster) {
  const command = asDatabaseUser(postgres, ['-D', dataFolder, ...serverSettings({ unix_socket_directories: socket, ...settings })])
  return startDetached(command, join(root, 'postgres.log'), { guard })
}

/**
 * Restarts PostgreSQL after it ended unexpectedly (killed, out of memory) on the same socket, which the pool
 * uses, and acquires the lock again.
 * @returns the connection with the lock; undefined when the server is being stopped
 */
async function restart(cluster: Cluster, socket: string, shouldRun: () => boolean): Promise<pg.Client | undefined> {
  while (shouldRun()) {
    if (!(await readPostmaster(cluster.dataFolder))) {
      const child = startOn(socket, cluster)
      await waitUntilReady(socket, Date.now() + START_TIMEOUT_MS, () => shouldRun() && child.exitCode === null)
      if (!shouldRun()) await child.stop()
    }
    const lock = await acquireLock(administrator(socket), cluster.root).catch(() => undefined)
    if (lock) return lock
    await sleep(RESTART_RETRY_DELAY_MS)
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
 * Creates a new folder for every start, because an ending PostgreSQL removes its socket by name and must not
 * remove the new one. The folder is in `root` when the path is short enough.
 */
async function socketFolder(root: string, required: string | undefined): Promise<string> {
  if (required) {
    await mkdir(required, { recursive: true })
    await chownToDatabaseUser(required)
    return required
  }
  const inside = join(root, SOCKET_PREFIX)
  const isShort = Buffer.byteLength(inside) <= MAX_SOCKET_FOLDER_BYTES
  return mkdtemp(isShort ? inside : join(tmpdir(), 'quittance-'))
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

/** Acquires the lock on `root`. It ends with its connection, so a killed server leaves no lock behind. */
async function acquireLock(admin: pg.ClientConfig, root: string): Promise<pg.Client> {
  const client = new pg.Client({ ...admin, application_name: `quittance ${process.pid}` })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [DATA_DIR_LOCK_KEY])
  if (rows[0]?.taken) return client
  const session = await findLockOwner(client, DATA_DIR_LOCK_KEY)
  await client.end()
  const owner = (session?.application ?? '').replace('quittance', 'process')
  throw new StartError(`DATA_DIR: another Quittance (${owner}) is running on ${root}; stop it first or choose another folder`)
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

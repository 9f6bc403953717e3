import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../core/errors.js'
import { asDatabaseUser, giveToDatabaseUser, locateBinaries, run, startDetached } from './postgres-binaries.js'

/** A socket path holds at most 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432.lock". */
const LONGEST_SOCKET_FOLDER = 80
const SOCKET_PREFIX = 'socket-'
const LOCK_KEY = 7_845_108
const START_TIMEOUT_MS = 60_000
const JOIN_TIMEOUT_MS = 5000
const TRY_AGAIN_MS = 100
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
}

/**
 * Starts PostgreSQL under `dataDir`, on a Unix socket only, or takes over the one that a killed server left running.
 * @throws StartError when another Quittance uses the folder, or when this machine cannot run it
 */
export async function startEmbeddedPostgres({ dataDir, socket: wanted, settings = {} }: Options): Promise<EmbeddedPostgres> {
  const binaries = await locateBinaries()
  const root = resolve(dataDir)
  await mkdir(root, { recursive: true })
  const cluster = join(root, 'postgres')
  await initialise(binaries.initdb, root, cluster)
  const place = { postgres: binaries.postgres, root, cluster, settings }
  const socket = await startOrJoin(place, wanted)
  let lock: pg.Client | undefined = await takeLock(administrator(socket), root)
  await removeOldSockets(root, socket)
  await createDatabase(lock)
  let isWanted = true
  const keepRunning = (held: pg.Client) =>
    held.once('end', async () => {
      lock = await startAgain(place, socket, () => isWanted)
      if (lock) keepRunning(lock)
    })
  keepRunning(lock)
  return {
    connection: { ...administrator(socket), database: DATABASE },
    async stop() {
      isWanted = false
      const running = await readPostmaster(cluster)
      await lock?.end().catch(() => undefined)
      if (running) await shutDown(running.pid)
      await rm(socket, { recursive: true, force: true })
    },
  }
}

/** The database of the server that is running on `dataDir`; where none is, PostgreSQL is started for as long as it is needed. */
export async function joinEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const running = await readPostmaster(join(resolve(options.dataDir), 'postgres'))
  if (!running || !(await answers(running.socket, Date.now() + JOIN_TIMEOUT_MS, () => isAlive(running.pid))))
    return startEmbeddedPostgres(options)
  return { connection: { host: running.socket, user: DATABASE, database: DATABASE }, stop: async () => undefined }
}

/** Made in a folder of its own and renamed, so that a half-made cluster is never taken for one. */
async function initialise(initdb: string, root: string, cluster: string): Promise<void> {
  if (await exists(join(cluster, 'PG_VERSION'))) {
    const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
    if (version === '18') return
    throw new StartError(`DATA_DIR: ${cluster} belongs to PostgreSQL ${version}, this Quittance brings 18`)
  }
  await removeAbandoned(root)
  const unfinished = join(root, `initdb-${process.pid}-${randomInt(1_000_000)}`)
  await mkdir(unfinished, { mode: 0o700 })
  await giveToDatabaseUser(unfinished)
  await run(asDatabaseUser(initdb, ['-D', unfinished, '-U', DATABASE, '--auth=trust', '--locale=C', '--encoding=UTF8']))
  await rename(unfinished, cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /^initdb-(\d+)-\d+$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await rm(join(root, name), { recursive: true, force: true })
  }
}

interface Cluster {
  postgres: string
  root: string
  cluster: string
  settings: Readonly<Record<string, string>>
}

/** @returns the folder of the socket */
async function startOrJoin({ postgres, root, cluster, settings }: Cluster, wanted: string | undefined): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS
  let failure = ''
  let attempts = 0
  while (Date.now() < deadline && attempts < 3) {
    const running = await readPostmaster(cluster)
    if (running && (await answers(running.socket, deadline, () => isAlive(running.pid)))) return running.socket
    attempts += 1
    const socket = await socketFolder(root, wanted)
    const child = startOn(socket, { postgres, root, cluster, settings })
    if (await answers(socket, deadline, () => child.exitCode === null)) return socket
    failure = child.lastWords()
  }
  throw new StartError(`DATA_DIR: PostgreSQL did not start in ${cluster}: ${failure}`)
}

function startOn(socket: string, { postgres, root, cluster, settings }: Cluster) {
  const command = asDatabaseUser(postgres, ['-D', cluster, ...serverSettings({ unix_socket_directories: socket, ...settings })])
  return startDetached(command, join(root, 'postgres.log'))
}

/**
 * PostgreSQL is gone without having been asked to go (killed, out of memory): starts it again on the same socket, where the
 * pool looks for it, and takes the lock again.
 * @returns undefined when it is wanted no more
 */
async function startAgain(place: Cluster, socket: string, isWanted: () => boolean): Promise<pg.Client | undefined> {
  while (isWanted()) {
    if (!(await readPostmaster(place.cluster))) {
      const child = startOn(socket, place)
      await answers(socket, Date.now() + START_TIMEOUT_MS, () => isWanted() && child.exitCode === null)
    }
    const lock = await takeLock(administrator(socket), place.root).catch(() => undefined)
    if (lock) return lock
    await sleep(TRY_AGAIN_MS)
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
    await giveToDatabaseUser(wanted)
    return wanted
  }
  const inside = join(root, SOCKET_PREFIX)
  const short = Buffer.byteLength(inside) <= LONGEST_SOCKET_FOLDER
  return mkdtemp(short ? inside : join(tmpdir(), 'quittance-'))
}

async function removeOldSockets(root: string, current: string): Promise<void> {
  const old = (await readdir(root)).filter((name) => name.startsWith(SOCKET_PREFIX) && join(root, name) !== current)
  await Promise.all(old.map((name) => rm(join(root, name), { recursive: true, force: true })))
}

async function answers(socket: string, deadline: number, alive: () => boolean): Promise<boolean> {
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
async function takeLock(admin: pg.ClientConfig, root: string): Promise<pg.Client> {
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

interface Postmaster {
  pid: number
  socket: string
}

/** The lines of postmaster.pid: process, data folder, start, port, socket folder, and so on. */
async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const content = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = content.split('\n')
  const pid = Number(lines[0])
  const socket = lines[4]?.trim()
  return pid > 0 && socket && isAlive(pid) ? { pid, socket } : undefined
}

/** SIGINT is PostgreSQL's fast shutdown: running statements are cancelled, everything committed is flushed. */
async function shutDown(pid: number): Promise<void> {
  process.kill(pid, 'SIGINT')
  while (isAlive(pid)) await sleep(10)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

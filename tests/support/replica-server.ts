import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { createBaseBackup } from '../../src/platform/postgres/embedded/base-backup.js'
import { asDatabaseUser, chownToDatabaseUser, locateBinaries, startDetached } from '../../src/platform/postgres/embedded/binaries.js'

export interface ReplicaServer {
  connection: pg.PoolConfig
  /** Pauses the replay, so that the replica lags until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Makes it a primary, which accepts writes when this resolves. */
  promote(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a standby of a running PostgreSQL: base backup, standby.signal, streaming.
 * @param dataDir  data folder of the primary
 * @param stream  address from which the standby streams
 */
export async function startReplica(
  primary: pg.ClientConfig,
  dataDir: string,
  stream: { host: string; port: number },
): Promise<ReplicaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-replica-'))
  await chownToDatabaseUser(folder)
  const cluster = join(folder, 'postgres')
  await createBaseBackup(primary, join(dataDir, 'postgres'), cluster)
  await writeFile(join(cluster, 'standby.signal'), '')
  const { postgres } = await locateBinaries()
  const settings = {
    unix_socket_directories: folder,
    listen_addresses: '',
    max_connections: '300',
    primary_conninfo: `host=${stream.host} port=${stream.port} user=${primary.user}`,
    wal_retrieve_retry_interval: '100ms',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  startDetached(asDatabaseUser(postgres, ['-D', cluster, ...flags]), join(folder, 'log'))
  const connection = { ...primary, host: folder }
  const admin = await connectWithRetry(connection)
  return {
    connection,
    pause: async () => void (await admin.query('SELECT pg_wal_replay_pause()')),
    resume: async () => void (await admin.query('SELECT pg_wal_replay_resume()')),
    promote: async () => void (await admin.query('SELECT pg_promote()')),
    async stop() {
      const { rows } = await admin.query("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid")
      await admin.end()
      process.kill(rows[0].pid, 'SIGINT')
      await pause(300)
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

async function connectWithRetry(connection: pg.ClientConfig): Promise<pg.Client> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client(connection)
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      if (attempt > 200) throw error
      await pause(50)
    }
  }
}

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { runCommand } from './binaries.js'

/**
 * Copies the files of a running PostgreSQL as described in its manual ("Making a Base Backup Using
 * the Low Level API"). The copy contains everything that was committed before the start, and
 * recovers like a server after a crash.
 * @param connection  of a user with the privilege, such as the owner of the embedded database
 * @param cluster  the data folder of the server
 * @param target  the folder of the copy; must not exist
 */
export async function createBaseBackup(connection: pg.ClientConfig, cluster: string, target: string): Promise<void> {
  const session = new pg.Client(connection)
  await session.connect()
  try {
    await session.query("SELECT pg_backup_start('copy', true)")
    await runCommand({ file: 'cp', parameters: ['-a', cluster, target] })
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    // The WAL that was written during the copy makes the files consistent.
    await runCommand({ file: 'cp', parameters: ['-a', `${join(cluster, 'pg_wal')}/.`, join(target, 'pg_wal')] })
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '')
    for (const file of ['postmaster.pid', 'postmaster.opts']) await rm(join(target, file), { force: true })
  } finally {
    await session.end()
  }
}

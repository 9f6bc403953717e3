import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { runCommand } from './binaries.js'

/**
 * Copies the files of a running PostgreSQL as its manual says ("Making a Base Backup Using the Low Level API"), while it is written to.
 * Whatever was committed when this began is in the copy, which starts like a server after a crash.
 * @param connection  of somebody who may: the owner of the embedded one
 * @param cluster     its folder
 * @param target      where the copy goes; must not be there yet
 */
export async function createBaseBackup(connection: pg.ClientConfig, cluster: string, target: string): Promise<void> {
  const session = new pg.Client(connection)
  await session.connect()
  try {
    await session.query("SELECT pg_backup_start('copy', true)")
    await runCommand({ file: 'cp', parameters: ['-a', cluster, target] })
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    // What was written to the log meanwhile is what makes the files fit together.
    await runCommand({ file: 'cp', parameters: ['-a', `${join(cluster, 'pg_wal')}/.`, join(target, 'pg_wal')] })
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '')
    for (const file of ['postmaster.pid', 'postmaster.opts']) await rm(join(target, file), { force: true })
  } finally {
    await session.end()
  }
}

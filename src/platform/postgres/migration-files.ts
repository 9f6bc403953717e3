import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFile } from '../../core/project-file.js'

export const MIGRATIONS_FOLDER = projectFile('prisma/migrations/')
/** The first line of a migration that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY. */
const NO_TRANSACTION = '-- quittance: no transaction'

export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Reads all migrations of a folder, in the order of their application. */
export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const names = await migrationNames(folder)
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })))
}

export async function migrationNames(folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort()
}

export function isTransactional({ sql }: Pick<Migration, 'sql'>): boolean {
  return sql.split('\n', 1)[0]?.trim() !== NO_TRANSACTION
}

/** The checksum that `prisma migrate` stores. */
export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex')
}

import { createHash } from 'node:crypto'

export const DEFAULT_SCHEMA = 'public'

/** The advisory lock of `prisma migrate deploy`, so that the two never run at the same time. */
const PRISMA_LOCK_KEY = 72_707_369

/** The schema of the job tables of an installation. */
export function jobsSchema(schema: string): string {
  return schema === DEFAULT_SCHEMA ? 'graphile_worker' : `${schema}_jobs`
}

/** The search path of every session, without spaces, which separate the options of a session. */
export function searchPath(schema: string): string {
  return `"${schema}","${jobsSchema(schema)}"`
}

/** Names what installations would share otherwise: the channel of LISTEN and NOTIFY, and the keys of Redis. */
export function installationName(schema: string): string {
  return schema === DEFAULT_SCHEMA ? 'quittance' : `quittance_${schema}`
}

/** The key of the migration lock. Advisory locks belong to the whole database, so each schema has its own key. */
export function migrationLockKey(schema: string): number {
  return schema === DEFAULT_SCHEMA ? PRISMA_LOCK_KEY : createHash('sha256').update(`quittance migrate ${schema}`).digest().readUInt32BE(0)
}

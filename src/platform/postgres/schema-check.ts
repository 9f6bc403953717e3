import type pg from 'pg'
import { StartError } from '../../core/errors.js'
import { PROGRAM } from '../../core/project-file.js'
import type { PoolAccess } from './database-access.js'
import { jobsSchema } from './database-schema.js'

/** `may_use…` is null if the schema does not exist. A search path skips schemas that the role may not use. */
const FIND_SCHEMAS = `
  SELECT current_user AS role, current_schemas(false)::text[] AS path,
    has_schema_privilege(to_regnamespace(quote_ident($1)), 'USAGE') AS may_use,
    has_schema_privilege(to_regnamespace(quote_ident($2)), 'USAGE') AS may_use_jobs`

interface FoundSchemas {
  role: string
  path: string[]
  may_use: boolean | null
  may_use_jobs: boolean | null
}

/**
 * Checks that statements outside transactions find the tables of this installation and not those of another one. Behind
 * a pooler, which shares its sessions, the role of the database determines that.
 * @throws StartError
 */
export async function assertSchemaInUse(
  pool: Pick<pg.Pool, 'query'>,
  { schema, transactionSettings }: Pick<PoolAccess, 'schema' | 'transactionSettings'>,
): Promise<void> {
  const jobs = jobsSchema(schema)
  const { rows } = await pool.query<FoundSchemas>(FIND_SCHEMAS, [schema, jobs])
  const [found] = rows
  if (!found) return
  if (found.may_use === null) throw new StartError(`DATABASE_SCHEMA: the schema ${schema} does not exist: run ${PROGRAM} migrate first`)
  if (!found.may_use || found.may_use_jobs === false) {
    throw new StartError(`DATABASE_SCHEMA: the role ${found.role} has no privilege USAGE on the schemas ${schema} and ${jobs}: grant it`)
  }
  const findsJobs = found.may_use_jobs === null || found.path.includes(jobs)
  if (found.path[0] === schema && findsJobs) return
  const path = found.path.join(', ') || 'nothing'
  throw new StartError(
    transactionSettings === undefined
      ? `DATABASE_SCHEMA: the options of DATABASE_URL set the search_path to ${path} instead of ${schema}, ${jobs}: remove it there`
      : `DATABASE_SCHEMA: sessions of the pooler search ${path} instead of ${schema}, ${jobs}: ` +
          `run ALTER ROLE ${found.role} SET search_path = ${schema}, ${jobs} and let the pooler reconnect`,
  )
}

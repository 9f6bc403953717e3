import { parse } from 'pg-connection-string'
import { z } from 'zod'
import type { Variables } from './schemas.js'

const databaseUrl = z
  .string()
  .superRefine((url, { addIssue }) => {
    const problem = databaseUrlProblem(url)
    if (problem) addIssue(problem)
  })
  .optional()

const INVALID_DATABASE_URL = 'must be a postgresql:// URL'

/** So that `<schema>_jobs` fits into the 63 bytes of a name. */
const MAX_SCHEMA_LENGTH = 50
const RESERVED_SCHEMA = /^pg_|^information_schema$|^graphile_worker$|_jobs$/

const schemaName = z
  .string()
  .max(MAX_SCHEMA_LENGTH, `must have at most ${MAX_SCHEMA_LENGTH} characters`)
  .regex(/^[a-z_][a-z0-9_]*$/, 'must consist of lower-case letters, digits and underscores, and not start with a digit')
  .refine(
    (name) => !RESERVED_SCHEMA.test(name),
    'must not be a schema of PostgreSQL or of jobs: pg_…, information_schema, graphile_worker, …_jobs',
  )
  .default('public')

const milliseconds = (defaultValue: number) =>
  z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(1000, 'must be at least 1000')
    .max(3_600_000, 'must be at most 3600000 (one hour)')
    .default(defaultValue)

export const DATABASE_VARIABLES = {
  DATABASE_URL: {
    schema: databaseUrl,
    about: 'URL of a PostgreSQL 15+ server to use instead of the embedded one.',
    unset: 'embedded PostgreSQL',
  },
  DATABASE_DIRECT_URL: {
    schema: databaseUrl,
    about:
      'URL of the same database that bypasses the connection pooler of `DATABASE_URL`. Migrations, jobs, locks and LISTEN use it. ' +
      'Required if `DATABASE_URL` leads to a pooler such as PgBouncer.',
    unset: '`DATABASE_URL`, which then must not lead to a pooler',
  },
  DATABASE_SCHEMA: {
    schema: schemaName,
    about:
      'Schema of the tables. Its jobs are in the schema `<DATABASE_SCHEMA>_jobs`, for `public` in `graphile_worker`. ' +
      'With one schema each, several sellers share a database.',
  },
  DATABASE_PREPARED_STATEMENTS: {
    schema: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    about: 'Whether statements are prepared once per connection. A pooler must support it: PgBouncer 1.21+ with `max_prepared_statements`.',
    unset: '`false` with `DATABASE_DIRECT_URL`, otherwise `true`',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(2).max(500).optional(),
    about: 'Maximum number of connections of the pool. Worker processes divide it equally; each needs at least 2.',
    unset: '`10` for one process; for several worker processes 10 each, but at most 32 in total, or 2 each if that is more',
  },
  DATABASE_LOCK_TIMEOUT_MS: {
    schema: milliseconds(30_000),
    about: 'Maximum time for which a statement waits for a lock, in milliseconds.',
  },
  DATABASE_STATEMENT_TIMEOUT_MS: {
    schema: milliseconds(60_000),
    about: 'Maximum duration of a statement, in milliseconds. Migrations have no limit.',
  },
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: {
    schema: milliseconds(10_000),
    about:
      'Maximum time for which an open transaction waits for its process, in milliseconds. Then PostgreSQL ends the transaction, ' +
      'so that a frozen or disconnected process does not block others.',
  },
  DATABASE_KEEPALIVE_SECONDS: {
    schema: z.coerce.number({ error: 'must be a number of seconds' }).int('must be a whole number of seconds').min(1).max(3600).default(5),
    about:
      'Idle time after which TCP keepalives check a database connection, in seconds. Lost connections are closed 5 to 10 seconds later.',
  },
  DATABASE_REPLICA_URL: {
    schema: databaseUrl,
    about: 'URL of a read replica (streaming replication). Principals that have just written are served by the primary.',
    unset: 'no read replica',
  },
  DATA_DIR: {
    schema: z.string().default('data'),
    about: 'Folder for the embedded database and the demo secret.',
  },
  DEMO_DATA: {
    schema: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    about: 'Whether a demo catalog, users and orders are added to an empty database.',
    unset: '`true` in demo mode; never under production rules',
  },
  REDIS_URL: {
    schema: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
    about: 'URL of a Redis server that stores the points of the rate limit.',
    unset: 'points are stored in the database',
  },
} satisfies Variables

/** Accepts what libpq accepts, such as `postgresql://user@/database?host=/run/postgresql`. */
function databaseUrlProblem(url: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(url)) return INVALID_DATABASE_URL
  try {
    parse(url)
    return undefined
  } catch (error) {
    // A certificate that the URL names cannot be read.
    const { code, message } = error as NodeJS.ErrnoException
    return code?.startsWith('E') && code !== 'ERR_INVALID_URL' ? message : INVALID_DATABASE_URL
  }
}

import { z } from 'zod'
import type { Variables } from './schemas.js'

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional()

export const DATABASE_VARIABLES = {
  DATABASE_URL: {
    schema: databaseUrl,
    about: 'URL of a PostgreSQL 15+ server to use instead of the embedded one.',
    unset: 'embedded PostgreSQL',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(2).max(500).default(10),
    about: 'Maximum number of database connections of this process.',
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

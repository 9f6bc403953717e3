import { z } from 'zod'
import { booleanVariable, optionalString, type Variables } from './schemas.js'

const pointsVariable = (defaultValue: number) =>
  z.coerce.number({ error: 'must be a number of points' }).int('must be a whole number').min(1).max(1_000_000_000).default(defaultValue)

export const API_VARIABLES = {
  EXPLORER: {
    schema: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    about: 'Whether the explorer at `/graphql` and the pages at `/api/docs` are served.',
    unset: '`true` in demo mode, otherwise `false`',
  },
  INTROSPECTION: {
    schema: z.enum(['everybody', 'signed-in', 'nobody'], { error: 'must be everybody, signed-in or nobody' }).optional(),
    about: 'Principals that may read the schema by introspection and get suggestions for misspelt names.',
    unset: '`everybody` in demo mode, otherwise `signed-in`',
  },
  HTTP_STATUS_PROFILE: {
    schema: z.enum(['stable', 'draft'], { error: 'must be stable or draft' }).default('stable'),
    about:
      'HTTP statuses of GraphQL responses: `stable` as clients expect them, `draft` as in the newest draft of GraphQL over ' +
      'HTTP (422, 294).',
  },
  GRAPHQL_JIT_THRESHOLD: {
    schema: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(0).max(1000).default(3),
    about: 'Number of executions after which an operation is compiled to JavaScript, which makes it faster. `0` disables compilation.',
    alias: 'GRAPHQL_COMPILE_AFTER',
  },
  RATE_LIMIT_POINTS: {
    schema: pointsVariable(20_000),
    about:
      'Rate limit: the maximum number of points of a principal. `extensions.cost` reports the cost of an operation. ' +
      'Administrators and API keys have ten times as many points.',
  },
  RATE_LIMIT_RESTORE_RATE: {
    schema: pointsVariable(1000),
    about: 'Rate limit: points per second that a principal regains.',
    alias: 'RATE_LIMIT_RESTORE',
  },
  PERSISTED_OPERATIONS: {
    schema: optionalString,
    about: 'Path of the manifest of persisted operations that `npx quittance documents` writes.',
    unset: 'none',
    alias: 'TRUSTED_DOCUMENTS',
  },
  PERSISTED_OPERATIONS_ONLY: {
    schema: booleanVariable('false'),
    about: 'Whether the server runs persisted operations only.',
    alias: 'TRUSTED_DOCUMENTS_ONLY',
  },
  WEBHOOK_PRIVATE_HOSTS: {
    schema: z
      .string()
      .optional()
      .transform((hosts) => hosts?.split(',').map((host) => host.trim().toLowerCase()) ?? []),
    about: 'Hosts in your network that may receive events under production rules, separated by commas, such as `panel.internal`.',
    unset: 'none',
    alias: 'EVENT_PRIVATE_HOSTS',
  },
} satisfies Variables

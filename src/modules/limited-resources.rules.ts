import { keysOf, mapRecord } from '../core/record.js'
import type { Plan, ServerClaim } from '../platform/postgres/generated/client.js'
import type { LimitedResource } from './limited-resources.enums.js'

// The declaration of the resources that plans limit. CONTRIBUTING.md describes how to add one.

interface ServerFieldDefinition {
  /** Description of the value in requests and responses. */
  readonly description: string
  /** Whether a claim must contain the value; otherwise it defaults to 0. */
  readonly isRequired: boolean
}

/** The values of a server that count against limits, by their names in claims and in the table of claims. */
export const SERVER_FIELDS = {
  memory: { description: 'Memory in MB.', isRequired: true },
  disk: { description: 'Disk in MB.', isRequired: true },
  cpu: { description: 'CPU in percent of a core; 100 is one core.', isRequired: true },
  databases: { description: 'Number of databases.', isRequired: false },
  backups: { description: 'Number of backups.', isRequired: false },
  ports: { description: 'Number of network ports.', isRequired: false },
} satisfies Partial<Record<keyof ServerClaim, ServerFieldDefinition>>

export type ServerField = keyof typeof SERVER_FIELDS

/** The scope of a limit, which determines how usage is counted. */
type ResourceScope =
  /** The customer: `recordUsage` records usage until `releaseUsage` releases it. */
  | { readonly scope: 'CUSTOMER' }
  /** A UTC day: `recordUsage` records usage. */
  | { readonly scope: 'DAY' }
  /** All claimed servers of the customer: the sum of the field, or for null the number of servers. */
  | { readonly scope: 'ALL_SERVERS'; readonly serverField: ServerField | null }
  /** Each claimed server: usage is the highest value of any server. */
  | { readonly scope: 'SERVER'; readonly serverField: ServerField }

interface ResourceTexts {
  /** The description of the limit in GraphQL and REST. */
  readonly description: string
  /** As in "1 node" and "4 nodes", or with a unit as in "4096 MB of memory". */
  readonly singular: string
  readonly plural: string
  readonly unit?: string
}

type ResourceRow = ResourceTexts & ResourceScope & { readonly column: keyof Plan }

/** `column` is the name of the limit in plans, orders, GraphQL, REST and imports. */
const RESOURCE_TABLE = {
  SERVERS: {
    column: 'serverLimit',
    scope: 'ALL_SERVERS',
    serverField: null,
    singular: 'server',
    plural: 'servers',
    description: 'Number of servers.',
  },
  NODES: { column: 'nodeLimit', scope: 'CUSTOMER', singular: 'node', plural: 'nodes', description: 'Number of nodes.' },
  MEMORY_MB: {
    column: 'memory',
    scope: 'ALL_SERVERS',
    serverField: 'memory',
    singular: 'memory',
    plural: 'memory',
    unit: 'MB',
    description: 'Total memory of all servers in MB.',
  },
  DISK_MB: {
    column: 'disk',
    scope: 'ALL_SERVERS',
    serverField: 'disk',
    singular: 'disk',
    plural: 'disk',
    unit: 'MB',
    description: 'Total disk space of all servers in MB.',
  },
  CPU_PERCENT: {
    column: 'cpu',
    scope: 'ALL_SERVERS',
    serverField: 'cpu',
    singular: 'CPU',
    plural: 'CPU',
    unit: 'percent',
    description: 'Total CPU of all servers in percent of a core; 100 is one core.',
  },
  DATABASES_PER_SERVER: {
    column: 'databases',
    scope: 'SERVER',
    serverField: 'databases',
    singular: 'database per server',
    plural: 'databases per server',
    description: 'Databases per server.',
  },
  BACKUPS_PER_SERVER: {
    column: 'backups',
    scope: 'SERVER',
    serverField: 'backups',
    singular: 'backup per server',
    plural: 'backups per server',
    description: 'Backups per server.',
  },
  PORTS_PER_SERVER: {
    column: 'portCount',
    scope: 'SERVER',
    serverField: 'ports',
    singular: 'port per server',
    plural: 'ports per server',
    description: 'Network ports per server.',
  },
  TUNNEL_PORTS: {
    column: 'tunnelPortCount',
    scope: 'CUSTOMER',
    singular: 'tunnel port',
    plural: 'tunnel ports',
    description: 'Number of tunnel ports.',
  },
  EMAILS_PER_DAY: {
    column: 'emailsPerDay',
    scope: 'DAY',
    singular: 'e-mail per day',
    plural: 'e-mails per day',
    description: 'E-mails per day.',
  },
} as const satisfies Record<LimitedResource, ResourceRow>

export type LimitName = (typeof RESOURCE_TABLE)[keyof typeof RESOURCE_TABLE]['column']

export type Resource = ResourceRow & { readonly column: LimitName }

export const RESOURCES: Readonly<Record<LimitedResource, Resource>> = RESOURCE_TABLE

export const LIMIT_NAMES: readonly LimitName[] = Object.values(RESOURCES).map(({ column }) => column)

/** Null means unlimited, 0 means none. */
export type LimitValues = Record<LimitName, number | null>

export const LIMIT_NOTE = 'Null means unlimited, 0 means none.'

/** Builds a record of one value per resource, under the name of its limit. */
export function mapLimits<T>(toValue: (resource: Resource, key: LimitedResource) => T): Record<LimitName, T> {
  const entries = Object.values(mapRecord(RESOURCES, (resource, key) => [resource.column, toValue(resource, key)] as const))
  return Object.fromEntries(entries) as Record<LimitName, T>
}

/** The resources whose usage `recordUsage` records. Server claims contain the usage of all others. */
export const CONSUMABLE_RESOURCES = keysOf(RESOURCES).filter((key) => ['CUSTOMER', 'DAY'].includes(RESOURCES[key].scope))

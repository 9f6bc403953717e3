import { z } from 'zod'

/** The resources that plans limit, by their public names. */
export const LIMITED_RESOURCES = [
  'SERVERS',
  'NODES',
  'MEMORY_MB',
  'DISK_MB',
  'CPU_PERCENT',
  'DATABASES_PER_SERVER',
  'BACKUPS_PER_SERVER',
  'PORTS_PER_SERVER',
  'TUNNEL_PORTS',
  'EMAILS_PER_DAY',
] as const
export const LimitedResource = z.enum(LIMITED_RESOURCES).enum
export type LimitedResource = (typeof LIMITED_RESOURCES)[number]

declare global {
  namespace PrismaJson {
    type LimitedResource = (typeof LIMITED_RESOURCES)[number]
  }
}

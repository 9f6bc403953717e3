import { z } from 'zod'

export interface Variable<T extends z.ZodType = z.ZodType> {
  readonly schema: T
  readonly about: string
  /** Describes the behaviour without a value, for a schema without a default. */
  readonly unset?: string
  /** The deprecated name, which still works. */
  readonly alias?: string
}

export type Variables = Readonly<Record<string, Variable>>

export const optionalString = z.string().optional()
export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
export const secret = z.string().min(32, 'must be at least 32 characters long').optional()

/** The minimum length of webhook secrets and of the metrics token. */
export const MIN_SHARED_SECRET_LENGTH = 16

export const booleanVariable = (defaultValue: 'true' | 'false') =>
  z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default(defaultValue)
    .transform((value) => value === 'true')

export const wholeDays = (min: number, max: number) =>
  z.coerce.number({ error: 'must be a number of days' }).int('must be a whole number').min(min).max(max)

/** Splits a comma-separated list and drops empty parts. */
export const splitList = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean)

export function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text && !text.includes('*')
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

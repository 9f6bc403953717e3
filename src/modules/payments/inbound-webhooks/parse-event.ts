import type { z } from 'zod'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'

/**
 * Parses a part of an event.
 * @param within  path of the part in the event
 * @throws BAD_REQUEST naming the first invalid field
 */
export function parseEvent<T extends z.ZodType>(schema: T, part: unknown, within: readonly string[] = []): z.output<T> {
  const result = schema.safeParse(part)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new DomainError(BAD_REQUEST, `${[...within, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is invalid'}`)
}

/**
 * Builds the subject of an event.
 * @returns null for an id longer than any sender's, because an index of PostgreSQL limits the length of its values
 */
export function eventSubject(kind: 'subscription' | 'refund', id: string): string | null {
  return id.length <= 100 ? `${kind}:${id}` : null
}

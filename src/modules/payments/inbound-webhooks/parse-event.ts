import type { z } from 'zod'
import { DomainError } from '../../../core/errors.js'

/**
 * Reads a part of an event by its schema.
 * @param within  where in the event the part is
 * @throws BAD_REQUEST naming the first wrong field
 */
export function parseEvent<T extends z.ZodType>(schema: T, part: unknown, within: readonly string[] = []): z.output<T> {
  const result = schema.safeParse(part)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new DomainError('BAD_REQUEST', `${[...within, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is wrong'}`)
}

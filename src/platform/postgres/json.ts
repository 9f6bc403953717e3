import { z } from 'zod'
import type { Prisma } from './generated/client.js'

/** Accepts the object of a JSON column, without checking its values. */
export const jsonObject = z.custom<Prisma.InputJsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a JSON column must contain an object',
)

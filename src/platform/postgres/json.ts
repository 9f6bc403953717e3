import { z } from 'zod'
import type { Prisma } from './generated/client.js'

/** The object of a JSON column, whose values are not checked. */
export const jsonObject = z.custom<Prisma.InputJsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a JSON column must contain an object',
)

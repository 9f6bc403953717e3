import type { Prisma } from './generated/client.js'

/** Returns the object of a JSON column. @throws when the column contains another JSON value */
export function jsonObject(value: unknown): Prisma.InputJsonObject {
  if (!isJsonObject(value)) throw new Error('a JSON column does not contain an object')
  return value
}

function isJsonObject(value: unknown): value is Prisma.InputJsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

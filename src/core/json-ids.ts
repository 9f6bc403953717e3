import { z } from 'zod'

// Ids in the JSON that clients receive or that is stored are numbers. They stay far below 2^53. Strings are accepted
// when stored JSON is read.

/** Writes JSON. A bigint is an id and becomes a number; amounts of money are passed as text. */
export function stringifyWithIds(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
}

/** Converts a customer's id for JSON: a safe integer in canonical form becomes a number; any other id stays a string. */
export function jsonCustomerId(id: string): number | string {
  const number = Number(id)
  return Number.isSafeInteger(number) && String(number) === id ? number : id
}

/** The id of a row in stored JSON. */
export const storedId = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,18}$/)]).transform(BigInt)

/** The id of a user or an organisation in stored JSON. */
export const storedCustomerId = z.union([z.int(), z.string()]).transform(String)

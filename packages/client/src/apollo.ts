import { EMBEDDED_TYPES, POSSIBLE_TYPES } from './generated/cache.js'

type Fields = Readonly<Record<string, unknown>>

/** The object types of interfaces and unions, for `new InMemoryCache({ possibleTypes, typePolicies })`. */
export const possibleTypes: Record<string, string[]> = POSSIBLE_TYPES

/**
 * Objects with an id are cached by it. The others belong to the object that contains them, and the cache keeps
 * the fields of several queries.
 */
export const typePolicies: Record<(typeof EMBEDDED_TYPES)[number], { merge: boolean | typeof mergeMoney }> = {
  ...(Object.fromEntries(EMBEDDED_TYPES.map((name) => [name, { merge: true }])) as Record<
    (typeof EMBEDDED_TYPES)[number],
    { merge: true }
  >),
  Money: { merge: mergeMoney },
}

/** Fields of another amount must not remain next to those of the new one: `$5.00` next to 1500 minor units. */
function mergeMoney(existing: Fields | undefined, incoming: Fields): Fields {
  const isSame = Object.keys(incoming).every((name) => existing?.[name] === undefined || existing[name] === incoming[name])
  return isSame ? { ...existing, ...incoming } : incoming
}

import { EMBEDDED_TYPES } from './generated/cache.js'

/** Types that belong to the object that contains them, for `cacheExchange({ keys })` of Graphcache. */
export const keys: Record<(typeof EMBEDDED_TYPES)[number], () => null> = Object.fromEntries(
  EMBEDDED_TYPES.map((name) => [name, () => null]),
) as Record<(typeof EMBEDDED_TYPES)[number], () => null>

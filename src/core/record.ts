/** The keys of a constant table, which has no other keys than its type says. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[]
}

/** A record with the same keys and other values. */
export function mapRecord<K extends string, A, B>(record: Readonly<Record<K, A>>, toValue: (value: A, key: K) => B): Record<K, B> {
  return Object.fromEntries(keysOf(record).map((key) => [key, toValue(record[key], key)])) as Record<K, B>
}

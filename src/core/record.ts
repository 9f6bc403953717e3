/** Returns the keys of a constant table, typed. The table must have exactly the keys of its type. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[]
}

/** Returns a record with the same keys and converted values. */
export function mapRecord<K extends string, A, B>(record: Readonly<Record<K, A>>, toValue: (value: A, key: K) => B): Record<K, B> {
  return Object.fromEntries(keysOf(record).map((key) => [key, toValue(record[key], key)])) as Record<K, B>
}

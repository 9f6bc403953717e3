import DataLoader from 'dataloader'

/** The id of a row, or of a user or an organisation. */
type Key = bigint | string

/**
 * Batches reads by key into one statement. A key without a row resolves to null.
 * @param read  reads the rows of all keys at once
 * @param keyOf  returns the key of a row
 */
export function createOneByKeyLoader<K extends Key, R>(
  read: (keys: K[]) => Promise<R[]>,
  keyOf: (row: R) => K | null,
): DataLoader<K, R | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await read([...keys])).map((row) => [keyOf(row), row]))
    return keys.map((key) => rows.get(key) ?? null)
  })
}

/** Like createOneByKeyLoader, for keys with any number of rows. */
export function createManyByKeyLoader<K extends Key, R>(
  read: (keys: K[]) => Promise<R[]>,
  keyOf: (row: R) => K | null,
): DataLoader<K, R[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<K | null, R[]>(keys.map((key) => [key, []]))
    for (const row of await read([...keys])) groups.get(keyOf(row))?.push(row)
    return keys.map((key) => groups.get(key) ?? [])
  })
}

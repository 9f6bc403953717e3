import DataLoader from 'dataloader'

/**
 * Batches reads by key into one statement. A key without a row resolves to null.
 * @param read  reads the rows of all keys at once
 * @param keyOf  returns the key of a row
 */
export function createOneByKeyLoader<R>(read: (keys: number[]) => Promise<R[]>, keyOf: (row: R) => number): DataLoader<number, R | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await read([...keys])).map((row) => [keyOf(row), row]))
    return keys.map((key) => rows.get(key) ?? null)
  })
}

/** Like createOneByKeyLoader, for keys with any number of rows. */
export function createManyByKeyLoader<R>(read: (keys: number[]) => Promise<R[]>, keyOf: (row: R) => number): DataLoader<number, R[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<number, R[]>(keys.map((key) => [key, []]))
    for (const row of await read([...keys])) groups.get(keyOf(row))?.push(row)
    return keys.map((key) => groups.get(key) ?? [])
  })
}

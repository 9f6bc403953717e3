/**
 * Reads rows batch by batch, so that no read is unbounded. Ends also when a row stays due.
 * @param read  returns the rows after `last` in a stable order, at most `size`
 */
export async function* readBatches<R>(size: number, read: (last: R | undefined) => Promise<R[]>): AsyncGenerator<R[]> {
  let last: R | undefined
  for (;;) {
    const rows = await read(last)
    if (rows.length > 0) yield rows
    if (rows.length < size) return
    last = rows.at(-1)
  }
}

/**
 * Runs `work` for every row of all batches. One that fails does not stop the others.
 * @param failure  names what has failed, for example "subscriptions could not be ended"
 * @param atOnce  how many rows are processed at the same time; each uses a connection of its own. Default: 1
 * @throws AggregateError of the failures
 */
export async function runForEachRow<R>(
  batches: AsyncIterable<R[]>,
  work: (row: R) => Promise<void>,
  failure: string,
  { atOnce = 1 }: { readonly atOnce?: number } = {},
): Promise<void> {
  const failures: unknown[] = []
  for await (const batch of batches) {
    const rows = batch.values()
    const workNext = async () => {
      for (const row of rows) await work(row).catch((error: unknown) => failures.push(error))
    }
    await Promise.all(Array.from({ length: atOnce }, workNext))
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} ${failure}`)
}

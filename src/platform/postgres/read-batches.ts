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

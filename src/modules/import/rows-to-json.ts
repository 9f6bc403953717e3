/** Writes ids and amounts as text, because they may exceed the range of JSON numbers. */
export function rowsToJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

/** The number in an id of the API: 101 for "ord_101". */
export function rowId(id: string | bigint | number): number {
  return Number(String(id).replace(/^[a-z]+_/, ''))
}

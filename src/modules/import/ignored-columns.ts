import type { IgnoredColumn, ImportRow, RowKind } from './import-row.js'
import { hasValue } from './read-file.js'
import { isImported } from './row-schemas.js'

/** The columns of a file in the import's own format that are not imported. */
export function listIgnoredColumns(rows: readonly ImportRow[]): IgnoredColumn[] {
  const columns = new ColumnCounter()
  for (const { kind, columns: names, source } of rows) {
    for (const [name, column] of Object.entries(names)) if (!isImported(kind, name)) columns.add(kind, column, source[column])
  }
  return columns.list()
}

/** Counts the values of columns. */
export class ColumnCounter {
  readonly #columns = new Map<string, IgnoredColumn>()

  add(kind: RowKind, column: string, value: unknown): void {
    const key = `${kind} ${column}`
    const found = this.#columns.get(key) ?? { kind, column, values: 0 }
    this.#columns.set(key, { ...found, values: found.values + (hasValue(value) ? 1 : 0) })
  }

  list(): IgnoredColumn[] {
    return [...this.#columns.values()]
  }
}

import { stringify } from 'csv-stringify/sync'

/** Text, or a decimal, which is never a formula even if it is negative. null is an empty cell. */
export type Cell = string | { readonly decimal: string } | null

/** A table that is written while its rows are read. */
export interface ExportedTable {
  readonly columns: readonly string[]
  /** Rows in batches, each with one cell per column. */
  readonly batches: AsyncIterable<readonly (readonly Cell[])[]>
}

/** Creates a table from rows in batches. @param cells  the columns, in their order */
export function exportedTable<R>(
  cells: Readonly<Record<string, (row: R) => Cell>>,
  rows: AsyncIterable<readonly R[]> | Iterable<readonly R[]>,
): ExportedTable {
  const columns = Object.entries(cells)
  async function* batches() {
    for await (const batch of rows) yield batch.map((row) => columns.map(([, cell]) => cell(row)))
  }
  return { columns: Object.keys(cells), batches: batches() }
}

/** How a table is written, by the extension of its file. */
export const TABLE_FORMATS = {
  csv: { contentType: 'text/csv; charset=utf-8; header=present', write: writeCsv },
  jsonl: { contentType: 'application/jsonl; charset=utf-8', write: writeJsonLines },
} as const

/**
 * CSV as in RFC 4180, in UTF-8 with a byte order mark, without which Excel does not recognise UTF-8. A cell that
 * a spreadsheet would run as a formula gets a leading apostrophe, because customers choose their names. Decimals remain
 * numbers.
 */
async function* writeCsv({ columns, batches }: ExportedTable): AsyncGenerator<string> {
  const cast = { object: ({ decimal }: Record<string, unknown>) => ({ value: String(decimal), escape_formulas: false }) }
  const options = { escape_formulas: true, record_delimiter: 'windows', cast }
  yield `\ufeff${stringify([[...columns]], options)}`
  for await (const rows of batches)
    yield stringify(
      rows.map((row) => [...row]),
      options,
    )
}

/** One JSON object per line, with the columns as keys. */
async function* writeJsonLines({ columns, batches }: ExportedTable): AsyncGenerator<string> {
  for await (const rows of batches) {
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, position) => [column, textOf(row[position])])))
    yield objects.map((object) => `${JSON.stringify(object)}\n`).join('')
  }
}

function textOf(cell: Cell | undefined): string | null {
  return typeof cell === 'object' ? (cell?.decimal ?? null) : (cell ?? null)
}

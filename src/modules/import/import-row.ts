/** The kinds of rows in the order in which they are written, because later kinds refer to earlier ones. */
export const KINDS = ['users', 'organisations', 'memberships', 'plans', 'orders'] as const

export type RowKind = (typeof KINDS)[number]

/** A row of a file, before validation. */
export interface ImportRow {
  kind: RowKind
  /** Name of the file without its folder. */
  file: string
  /** Number of the row in its list, starting at 1. */
  rowNumber: number
  /** The line of a CSV file in which the row begins; null in JSON. */
  line: number | null
  /** The values by the names of the import's own format. */
  values: Record<string, unknown>
  /** The name that a value has in the file, if it differs. */
  columns: Readonly<Record<string, string>>
  /** The row as it is in the file. */
  source: Readonly<Record<string, unknown>>
}

/** Why a value cannot be imported, and what to do about it. */
export interface RowProblem {
  /** The name in `ImportRow.values`; a path for a part of a value. */
  field: string
  message: string
}

/** A row that cannot be imported. */
export class RowError extends Error {
  override readonly name = 'RowError'

  constructor(readonly problems: readonly RowProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join('; '))
  }
}

export function rowError(field: string, message: string): RowError {
  return new RowError([{ field, message }])
}

/** A problem of a row, with the place in the file. A row with several problems is listed several times. */
export interface RejectedRow {
  kind: RowKind
  file: string
  rowNumber: number
  line: number | null
  id: string
  /** As the column is named in the file. */
  column: string
  /** As it is in the file, shortened. */
  value: string
  reason: string
}

/** A column of the file that is not imported. */
export interface IgnoredColumn {
  kind: RowKind
  column: string
  /** Number of rows in which it has a value. */
  values: number
}

/** Something that the operator should know about rows that are imported. */
export interface ImportNotice {
  kind: RowKind
  /** A sentence about all of the rows. */
  text: string
  /** Ids of the rows. */
  ids: string[]
}

/** The number of rows that have problems. */
export function countRejectedRows(rejected: readonly RejectedRow[]): number {
  return new Set(rejected.map(({ file, kind, rowNumber }) => `${file} ${kind} ${rowNumber}`)).size
}

const MAX_SHOWN_VALUE = 80

/** Names the place of a problem as the file does. */
export function rejectRow(row: ImportRow, { field, message }: RowProblem): RejectedRow {
  const { kind, file, rowNumber, line, columns, source, values } = row
  const column = columns[field] ?? columns[field.split('.')[0] ?? ''] ?? field
  const id = String(source.id ?? values.id ?? values.userId ?? '')
  return { kind, file, rowNumber, line, id, column, value: shownValue(source[column]), reason: message }
}

function shownValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_SHOWN_VALUE ? `${text.slice(0, MAX_SHOWN_VALUE)}…` : text
}

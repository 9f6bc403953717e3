import { type CastingContext, type Info, parse } from 'csv-parse/sync'

/** A row of a table by the names of its header. */
export interface TableRow {
  /** The line in which it begins, starting at 1. */
  line: number
  source: Record<string, string | null>
}

/** What csv-parse returns with the options "columns" and "info". */
interface ParsedRecord {
  readonly record: TableRow['source']
  /** `bytes` up to the end of the record. */
  readonly info: Pick<Info, 'bytes'>
}

/** Escape sequences of `mysql --batch`, which separates by tabs and does not quote. */
const TAB_ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\0': '\0', '\\\\': '\\' }

/**
 * Parses a table with a header: CSV separated by commas or semicolons, or by tabs as `mysql --batch` writes it. NULL and
 * \N without quotation marks become null.
 * @throws Error of csv-parse, whose message names the line
 */
export function parseTable(text: string): TableRow[] {
  const content = Buffer.from(text.replace(/^\uFEFF/, ''))
  const headerEnd = content.indexOf('\n') + 1
  const delimiter = delimiterOf(content.subarray(0, headerEnd || content.length).toString())
  const isTabbed = delimiter === '\t'
  const records = parse<ParsedRecord>(content, {
    delimiter,
    columns: true,
    skip_empty_lines: true,
    trim: true,
    info: true,
    ...(isTabbed && { quote: null }),
    cast: isTabbed ? parseTabbedCell : parseCell,
  })
  let [end, line] = [headerEnd, 2]
  return records.map(({ record, info }) => {
    // csv-parse counts the line breaks within quotation marks differently, so lines are counted here.
    const row = content.subarray(end, info.bytes).toString()
    const before = countLineBreaks(/^[\r\n]*/.exec(row)?.[0] ?? '')
    const begins = line + before
    line += countLineBreaks(row)
    end = info.bytes
    return { line: begins, source: record }
  })
}

function delimiterOf(header: string): string {
  const counts = ['\t', ',', ';'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter
}

function countLineBreaks(text: string): number {
  return text.split('\n').length - 1
}

/** In quotation marks, NULL is a text. */
function parseCell(value: string, { quoting, header }: CastingContext): string | null {
  return !header && !quoting && (value === 'NULL' || value === '\\N') ? null : value
}

function parseTabbedCell(value: string, { header }: CastingContext): string | null {
  if (!header && (value === 'NULL' || value === '\\N')) return null
  return value.replace(/\\[nt0\\]/g, (sequence) => TAB_ESCAPES[sequence] ?? sequence)
}

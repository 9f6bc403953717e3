import { formatDecimal } from '../../../core/money.js'
import { type ColumnCounter } from '../ignored-columns.js'
import { type ImportRow, RowError, type RowKind, type RowProblem } from '../import-row.js'
import { camelCase, hasValue } from '../read-file.js'
import { isEncrypted } from './encrypted-text.rules.js'
import { parseFloatAmount } from './float-amount.rules.js'

/** A row of EcliPanel's tables. It remembers which columns were read, and the problems of their values. */
export class RowReader {
  readonly row: ImportRow
  readonly #problems: RowProblem[] = []
  readonly #read = new Set<string>()
  readonly #ignoredParts = new Map<string, unknown>()
  readonly #columns: ReadonlyMap<string, string>

  constructor(row: ImportRow) {
    this.row = row
    this.#columns = new Map(Object.keys(row.source).map((column) => [camelCase(column), column]))
  }

  /** The id of the row, for notices. */
  get id(): string {
    return String(this.row.source.id ?? '')
  }

  /** The value of a column; undefined if it is empty, NULL or not in the file. */
  value(name: string): unknown {
    const column = this.column(name)
    this.#read.add(column)
    const value = this.row.source[column]
    return hasValue(value) ? value : undefined
  }

  /** The name of a column in the file. */
  column(name: string): string {
    return this.#columns.get(name) ?? name
  }

  /** A trimmed text; undefined if it is empty or encrypted, which is a problem. */
  text(name: string): string | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim()
    if (isEncrypted(text)) {
      this.reject(name, 'is encrypted; export the rows decrypted as docs/migrating.md describes, or leave this column out of the file')
      return undefined
    }
    return text || undefined
  }

  /** A text in one line. */
  line(name: string): string | undefined {
    return this.text(name)?.replace(/\s+/g, ' ')
  }

  /** Minor units; undefined if the column is empty, or not an amount, which is a problem. */
  amount(name: string, currency: string): bigint | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const amount = typeof value === 'number' || typeof value === 'string' ? parseFloatAmount(String(value).trim(), currency) : undefined
    if (amount === undefined || amount < 0n)
      this.reject(name, `must be an amount in ${currency} such as ${formatDecimal({ minorUnits: 1500n, currency })}`)
    return amount
  }

  /** A whole number of 0 or more; undefined if the column is empty, or has another value, which is a problem. */
  integer(name: string): number | undefined {
    const value = this.value(name)
    return value === undefined ? undefined : this.parseInteger(name, value)
  }

  /** Parses a part of the value of a column. @param label  names the part in a problem */
  parseInteger(name: string, value: unknown, label = ''): number | undefined {
    const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number
    this.reject(name, `${label}must be a whole number of 0 or more`)
    return undefined
  }

  isTrue(name: string): boolean {
    const value = this.value(name)
    return value === true || value === 1 || value === '1' || value === 'true'
  }

  /** The object or list of a column, which JSON exports contain as text or as it is. Undefined if it is a text. */
  json(name: string): object | undefined {
    const value = this.value(name)
    const parsed = typeof value === 'string' ? parseJson(value) : value
    return parsed !== null && typeof parsed === 'object' ? parsed : undefined
  }

  /** @param name  of the column; a path such as `limits.memory` for a part of its value */
  reject(name: string, message: string): void {
    this.#problems.push({ field: name, message })
  }

  /**
   * The row in the import's own format.
   * @param names  the EcliPanel columns of fields with another name
   * @throws RowError if a value has a problem
   */
  build(values: Record<string, unknown>, names: Readonly<Record<string, string>> = {}, kind: RowKind = this.row.kind): ImportRow {
    if (this.#problems.length > 0) throw new RowError(this.#problems)
    const fields = [...this.#columns].concat(Object.entries(names).map(([field, name]) => [field, this.column(name)]))
    return {
      ...this.row,
      kind,
      values: Object.fromEntries(Object.entries(values).filter(([, value]) => hasValue(value))),
      columns: Object.fromEntries(fields),
    }
  }

  /** Marks a part of the value of a column as not imported. */
  ignorePart(name: string, part: string, value: unknown): void {
    this.#ignoredParts.set(`${this.column(name)}.${part}`, value)
  }

  countIgnored(counter: ColumnCounter): void {
    const { kind, source } = this.row
    for (const [column, value] of Object.entries(source)) if (!this.#read.has(column)) counter.add(kind, column, value)
    for (const [column, value] of this.#ignoredParts) counter.add(kind, column, value)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

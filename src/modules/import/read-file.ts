import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StartError } from '../../core/errors.js'
import { type ImportRow, KINDS, type RowKind } from './import-row.js'
import { parseTable } from './read-table.js'

/** Other names of columns in exports of panels. */
const COLUMN_ALIASES: Record<string, string> = {
  orgId: 'organisationId',
  organizationId: 'organisationId',
  createdAt: 'date',
  placedAt: 'date',
  orgRole: 'role',
  total: 'amount',
  hidden: 'hiddenFromBilling',
}

/** The names of lists and files, in lower case without separators. The singular ones are those of EcliPanel's tables. */
const LIST_NAMES: Readonly<Record<RowKind, readonly string[]>> = {
  users: ['users', 'user'],
  organisations: ['organisations', 'organizations', 'organisation', 'organization'],
  memberships: ['memberships', 'organisationmember', 'organisationmembers', 'membership'],
  plans: ['plans', 'plan'],
  orders: ['orders', 'order'],
}

/**
 * Reads a file of one kind (a table in CSV, a list in JSON) or of several (an object of lists in JSON), or a folder of such
 * files.
 * @param kind  the kind of rows in a file of one kind; derived from the name of the file if undefined
 * @throws StartError if a file cannot be read or parsed
 */
export async function readImportFile(path: string, kind: RowKind | undefined): Promise<ImportRow[]> {
  const found = await stat(path).catch((error: Error) => {
    throw unreadableError(path, error)
  })
  if (!found.isDirectory()) return readOneFile(path, kind)
  const names = (await readdir(path)).filter((name) => /\.(csv|json)$/.test(name) && !name.endsWith('.rejected.csv'))
  const rows = (await Promise.all(names.sort().map((name) => readOneFile(join(path, name), undefined)))).flat()
  return KINDS.flatMap((each) => rows.filter((row) => row.kind === each))
}

async function readOneFile(path: string, kind: RowKind | undefined): Promise<ImportRow[]> {
  const content = await readFile(path, 'utf8').catch((error: Error) => {
    throw unreadableError(path, error)
  })
  if (path.endsWith('.csv')) return readTable(path, assertKind(path, kind), content)
  const file = basename(path)
  const data = tablesOf(readJson(path, content))
  if (Array.isArray(data)) return toRows(assertKind(path, kind), file, data)
  const lists = Object.entries(data)
  return KINDS.flatMap((name) => lists.flatMap(([list, rows]) => (kindOf(list) === name ? toRows(name, file, assertList(list, rows)) : [])))
}

function unreadableError(path: string, error: Error): StartError {
  return new StartError(`--from: ${path} cannot be read: ${error.message}`)
}

function readTable(path: string, kind: RowKind, content: string): ImportRow[] {
  try {
    const file = basename(path)
    return parseTable(content).map(({ line, source }, index) => toRow(kind, { file, rowNumber: index + 1, line }, source))
  } catch (error) {
    throw new StartError(`--from: ${path} is not a valid CSV table with a header: ${(error as Error).message}`)
  }
}

function readJson(path: string, content: string): object {
  try {
    const data: unknown = JSON.parse(content)
    if (data !== null && typeof data === 'object') return data
  } catch (error) {
    throw new StartError(`--from: ${path} is not valid JSON: ${(error as Error).message}`)
  }
  throw new StartError(`--from: ${path} must contain a list or an object of lists`)
}

/** phpMyAdmin writes tables as entries of a list: `{ "type": "table", "name": "user", "data": [] }`. */
function tablesOf(data: object): object {
  if (!Array.isArray(data)) return data
  const tables = (data as unknown[]).filter(isExportedTable)
  return tables.length === 0 ? data : Object.fromEntries(tables.map(({ name, data: rows }) => [name, rows]))
}

function isExportedTable(entry: unknown): entry is { name: string; data: unknown[] } {
  return entry !== null && typeof entry === 'object' && 'type' in entry && entry.type === 'table' && 'name' in entry && 'data' in entry
}

function kindOf(list: string): RowKind | undefined {
  const name = list.toLowerCase().replace(/[_ -]/g, '')
  return KINDS.find((kind) => LIST_NAMES[kind].includes(name))
}

function assertKind(path: string, kind: RowKind | undefined): RowKind {
  const name = basename(path)
  const found = kind ?? kindOf(name.replace(/\.\w+$/, '')) ?? KINDS.find((each) => name.toLowerCase().includes(each))
  if (!found) throw new StartError(`--kind: required to know what ${path} contains; one of ${KINDS.join(', ')}`)
  return found
}

function assertList(name: string, list: unknown): unknown[] {
  if (!Array.isArray(list)) throw new StartError(`--from: "${name}" must be a list`)
  return list
}

function toRows(kind: RowKind, file: string, list: readonly unknown[]): ImportRow[] {
  return list.map((row, index) => {
    const source = row !== null && typeof row === 'object' ? row : {}
    return toRow(kind, { file, rowNumber: index + 1, line: null }, source as Record<string, unknown>)
  })
}

/** Converts the names of columns to camel case, resolves aliases and removes empty values. */
function toRow(kind: RowKind, place: Pick<ImportRow, 'file' | 'rowNumber' | 'line'>, source: Readonly<Record<string, unknown>>): ImportRow {
  const names = Object.keys(source).map((column) => {
    const name = camelCase(column)
    return [COLUMN_ALIASES[name] ?? name, column] as const
  })
  const values = names.map(([name, column]) => [name, source[column]] as const)
  return {
    kind,
    ...place,
    values: Object.fromEntries(values.filter(([, value]) => hasValue(value))),
    columns: Object.fromEntries(names),
    source,
  }
}

export function camelCase(column: string): string {
  return column.replace(/[_ -]+([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase())
}

export function hasValue(value: unknown): boolean {
  return value !== '' && value !== null && value !== undefined
}

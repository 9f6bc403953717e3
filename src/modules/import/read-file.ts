import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'csv-parse/sync'
import { StartError } from '../../core/errors.js'

/** The kinds of rows in the order in which they are written, because later kinds refer to earlier ones. */
export const KINDS = ['users', 'organisations', 'memberships', 'plans', 'orders'] as const

export type RowKind = (typeof KINDS)[number]

/** A row of the file, before validation. */
export interface ImportRow {
  kind: RowKind
  /**
   * Number of the row in its list, starting at 1. In a CSV file the line number is one higher, because of the
   * header.
   */
  rowNumber: number
  values: Record<string, unknown>
}

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

/**
 * Reads a file of one kind (a table in CSV, a list in JSON) or of several (an object of lists in JSON).
 * @param kind  the kind of rows in a file of one kind; derived from the name of the file if undefined
 * @throws StartError if the file cannot be read or parsed
 */
export async function readImportFile(path: string, kind: RowKind | undefined): Promise<ImportRow[]> {
  const content = await readFile(path, 'utf8').catch((error: Error) => {
    throw new StartError(`--from: ${path} cannot be read: ${error.message}`)
  })
  if (path.endsWith('.csv')) return rowsOf(assertKind(path, kind), readTable(path, content))
  const data = readJson(path, content)
  if (Array.isArray(data)) return rowsOf(assertKind(path, kind), data)
  return KINDS.flatMap((name) => rowsOf(name, listOf(data, name)))
}

function readTable(path: string, content: string): unknown[] {
  try {
    return parse(content, { columns: true, skip_empty_lines: true, trim: true, bom: true })
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

function assertKind(path: string, kind: RowKind | undefined): RowKind {
  const found = kind ?? KINDS.find((name) => basename(path).toLowerCase().includes(name))
  if (!found) throw new StartError(`--kind: required to know what ${path} contains; one of ${KINDS.join(', ')}`)
  return found
}

function listOf(data: object, kind: RowKind): unknown[] {
  const lists = data as Record<string, unknown>
  const list = lists[kind] ?? (kind === 'organisations' ? lists.organizations : undefined) ?? []
  if (!Array.isArray(list)) throw new StartError(`--from: "${kind}" must be a list`)
  return list
}

function rowsOf(kind: RowKind, list: readonly unknown[]): ImportRow[] {
  return list.map((values, index) => ({ kind, rowNumber: index + 1, values: normalise(values) }))
}

/** Converts the names of columns to camel case, resolves aliases and removes empty values. */
function normalise(values: unknown): Record<string, unknown> {
  const entries = Object.entries(values !== null && typeof values === 'object' ? values : {}).map(([key, value]) => {
    const name = key.replace(/[_ -]+([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase())
    return [COLUMN_ALIASES[name] ?? name, value] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== '' && value !== null && value !== undefined))
}

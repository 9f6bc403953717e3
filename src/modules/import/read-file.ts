import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'csv-parse/sync'
import { StartError } from '../../core/errors.js'

/** In the order in which they are written: what comes later names what came before. */
export const KINDS = ['users', 'organisations', 'memberships', 'plans', 'orders'] as const

export type RowKind = (typeof KINDS)[number]

/** A row as it stands in the file. */
export interface ImportRow {
  kind: RowKind
  /** From 1, in its list; in a CSV file the line is one more, for the header. */
  place: number
  values: Record<string, unknown>
}

/** What exports of panels call the same thing. */
const ALIASES: Record<string, string> = {
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
 * @param kind  of a file of one kind, where its name does not say it
 * @throws StartError for what is no such file
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
    throw new StartError(`--from: ${path} is no CSV table with a header: ${(error as Error).message}`)
  }
}

function readJson(path: string, content: string): object {
  try {
    const data: unknown = JSON.parse(content)
    if (data !== null && typeof data === 'object') return data
  } catch (error) {
    throw new StartError(`--from: ${path} is no JSON: ${(error as Error).message}`)
  }
  throw new StartError(`--from: ${path} holds neither a list nor an object of lists`)
}

function assertKind(path: string, kind: RowKind | undefined): RowKind {
  const named = kind ?? KINDS.find((name) => basename(path).toLowerCase().includes(name))
  if (!named) throw new StartError(`--kind: say what ${path} holds: ${KINDS.join(', ')}`)
  return named
}

function listOf(data: object, kind: RowKind): unknown[] {
  const named = data as Record<string, unknown>
  const list = named[kind] ?? (kind === 'organisations' ? named.organizations : undefined) ?? []
  if (!Array.isArray(list)) throw new StartError(`--from: "${kind}" is no list`)
  return list
}

function rowsOf(kind: RowKind, list: readonly unknown[]): ImportRow[] {
  return list.map((values, index) => ({ kind, place: index + 1, values: normalise(values) }))
}

/** user_id and userId are the same, and what is empty is not there. */
function normalise(values: unknown): Record<string, unknown> {
  const entries = Object.entries(values !== null && typeof values === 'object' ? values : {}).map(([key, value]) => {
    const name = key.replace(/[_ -]+([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase())
    return [ALIASES[name] ?? name, value] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== '' && value !== null && value !== undefined))
}

import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileBatch, compileStatement, type Statement, type ValueType } from '../../../src/platform/postgres/statement.js'
import { cloneDatabase } from '../../support/database.js'

const SOURCES = fileURLToPath(new URL('../../../src/', import.meta.url))

interface Column {
  name: string
  dataTypeID: number
  tableID: number
  columnID: number
}

let client: pg.Client
let statements: Map<string, Statement>
/** The names of the types by their ids, such as "bigint". */
let typeNames: Map<number, string>
/** "table.column" by the ids of the table and the column, for columns that accept NULL. */
let nullableColumns: Map<string, string>

beforeAll(async () => {
  client = new pg.Client(await cloneDatabase())
  await client.connect()
  await client.query('SET search_path = public, graphile_worker')
  statements = await findStatements()
  const types = await client.query('SELECT oid, format_type(oid, NULL) AS name FROM pg_type')
  typeNames = new Map(types.rows.map(({ oid, name }) => [Number(oid), name]))
  const columns = await client.query(`
    SELECT attrelid || '.' || attnum AS id, attrelid::regclass || '.' || attname AS name FROM pg_attribute
    WHERE attnum > 0 AND NOT attnotnull AND NOT attisdropped`)
  nullableColumns = new Map(columns.rows.map(({ id, name }) => [id, name]))
})
afterAll(() => client.end())

/** All statements of all modules, by their names. One about customers has a variant for users and one for organisations. */
async function findStatements(): Promise<Map<string, Statement>> {
  const found = new Map<string, Statement>()
  const files = await readdir(SOURCES, { recursive: true })
  for (const file of files.filter((each) => each.endsWith('.statements.ts'))) {
    const exported: Record<string, unknown> = await import(`${SOURCES}${file}`)
    for (const [name, value] of Object.entries(exported)) {
      if (isStatement(value)) found.set(name, value)
      if (typeof value !== 'object' || value === null || !('forUser' in value)) continue
      for (const [variant, each] of Object.entries(value)) found.set(`${name} ${variant}`, each as Statement)
    }
  }
  return found
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'with' in value && 'parameters' in value
}

/** Lets PostgreSQL plan a statement, without running it. @returns the types of its parameters, and its columns */
function describeStatement(text: string): Promise<{ parameters: number[]; columns: Column[] }> {
  return new Promise((resolve, reject) => {
    let columns: Column[] = []
    let parameters: number[] = []
    let failure: Error | undefined
    const onParameters = ({ dataTypeIDs }: { dataTypeIDs: number[] }) => {
      parameters = dataTypeIDs
    }
    const { connection } = client
    client.query({
      submit() {
        connection.once('parameterDescription', onParameters)
        connection.parse({ name: '', text, types: [] }, true)
        connection.describe({ type: 'S', name: '' }, true)
        connection.sync()
      },
      handleRowDescription: ({ fields }: { fields: Column[] }) => {
        columns = fields
      },
      handleError(error: Error) {
        failure = error
      },
      handleReadyForQuery() {
        connection.off('parameterDescription', onParameters)
        if (failure) reject(failure)
        else resolve({ parameters, columns })
      },
    } as unknown as pg.Submittable)
  })
}

const NAMES: Record<string, string> = {
  timestamptz: 'timestamp with time zone',
  bpchar: 'character',
  'timestamptz[]': 'timestamp with time zone[]',
  'bpchar[]': 'character[]',
}
const sqlName = ({ sql }: ValueType<unknown>) => NAMES[sql] ?? sql

describe('statements that are written by hand', () => {
  test('exist for the hot paths', () => {
    expect([...statements.keys()]).toEqual(
      expect.arrayContaining(['INSERT_ORDER', 'PUBLISH_EVENTS', 'INSERT_INVOICE', 'POST_TO_LEDGER forUser']),
    )
  })

  test('have the parameters and columns that they declare', async () => {
    for (const [name, statement] of statements) {
      const { text, parameters: order } = compileStatement(statement)
      const { parameters, columns } = await describeStatement(text).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}\n${text}`)
      })
      const actual = {
        parameters: order.map((each, index) => [each, typeNames.get(parameters[index] ?? 0)]),
        columns: columns.map(({ name: column, dataTypeID }) => [column, typeNames.get(dataTypeID)]),
      }
      const declared = {
        parameters: order.map((each) => [each, sqlName(statement.parameters[each] as ValueType<unknown>)]),
        columns: Object.entries(statement.columns).map(([column, type]) => [column, sqlName(type)]),
      }
      expect(actual, name).toEqual(declared)
      expect(new Set(order), `${name} uses all of its parameters`).toEqual(new Set(Object.keys(statement.parameters)))
    }
  })

  test('declare columns as nullable if their table accepts NULL', async () => {
    for (const [name, statement] of statements) {
      const { columns } = await describeStatement(compileStatement(statement).text)
      const wrong = columns.flatMap(({ name: column, tableID, columnID }) => {
        const stored = nullableColumns.get(`${tableID}.${columnID}`)
        return stored !== undefined && !statement.columns[column]?.isNullable ? [`${name}: ${column} is ${stored}`] : []
      })
      expect(wrong).toEqual([])
    }
  })

  test('name their parts uniquely, so that any of them can run together', () => {
    const users = new Map<string, string>()
    for (const [name, { with: parts }] of statements) {
      const owner = name.replace(/ for\w+$/, '')
      for (const part of Object.keys(parts)) {
        expect(users.get(part) ?? owner, part).toBe(owner)
        users.set(part, owner)
      }
    }
  })

  test('can run together as one statement', async () => {
    for (const variant of ['forUser', 'forOrganisation']) {
      const others = variant === 'forUser' ? 'forOrganisation' : 'forUser'
      const all = [...statements].filter(([name]) => !name.endsWith(others)).map(([, statement]) => statement)
      const { columns } = await describeStatement(compileBatch(all).text)
      expect(columns.length).toBe(all.filter(({ sql }) => sql !== undefined).length)
    }
  })
})

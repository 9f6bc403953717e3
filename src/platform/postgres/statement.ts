/** A type of PostgreSQL with its values in TypeScript. */
export interface ValueType<T> {
  /** The name to which parameters are cast. */
  readonly sql: string
  readonly isNullable: boolean
  /** The form in which a parameter is sent. */
  encode(value: T): unknown
  /** SQL that turns a column into JSON without loss. */
  toJson(column: string): string
  fromJson(json: unknown): T
}

const asIs = (value: unknown) => value
const column = (name: string) => name

function defineType<T>(sql: string, type: Partial<ValueType<T>> = {}): ValueType<T> {
  return { sql, isNullable: false, encode: asIs, toJson: column, fromJson: asIs as (json: unknown) => T, ...type }
}

export const text = defineType<string>('text')
export const int = defineType<number>('integer')
export const boolean = defineType<boolean>('boolean')
/** Text of a fixed length, such as the code of a currency. */
export const char = defineType<string>('bpchar')
export const bigint = defineType<bigint>('bigint', {
  encode: String,
  toJson: (name) => `${name}::text`,
  fromJson: (json) => BigInt(json as string),
})
export const timestamp = defineType<Date>('timestamptz', {
  encode: (at) => at.toISOString(),
  fromJson: (json) => new Date(json as string),
})

/** Only for parameters. */
export const bytes = defineType<Buffer>('bytea')

/** Text with a fixed set of values, which a check of the table ensures. */
export function textOf<T extends string>(): ValueType<T> {
  return text as unknown as ValueType<T>
}

/** A JSON column. */
export function json<T>(): ValueType<T> {
  return defineType<T>('jsonb', { encode: (value) => JSON.stringify(value) })
}

export function nullable<T>(type: ValueType<T>): ValueType<T | null> {
  return {
    sql: type.sql,
    isNullable: true,
    encode: (value) => (value === null ? null : type.encode(value)),
    toJson: type.toJson,
    fromJson: (value) => (value === null ? null : type.fromJson(value)),
  }
}

/** Only for parameters. An element may be null if the type is nullable. */
export function arrayOf<T>(type: ValueType<T>): ValueType<readonly T[]> {
  return defineType<readonly T[]>(`${type.sql}[]`, { encode: (values) => values.map((value) => type.encode(value)) })
}

/** None. */
export type NoTypes = Record<never, never>

export type Types = Readonly<Record<string, ValueType<unknown>>>
export type ValuesOf<T extends Types> = { readonly [Name in keyof T]: T[Name] extends ValueType<infer Value> ? Value : never }

/**
 * A statement that is written by hand, for what runs so often that Prisma would be too slow. The types of its parameters
 * and columns are declared, and a test compares them with the schema. The statements of a module are in its
 * `*.statements.ts`.
 */
export interface Statement<P extends Types = Types, C extends Types = Types> {
  readonly parameters: P
  readonly columns: C
  /** Parts that run before `sql`, by name, such as INSERT with RETURNING. The names are unique within the server. */
  readonly with: Readonly<Record<string, string>>
  /** Selects the columns. A parameter is written as `$name` and is cast to its type. */
  readonly sql: string | undefined
}

type Definition<P extends Types, C extends Types> = Partial<Statement<P, C>>

export function defineStatement<const P extends Types = NoTypes, const C extends Types = NoTypes>(
  definition: Definition<P, C>,
): Statement<P, C> {
  return { parameters: {} as P, columns: {} as C, with: {}, sql: undefined, ...definition }
}

/** A statement with the values of its parameters. */
export interface BoundStatement<Row = unknown> {
  readonly statement: Statement
  readonly values: Readonly<Record<string, unknown>>
  /** Never set: carries the type of the rows. */
  readonly row?: Row
}

export type RowOf<S> = S extends Statement<Types, infer C> ? ValuesOf<C> : never

export function bind<P extends Types, C extends Types>(statement: Statement<P, C>, values: ValuesOf<P>): BoundStatement<ValuesOf<C>> {
  return { statement, values }
}

/** A text for PostgreSQL, and the names of its parameters in their order. */
export interface CompiledStatement {
  readonly text: string
  readonly parameters: readonly string[]
  /** Whether it certainly changes nothing. */
  readonly isRead: boolean
}

const compiled = new WeakMap<Statement, CompiledStatement>()

export function compileStatement(statement: Statement): CompiledStatement {
  const existing = compiled.get(statement)
  if (existing) return existing
  const parameters = new ParameterList()
  const parts = Object.entries(statement.with).map(([name, sql]) => `${name} AS (${parameters.number(sql, statement.parameters)})`)
  const main = parameters.number(statement.sql ?? 'SELECT', statement.parameters)
  const text = parts.length > 0 ? `WITH ${parts.join(', ')} ${main}` : main
  const result = { text, parameters: parameters.names, isRead: isRead(statement) }
  compiled.set(statement, result)
  return result
}

export function encodeParameters({ statement, values }: BoundStatement, names: readonly string[]): unknown[] {
  return names.map((name) => (statement.parameters[name] as ValueType<unknown>).encode(values[name]))
}

function isRead({ with: parts, sql = '' }: Statement): boolean {
  return Object.keys(parts).length === 0 && /^\s*SELECT\b/.test(sql) && !/\badd_job\b/.test(sql)
}

/** Several statements as one. Each returns its rows as JSON. */
export interface CompiledBatch {
  readonly text: string
  /** The names of the parameters of each statement. */
  readonly parameters: readonly (readonly string[])[]
  readonly isRead: boolean
}

const ids = new WeakMap<Statement, number>()
let lastId = 0

function idOf(statement: Statement): number {
  const id = ids.get(statement) ?? ++lastId
  ids.set(statement, id)
  return id
}

const batches = new Map<string, CompiledBatch>()

/** All parts see the same snapshot: none sees what another one writes. */
export function compileBatch(statements: readonly Statement[]): CompiledBatch {
  const key = statements.map(idOf).join()
  const existing = batches.get(key)
  if (existing) return existing
  const list = new ParameterList()
  const parts: string[] = []
  const selected: string[] = []
  const parameters = statements.map((statement, index) => {
    const before = list.names.length
    for (const [name, sql] of Object.entries(statement.with)) parts.push(`${name} AS (${list.number(sql, statement.parameters, before)})`)
    if (statement.sql !== undefined) {
      const values = Object.entries(statement.columns).map(([name, type]) => type.toJson(`batched."${name}"`))
      const rows = list.number(statement.sql, statement.parameters, before)
      selected.push(`(SELECT coalesce(json_agg(json_build_array(${values.join(', ')})), '[]') FROM (${rows}) AS batched) AS "${index}"`)
    }
    return list.names.slice(before)
  })
  const text = `${parts.length > 0 ? `WITH ${parts.join(', ')} ` : ''}SELECT ${selected.join(', ')}`
  const batch = { text, parameters, isRead: statements.every(isRead) }
  batches.set(key, batch)
  return batch
}

/** Reads the rows of one statement of a batch. With `Object.fromEntries`, it takes four times as long. */
export function parseBatchRows({ columns }: Statement, rows: readonly unknown[][]): Record<string, unknown>[] {
  const entries = Object.entries(columns)
  return rows.map((row) => {
    const record: Record<string, unknown> = {}
    for (const [index, [name, type]] of entries.entries()) record[name] = type.fromJson(row[index])
    return record
  })
}

class ParameterList {
  readonly names: string[] = []

  /** Replaces `$name` by `$1::type`. @param from  the first parameter that belongs to the statement */
  number(sql: string, types: Types, from = 0): string {
    return sql.replace(/\$([a-z]\w*)/gi, (_, name: string) => {
      const type = types[name]
      if (!type) throw new Error(`the statement uses $${name}, which is not one of its parameters:\n${sql}`)
      const found = this.names.indexOf(name, from)
      const position = found >= 0 ? found + 1 : this.names.push(name)
      return `$${position}::${type.sql}`
    })
  }
}

/** The types of all columns of a table, as Prisma names them. */
export type RecordTypes<R> = { readonly [Name in keyof R]-?: ValueType<R[Name]> }

/** The name in SQL of what is `name` in TypeScript. */
export function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** "sale.user_id AS \"userId\", …" for columns whose names in SQL follow from those in TypeScript. */
export function selectList(types: Types, table: string): string {
  return Object.keys(types)
    .map((name) => `${table}.${columnOf(name)} AS "${name}"`)
    .join(', ')
}

/** "(user_id, …) VALUES ($userId, …)". @param id  an expression for the column `id`. Default: that of the table */
export function insertList(types: Types, id?: string): string {
  const names = Object.keys(types)
  const columns = names.map(columnOf)
  const values = names.map((name) => `$${name}`)
  return id === undefined
    ? `(${columns.join(', ')}) VALUES (${values.join(', ')})`
    : `(id, ${columns.join(', ')}) VALUES (${id}, ${values.join(', ')})`
}

/** Types without some columns. */
export function omitTypes<T extends Types, K extends keyof T>(types: T, ...names: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(types).filter(([name]) => !names.includes(name as K))) as Omit<T, K>
}

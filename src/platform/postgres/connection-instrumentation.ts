import type pg from 'pg'
import { startMeasurement } from '../../core/instrumentation.js'
import { NO_RESPONSE } from './database-errors.js'
import type { StatementNamer } from './prepared-statements.js'
import type { RunningStatements } from './running-statements.js'

type QueryCallback = (error: Error | null, ...results: unknown[]) => void

interface Instruments {
  /** Undefined when statements are not prepared. */
  namer: StatementNamer | undefined
  runningStatements: RunningStatements
  /** SQL to run at the beginning of every transaction. */
  transactionSettings: string | undefined
}

/**
 * Names and measures every statement of a connection (its verb and table, its duration and its outcome), and closes
 * the connection when a statement gets no response.
 */
export function instrumentConnection(client: pg.Client, { namer, runningStatements, transactionSettings }: Instruments): void {
  const query = client.query as (...parameters: unknown[]) => unknown
  client.query = ((first: unknown, ...others: unknown[]) => {
    const statement = named(withSettings(first, transactionSettings), namer)
    const sql = textOf(statement)
    const endMeasurement = startMeasurement('statement', { statement: summaryOf(sql) })
    const endStatement = runningStatements.start(sql)
    const end = (error: Error | null) => {
      endStatement()
      endMeasurement(error ? ((error as { code?: string }).code ?? 'failed') : 'ok')
      closeIfSilent(client, error)
    }
    const last = others.at(-1)
    if (typeof last === 'function') {
      const callback: QueryCallback = (error, ...results) => {
        end(error)
        ;(last as QueryCallback)(error, ...results)
      }
      return query.call(client, statement, ...others.slice(0, -1), callback)
    }
    const result = query.call(client, statement, ...others)
    if (result instanceof Promise) {
      result.then(
        () => end(null),
        (error: Error) => end(error),
      )
    } else endStatement()
    return result
  }) as typeof client.query
}

/** Closes the connection when a statement gets no response. Pools hand out such a connection again. */
export function closeWhenSilent(client: pg.Client): void {
  const query = client.query as (...parameters: unknown[]) => Promise<unknown>
  client.query = (async (...parameters: unknown[]) => {
    try {
      return await query.apply(client, parameters)
    } catch (error) {
      closeIfSilent(client, error as Error)
      throw error
    }
  }) as typeof client.query
}

/** The next statement would wait for the same response. */
function closeIfSilent(client: pg.Client, error: Error | null): void {
  if (error?.message === NO_RESPONSE) client.connection.stream.destroy()
}

/** Adds a name to a statement of Prisma or of a raw query, which pass an object. */
function named(statement: unknown, namer: StatementNamer | undefined): unknown {
  if (!namer || !isQueryConfig(statement)) return statement
  const name = namer.nameOf(statement.text)
  return name ? { ...statement, name } : statement
}

function withSettings(statement: unknown, settings: string | undefined): unknown {
  if (!settings || !isQueryConfig(statement) || statement.text !== 'BEGIN') return statement
  return { ...statement, text: `BEGIN; ${settings}` }
}

function isQueryConfig(statement: unknown): statement is pg.QueryConfig {
  return typeof statement === 'object' && statement !== null && 'text' in statement && 'values' in statement
}

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : String((statement as { text?: string } | undefined)?.text ?? '')
}

const MAX_CACHED_SUMMARIES = 1000
const summaries = new Map<string, string>()

/** Texts that are repeated are summarized once. */
function summaryOf(text: string): string {
  const summary = summaries.get(text) ?? summarizeStatement(text)
  if (summaries.size < MAX_CACHED_SUMMARIES) summaries.set(text, summary)
  return summary
}

/** Returns the verb and table, such as "SELECT orders" or "BEGIN": few distinct texts, and never a value. */
function summarizeStatement(text: string): string {
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'UNKNOWN'
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:"\w+"\.)?"?([a-z_]{1,40})"?/.exec(text)?.[1]
  return table ? `${verb} ${table}` : verb
}

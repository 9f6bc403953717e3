import type pg from 'pg'
import { startMeasurement } from '../../core/instrumentation.js'

type QueryCallback = (error: Error | null, ...results: unknown[]) => void

/** Measures every statement of a connection: its verb and table, its duration and its outcome. */
export function measureStatements(client: pg.ClientBase): void {
  const query = client.query as (...parameters: unknown[]) => unknown
  client.query = ((...parameters: unknown[]) => {
    const end = startMeasurement('statement', { statement: summarizeStatement(parameters[0]) })
    const last = parameters.at(-1)
    if (typeof last === 'function') {
      const callback: QueryCallback = (error, ...results) => {
        end(outcomeOf(error))
        ;(last as QueryCallback)(error, ...results)
      }
      return query.apply(client, [...parameters.slice(0, -1), callback])
    }
    const result = query.apply(client, parameters)
    if (result instanceof Promise) {
      result.then(
        () => end('ok'),
        (error: Error) => end(outcomeOf(error)),
      )
    }
    return result
  }) as typeof client.query
}

/** Returns the verb and table, such as "SELECT orders" or "BEGIN": few distinct texts, and never a value. */
function summarizeStatement(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: string } | undefined)?.text ?? '')
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'UNKNOWN'
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:"public"\.)?"?([a-z_]{1,40})"?/.exec(text)?.[1]
  return table ? `${verb} ${table}` : verb
}

function outcomeOf(error: Error | null): string {
  return error ? ((error as { code?: string }).code ?? 'failed') : 'ok'
}

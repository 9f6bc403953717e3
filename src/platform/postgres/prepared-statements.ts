import { createHash } from 'node:crypto'

const MAX_PREPARED_STATEMENTS = 500
/** Longer statements contain long lists of values and are not repeated, so they are not prepared. */
export const MAX_STATEMENT_LENGTH = 20_000
const PREPARABLE = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i

/**
 * Names statements, so that PostgreSQL plans each once per connection instead of with every request. The name is
 * a hash of the text, because behind a pooler processes share connections: a counter would give different
 * statements the same name. Only the first 500 distinct statements get a name.
 */
export class StatementNamer {
  readonly #names = new Map<string, string>()
  #generation = 0

  /** @returns undefined when the statement is not prepared */
  nameOf(sql: string): string | undefined {
    const existing = this.#names.get(sql)
    if (existing || this.#names.size >= MAX_PREPARED_STATEMENTS || sql.length > MAX_STATEMENT_LENGTH || !PREPARABLE.test(sql))
      return existing
    const name = `q${this.#generation}_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`
    this.#names.set(sql, name)
    return name
  }

  /** Prepares every statement again, under another name, because the prepared ones may not fit the database. */
  renew(): void {
    this.#generation += 1
    this.#names.clear()
  }
}

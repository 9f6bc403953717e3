const MAX_PREPARED_STATEMENTS = 500
/** Longer statements contain long lists of values and are not repeated, so they are not prepared. */
const MAX_STATEMENT_LENGTH = 20_000

/**
 * Names statements, so that PostgreSQL plans each once per connection instead of with every request. Only the
 * first 500 distinct statements get a name.
 * @param prefix  must be unique among the namers that share connections
 * @returns a function that returns the name of a statement, empty when the statement is not prepared
 */
export function createStatementNamer(prefix: string): (sql: string) => string {
  const names = new Map<string, string>()
  return (sql) => {
    const existing = names.get(sql)
    if (existing !== undefined || names.size >= MAX_PREPARED_STATEMENTS || sql.length > MAX_STATEMENT_LENGTH) return existing ?? ''
    const name = `${prefix}${names.size}`
    names.set(sql, name)
    return name
  }
}

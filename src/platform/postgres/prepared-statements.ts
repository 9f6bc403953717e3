const MAX_PREPARED_STATEMENTS = 500
/** Long lists of values: they do not come again, and are not kept. */
const MAX_STATEMENT_LENGTH = 20_000

/**
 * Names for statements, so that PostgreSQL plans each once for a connection and not with every request. What comes after
 * the first 500 different ones, such as lists of unusual lengths, is planned as it comes.
 * @param prefix  another one for each that shares connections with somebody else
 * @returns the name of a statement, empty for one that gets none
 */
export function createStatementNamer(prefix: string): (sql: string) => string {
  const names = new Map<string, string>()
  return (sql) => {
    const known = names.get(sql)
    if (known !== undefined || names.size >= MAX_PREPARED_STATEMENTS || sql.length > MAX_STATEMENT_LENGTH) return known ?? ''
    const name = `${prefix}${names.size}`
    names.set(sql, name)
    return name
  }
}

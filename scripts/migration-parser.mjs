import { parse } from 'libpg-query'

const ALLOW = /^\s*-- quittance: allow (\S+?)(?::\s*(.*?))?\s*$/gm
const ALLOW_IN_FILE = /^\s*-- quittance: allow (\S+) in this file(?::\s*(.*?))?\s*$/gm

/**
 * Parses a migration with the parser of PostgreSQL.
 * @returns its statements: `type` such as AlterTableStmt, `node`, `text`, `line`, and `allowed`, the exceptions that
 *   comments before the statement make: `{ rule, reason, line }`. Exceptions of the whole file are repeated for every
 *   statement, with `inFile`.
 */
export async function parseMigration(sql) {
  // The positions are those of bytes.
  const bytes = Buffer.from(sql)
  const { stmts = [] } = await parse(sql)
  const allowedInFile = readExceptions(ALLOW_IN_FILE, sql, 1).map((exception) => ({ ...exception, inFile: true }))
  let end = 0
  return stmts.map(({ stmt, stmt_location: start = 0, stmt_len: length = bytes.length - start }) => {
    const [[type, node]] = Object.entries(stmt)
    const comments = bytes.subarray(end, start).toString()
    const commentsLine = lineAt(bytes, end)
    end = start + length
    const statement = { type, node, text: bytes.subarray(start, end).toString().trim(), line: lineAt(bytes, start) }
    return { ...statement, allowed: [...readExceptions(ALLOW, comments, commentsLine), ...allowedInFile] }
  })
}

function readExceptions(pattern, comments, firstLine) {
  return [...comments.matchAll(pattern)].map(({ 1: rule, 2: reason = '', index, 0: match }) => ({
    rule,
    reason,
    line: firstLine + comments.slice(0, index + match.indexOf('--')).split('\n').length - 1,
  }))
}

function lineAt(bytes, offset) {
  return bytes.subarray(0, offset).toString().split('\n').length
}

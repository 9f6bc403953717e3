// npm run lint:migrations: names the statements of new migrations that would block a live database or break the
// previous version, which runs during an upgrade. docs/operations.md describes what migrations guarantee.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isTransactional, readMigrations } from '../dist/platform/postgres/migration-files.js'
import { parseMigration } from './migration-parser.mjs'
import { RULES } from './migration-rules.mjs'
import { isRepeatable, MigrationState, violations } from './migration-statements.mjs'
import { isReleasedMigration } from './released-migrations.mjs'

const MAX_SHOWN_LENGTH = 100

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = 'prisma/migrations'] = process.argv.slice(2)
  const problems = await checkMigrations(folder)
  for (const problem of problems) console.error(problem)
  console.log(`migrations: ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}

/** @returns one line per problem of the migrations that have not been released */
export async function checkMigrations(folder) {
  const problems = []
  let state = new MigrationState()
  for (const migration of await readMigrations(folder)) {
    state = state.next()
    const found = await checkMigration(migration, join(folder, migration.name, 'migration.sql'), state)
    if (!isReleasedMigration(migration.name)) problems.push(...found)
  }
  return problems
}

async function checkMigration(migration, file, state) {
  const statements = await parseMigration(migration.sql).catch((error) => error)
  if (statements instanceof Error) return [`${file}: the parser of PostgreSQL refuses it: ${statements.message}`]
  const transactional = isTransactional(migration)
  const migrationHasDdl = hasDdl(statements, state.next())
  const problems = statements.flatMap((statement) => {
    const found = violations(statement, state, { isTransactional: transactional, migrationHasDdl })
    if (!transactional && (statements.length > 1 || !isRepeatable(statement))) found.push('no-transaction')
    state.record(statement)
    return [...unexcused(statement, found), ...wrongExceptions(statement, found)]
  })
  return problems.map(({ line, text }) => `${file}:${line}: ${text}`)
}

/** Whether a migration changes existing tables. Tables that it creates itself do not count. */
function hasDdl(statements, state) {
  for (const statement of statements) state.record(statement)
  return state.hasDdl
}

function unexcused({ text, line, allowed }, found) {
  const shown = text.replaceAll(/\s+/g, ' ')
  const statement = shown.length > MAX_SHOWN_LENGTH ? `${shown.slice(0, MAX_SHOWN_LENGTH)}…` : shown
  return [...new Set(found)]
    .filter((rule) => !allowed.some((each) => each.rule === rule && each.reason))
    .map((rule) => ({
      line,
      text: `${statement}: ${RULES[rule].danger} (${rule}). Write instead: ${RULES[rule].instead}. Or add "-- quittance: allow ${rule}: <reason>" before it`,
    }))
}

function wrongExceptions({ allowed }, found) {
  return allowed.flatMap(({ rule, reason, line, inFile }) => {
    if (!RULES[rule]) return [{ line, text: `the rule "${rule}" does not exist: use one of ${Object.keys(RULES).join(', ')}` }]
    if (!reason) return [{ line, text: `the exception from ${rule} has no reason: write "-- quittance: allow ${rule}: <reason>"` }]
    return inFile || found.includes(rule) ? [] : [{ line, text: `the statement does not violate ${rule}: remove the exception` }]
  })
}

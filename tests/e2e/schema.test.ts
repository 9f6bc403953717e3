import { afterEach, beforeEach, expect, test } from 'vitest'
import { databaseUrl } from '../support/database.js'
import { type EmptyDatabase, openEmptyDatabase } from '../support/migrations.js'
import { QUITTANCE, runProgram } from './program.js'

let database: EmptyDatabase
beforeEach(async () => {
  database = await openEmptyDatabase()
})
afterEach(() => database.drop())

async function run(...parameters: string[]) {
  const environment = { DATABASE_URL: databaseUrl(database.connection), DATABASE_SCHEMA: 'shop_a' }
  const program = runProgram(QUITTANCE, environment, parameters)
  return { code: await program.exit, output: program.output() }
}

test('the commands create and use the schema of DATABASE_SCHEMA', async () => {
  expect(await run('api-key', '--list')).toEqual({
    code: 1,
    output: 'DATABASE_SCHEMA: the schema shop_a does not exist: run npx quittance migrate first\n',
  })
  expect(await run('migrate')).toEqual({ code: 0, output: expect.stringMatching(/^applied .*, shop_a_jobs\n$/) })
  expect(await run('migrate')).toEqual({ code: 0, output: 'nothing to apply: the database is up to date\n' })
  const schemas = await database.query(`
    SELECT DISTINCT schemaname AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
  expect(schemas).toEqual([{ name: 'shop_a' }, { name: 'shop_a_jobs' }])
  expect(await run('api-key', '--name', 'panel', '--scopes', 'READ')).toMatchObject({ code: 0 })
  expect(await database.query('SELECT name FROM shop_a.api_keys')).toEqual([{ name: 'panel' }])
})

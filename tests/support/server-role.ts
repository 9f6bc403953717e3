import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { jobsSchema } from '../../src/platform/postgres/database-schema.js'

const OPERATIONS = new URL('../../docs/operations.md', import.meta.url)

/** Grants the role of the servers the privileges that the documentation lists, in one schema. */
export async function grantServerRole(connection: pg.ClientConfig, schema: string): Promise<void> {
  const docs = await readFile(OPERATIONS, 'utf8')
  const grants = /## Two roles\n[\s\S]*?```sql\n([\s\S]*?)```/.exec(docs)?.[1]
  if (!grants) throw new Error('docs/operations.md lists no privileges')
  const owner = new pg.Client(connection)
  await owner.connect()
  await owner.query(`SET search_path = ${schema}`)
  await owner.query(grants.replaceAll('public', schema).replaceAll('graphile_worker', jobsSchema(schema)))
  await owner.end()
}

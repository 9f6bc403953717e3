import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

// What Citus requires of a schema that it distributes: docs/scaling.md.

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** The functions of triggers whose own statements name a table, or that notify. */
async function listUndistributableTriggers(): Promise<string[]> {
  const { rows } = await server.owner.query<{ name: string; source: string }>(`
    SELECT DISTINCT proname AS name, prosrc AS source FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY proname`)
  const statements = /\b(select|perform|insert|update|delete|notify|pg_notify)\b/i
  return rows.filter(({ source }) => statements.test(source.replaceAll(/'[^']*'/g, ''))).map(({ name }) => name)
}

test('no trigger reads or changes another table, or notifies', async () => {
  expect(await listUndistributableTriggers()).toEqual([])
})

test('the check finds a trigger that reads another table, and one that notifies', async () => {
  const create = (name: string, statement: string) =>
    server.owner.query(`
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement}; RETURN NEW; END $$;
      CREATE TRIGGER ${name} BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION ${name}()`)
  await create('reads_plans', 'PERFORM FROM plans')
  await create('tells_others', `PERFORM pg_notify('other', NEW.id::text)`)
  expect(await listUndistributableTriggers()).toEqual(['reads_plans', 'tells_others'])
})

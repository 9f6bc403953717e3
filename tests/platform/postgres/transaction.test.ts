import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Transaction } from '../../../src/platform/postgres/client.js'
import { isDatabaseUnavailable } from '../../../src/platform/postgres/database-errors.js'
import { readRows } from '../../../src/platform/postgres/run-statement.js'
import { bind, defineStatement, text, timestamp } from '../../../src/platform/postgres/statement.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { type LateWrite, runAtEnd, writeAtEnd, writePending } from '../../../src/platform/postgres/write-at-end.js'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())
afterEach(() => {
  vi.restoreAllMocks()
})

const CREATE_USER = defineStatement({
  parameters: { id: text },
  with: { created_user: 'INSERT INTO users (id) VALUES ($id)' },
})
const COUNT_USERS = defineStatement({ columns: { id: text }, sql: 'SELECT id FROM users' })
const RENAME_USER = defineStatement({
  parameters: { id: text, name: text },
  with: { renamed_user: 'UPDATE users SET name = $name WHERE id = $id' },
})
const STAMP_USER = defineStatement({
  parameters: { id: text, at: timestamp },
  with: { stamped_user: 'UPDATE users SET name = $at::text WHERE id = $id' },
})
const createUser = (tx: Transaction, id: string) => readRows(tx, bind(CREATE_USER, { id }))
const exists = async (id: string) => (await server.services.db.user.count({ where: { id } })) === 1
const run = <T>(work: (tx: Transaction) => Promise<T>) => runTransaction(server.services.db, work)

const lateUsers: LateWrite<string> = { bind: ([id]) => bind(CREATE_USER, { id: String(id) }) }
const unbindable: LateWrite<string> = {
  bind: () => {
    throw new Error('cannot be bound')
  },
}
const unsendable: LateWrite<string> = { bind: ([id]) => bind(STAMP_USER, { id: String(id), at: new Date(Number.NaN) }) }

describe('a transaction', () => {
  test.each([
    ['that cannot be bound', unbindable, 'cannot be bound'],
    ['whose parameters cannot be sent', unsendable, 'Invalid time value'],
  ])('commits nothing when it ends with a write %s', async (_, write, message) => {
    await expect(
      run(async (tx) => {
        await createUser(tx, 'half')
        await writeAtEnd(tx, write, ['half'])
      }),
    ).rejects.toThrow(message)
    expect(await exists('half')).toBe(false)
  })

  test('commits nothing when PostgreSQL refuses the last write', async () => {
    const duplicate = run(async (tx) => {
      await createUser(tx, 'twice')
      await writeAtEnd(tx, lateUsers, ['twice'])
    })
    await expect(duplicate).rejects.toMatchObject({ code: '23505' })
    expect(await exists('twice')).toBe(false)
  })

  test('fails when PostgreSQL has rolled it back because of an error that was ignored', async () => {
    const ignoring = run(async (tx) => {
      await createUser(tx, 'ignored')
      await createUser(tx, 'ignored').catch(() => undefined)
    })
    await expect(ignoring).rejects.toThrow('was not committed')
    expect(await exists('ignored')).toBe(false)
  })

  test('runs nothing after its end, neither with statements nor with Prisma', async () => {
    let ended: Transaction | undefined
    await run(async (tx) => {
      ended = tx
      await createUser(tx, 'ended')
    })
    await expect(createUser(ended as Transaction, 'late')).rejects.toThrow('the transaction has ended')
    await expect((ended as Transaction).user.create({ data: { id: 'late' } })).rejects.toThrow('the transaction has ended')
    expect([await exists('ended'), await exists('late')]).toEqual([true, false])
  })

  test('that takes too long ends with an error that asks the client to retry', async () => {
    const start = performance.now()
    const slow = run(async (tx) => {
      await createUser(tx, 'slow')
      vi.spyOn(performance, 'now').mockReturnValue(start + 31_000)
      await createUser(tx, 'slower')
    })
    const error: unknown = await slow.catch((reason: unknown) => reason)
    expect(isDatabaseUnavailable(error)).toBe(true)
    vi.restoreAllMocks()
    expect([await exists('slow'), await exists('slower')]).toEqual([false, false])
  })

  test('is committed as a whole when its last step has taken too long', async () => {
    const start = performance.now()
    await run(async (tx) => {
      await createUser(tx, 'patient')
      await writeAtEnd(tx, lateUsers, ['patient-too'])
      await runAtEnd(tx, async () => {
        vi.spyOn(performance, 'now').mockReturnValue(start + 31_000)
      })
    })
    vi.restoreAllMocks()
    expect([await exists('patient'), await exists('patient-too')]).toEqual([true, true])
  })

  test('leaves a connection that others can use', async () => {
    const outcomes = Array.from({ length: 40 }, (_, index) =>
      run(async (tx) => {
        await createUser(tx, `mixed-${index}`)
        await writeAtEnd(tx, index % 2 === 0 ? lateUsers : unbindable, [`mixed-late-${index}`])
      }).then(
        () => 'done',
        () => 'failed',
      ),
    )
    expect(await Promise.all(outcomes)).toEqual(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'done' : 'failed')))
    expect(await server.services.db.user.count({ where: { id: { startsWith: 'mixed-' } } })).toBe(40)
  })

  test('writes what is pending before a later step', async () => {
    await run(async (tx) => {
      await writeAtEnd(tx, lateUsers, ['early'])
      await writePending(tx)
      await readRows(tx, bind(RENAME_USER, { id: 'early', name: 'Renamed' }))
      expect((await readRows(tx, bind(COUNT_USERS, {}))).map(({ id }) => id)).toContain('early')
    })
    expect(await server.services.db.user.findUnique({ where: { id: 'early' } })).toMatchObject({ name: 'Renamed' })
  })
})

test('a repeated request that was rolled back meanwhile returns the order of the other one', async () => {
  await createCatalog(server)
  await server.owner.query(`
    CREATE SEQUENCE attempts; GRANT USAGE ON attempts TO PUBLIC;
    CREATE FUNCTION fail_first() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF nextval('attempts') = 1 THEN RAISE SQLSTATE '40P01'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER fail_first BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fail_first()`)
  const place = () =>
    server.ask(77, 'mutation { placeOrder(input: { plan: "starter", idempotencyKey: "k" }) { order { id } } }').then(({ data }) => data)
  const answers = await Promise.all([place(), place()])
  const orders = await server.services.db.order.findMany()
  expect(orders).toHaveLength(1)
  expect(answers.map((answer) => answer.placeOrder.order.id)).toEqual([`ord_${orders[0]?.id}`, `ord_${orders[0]?.id}`])
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RowKind, readImportFile } from '../../../src/modules/import/read-file.js'
import { validateRows } from '../../../src/modules/import/validate-rows.js'
import { writeRows } from '../../../src/modules/import/write-rows.js'
import { runProgram } from '../../e2e/program.js'
import { databaseUrl } from '../../support/database.js'
import { startServer, type TestServer } from '../../support/server.js'

let folder: string
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  // An import advances sequences, which only the owner of the tables may do.
  server = await startServer({ now: '2026-05-20T00:00:00.000Z', asOwner: true })
})
afterEach(() => server.close())

/** An export of an EcliPanel database. */
const EXPORT = {
  users: [
    { id: 55, email: 'ada@example.com', name: 'Ada' },
    { id: 56, email: 'bob@example.com' },
  ],
  organisations: [{ id: 7, name: 'Engines Ltd' }],
  memberships: [{ organisationId: 7, userId: 56, role: 'owner' }],
  plans: [
    { id: 1, name: 'Free', type: 'free', price: 0, memory: 512, serverLimit: 1 },
    { id: 3, name: 'Pro', type: 'paid', price: 15, memory: 32768, serverLimit: 15, features: { modpacks: true } },
    { id: 4, name: 'Pro', type: 'edu', price: 0.5, hiddenFromBilling: true },
  ],
  orders: [
    { id: 101, userId: 55, planId: 3, status: 'active', amount: 15, createdAt: '2026-05-01T10:00:00Z', notes: 'by transfer' },
    { id: 102, userId: 55, planId: 3, status: 'cancelled', amount: 15, createdAt: '2026-03-01T10:00:00Z' },
    { id: 103, user_id: 56, org_id: 7, plan_id: 3, status: 'active', amount: '15.00', created_at: '2026-04-30T10:00:00Z' },
    {
      id: 104,
      userId: 56,
      status: 'pending',
      amount: 8.95,
      items: [{ description: 'Backup', quantity: 5, price: 1.79 }],
      createdAt: '2026-05-19T10:00:00Z',
    },
    { id: 105, userId: 56, planId: 4, status: 'active', amount: 0.5, createdAt: '2025-01-31T10:00:00Z', expiresAt: '2026-01-31T10:00:00Z' },
  ],
}

async function read(name: string, content: unknown, kind?: RowKind) {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return readImportFile(file, kind)
}

const SETTINGS = { currency: 'USD', minorUnits: false }

async function importAll(content: unknown, name = 'export.json', kind?: RowKind, settings = SETTINGS) {
  const validated = await validateRows(server.services.db, await read(name, content, kind), settings)
  await writeRows(server.services, validated, () => undefined)
  return validated
}

const ORDERS_QUERY =
  '{ me { portalTier limits { serverLimit } currentPlan { slug } } orders { nodes { id status amount { decimal } description planId date expiresAt } } }'

describe('the import of a panel database', () => {
  test('imports users, organisations, plans and orders unchanged, and continues active plans', async () => {
    const { rejected, unchanged } = await importAll(EXPORT)
    expect([rejected, unchanged]).toEqual([[], 0])
    const { data } = await server.ask(55, ORDERS_QUERY)
    expect(data.me).toEqual({ portalTier: 'PAID', limits: { serverLimit: 15 }, currentPlan: { slug: 'pro' } })
    expect(data.orders.nodes).toEqual([
      {
        id: 'ord_101',
        status: 'ACTIVE',
        amount: { decimal: '15.00' },
        description: 'Pro',
        planId: 'plan_3',
        date: '2026-05-01T10:00:00.000Z',
        expiresAt: null,
      },
      {
        id: 'ord_102',
        status: 'CANCELLED',
        amount: { decimal: '15.00' },
        description: 'Pro',
        planId: 'plan_3',
        date: '2026-03-01T10:00:00.000Z',
        expiresAt: null,
      },
    ])
    const theirs = await server.ask(
      56,
      `{ subscription(organisationId: 7) { status currentPeriodStart currentPeriodEnd } ${ORDERS_QUERY.slice(1)}`,
    )
    expect(theirs.data.subscription).toEqual({
      status: 'ACTIVE',
      currentPeriodStart: '2026-04-30T10:00:00.000Z',
      currentPeriodEnd: '2026-05-30T10:00:00.000Z',
    })
    expect(theirs.data.orders.nodes.map(({ id, status, description }: any) => [id, status, description])).toEqual([
      ['ord_104', 'PENDING', '5 x Backup'],
      ['ord_103', 'ACTIVE', 'Pro'],
      ['ord_105', 'EXPIRED', 'Pro'],
    ])
    const plans = await server.ask('admin', '{ allPlans { id slug isDefault hiddenFromBilling price { decimal } } }')
    expect(plans.data.allPlans).toEqual([
      { id: 'plan_1', slug: 'free', isDefault: true, hiddenFromBilling: false, price: { decimal: '0.00' } },
      { id: 'plan_4', slug: 'pro-4', isDefault: false, hiddenFromBilling: true, price: { decimal: '0.50' } },
      { id: 'plan_3', slug: 'pro', isDefault: false, hiddenFromBilling: false, price: { decimal: '15.00' } },
    ])
    // The next order gets the next id, and an imported plan can be cancelled like any other.
    const placed = await server.ask(55, 'mutation { placeOrder(input: {planId: 3, replace: true}) { order { id } } }')
    expect(placed.data.placeOrder.order.id).toBe('ord_106')
    const cancelled = await server.ask('admin', 'mutation { cancelPlan(input: {userId: 55}) { cancelledOrders { id } } }')
    expect(cancelled.data.cancelPlan.cancelledOrders).toEqual([{ id: 'ord_101' }])
  })

  test('is idempotent', async () => {
    await importAll(EXPORT)
    const again = await importAll(EXPORT)
    expect([again.rejected, again.plans, again.orders, again.unchanged]).toEqual([[], [], [], 8])
    expect(await server.services.db.order.count()).toBe(5)
    expect(await server.services.db.subscription.count()).toBe(2)
  })

  test('continues after a crash with the first batch that was not written', async () => {
    const users = [{ id: 1 }]
    const orders = Array.from({ length: 2500 }, (_, index) => ({
      id: index + 1,
      userId: 1,
      status: 'expired',
      amount: 1,
      date: '2026-01-01T00:00:00Z',
    }))
    await server.owner.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'crash'; END $$;
      CREATE TRIGGER crash BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id = 1500) EXECUTE FUNCTION fail()`)
    await expect(importAll({ users, orders })).rejects.toThrow()
    expect(await server.services.db.order.count()).toBe(1000)
    await server.owner.query('DROP TRIGGER crash ON orders')
    const { unchanged, orders: written } = await importAll({ users, orders })
    expect([unchanged, written.length, await server.services.db.order.count()]).toEqual([1000, 1500, 2500])
  })

  test('describes an order by its text, its plan or as an order', async () => {
    const order = { userId: 55, status: 'expired', amount: 15, date: '2026-01-01T00:00:00Z' }
    const orders = [
      { id: 1, ...order, description: 'Setup' },
      { id: 2, ...order, planId: 3 },
      { id: 3, ...order },
    ]
    await importAll({ ...EXPORT, orders })
    const query = '{ orders { nodes { description german: description(locale: "de") } } }'
    expect((await server.ask(55, query)).data.orders.nodes.reverse()).toEqual([
      { description: 'Setup', german: 'Setup' },
      { description: 'Pro', german: 'Pro' },
      { description: 'Order', german: 'Bestellung' },
    ])
  })

  test('reads CSV tables by their header and derives the kind from the file name', async () => {
    await importAll('id,email,name\n55,ada@example.com,Ada\n', 'users.csv')
    await importAll('id,name,type,price,server_limit,features\n3,Pro,paid,15.00,15,"{""modpacks"":true}"\n', 'plans.csv')
    await importAll('id,user_id,plan_id,status,amount,created_at\n101,55,3,active,15.00,2026-05-01T10:00:00Z\n', 'shop.csv', 'orders')
    expect((await server.ask(55, ORDERS_QUERY)).data.me.limits.serverLimit).toBe(15)
    await expect(read('shop.csv', 'id\n1\n')).rejects.toThrow('--kind: required to know what')
  })

  test('reads amounts as minor units if requested, as Escluse exports them', async () => {
    await importAll(
      { ...EXPORT, plans: [{ id: 3, name: 'Pro', type: 'paid', price: 1500 }], orders: [{ ...EXPORT.orders[0], amount: 1500 }] },
      'e.json',
      undefined,
      {
        currency: 'USD',
        minorUnits: true,
      },
    )
    expect((await server.ask(55, ORDERS_QUERY)).data.orders.nodes[0].amount.decimal).toBe('15.00')
  })

  const order = { id: 1, userId: 55, status: 'expired', amount: 15, date: '2026-05-01T10:00:00Z' }
  test.each<[string, object, string]>([
    ['an amount with too many digits', { ...order, amount: '15.005' }, '"15.005" is not a valid amount in USD; use the format 15.00'],
    ['an amount with a comma', { ...order, amount: '15,00' }, 'orders.amount: must be an amount such as 15.00'],
    ['an amount with an exponent', { ...order, amount: '1e3' }, 'orders.amount'],
    ['an unknown user', { ...order, userId: 9 }, 'userId: user 9 does not exist'],
    ['an unknown organisation', { ...order, organisationId: 9 }, 'organisationId: organisation 9 does not exist'],
    ['an unknown plan', { ...order, planId: 9 }, 'planId: plan 9 does not exist'],
    ['an unknown status', { ...order, status: 'paid' }, 'orders.status'],
    ['an invalid time', { ...order, date: 'yesterday' }, 'orders.date: must be a time'],
    [
      'items with another sum',
      { ...order, items: [{ description: 'x', price: 14.99 }] },
      'items: sum 1499 must equal the amount 1500 (minor units of USD)',
    ],
    [
      'a second active plan',
      { ...order, id: 2, planId: 3, status: 'active', date: '2026-04-01T00:00:00Z' },
      'user 55 has a newer active order: 101',
    ],
    ['a duplicate id', { ...EXPORT.orders[0], amount: 1 }, '101 is a duplicate in the file'],
    ['an invalid id', { ...order, id: 'x' }, 'orders.id: must be a whole number'],
  ])('rejects %s with the reason, and accepts the other rows', async (_what, row, reason) => {
    const { rejected, orders } = await validateRows(
      server.services.db,
      await read('bad.json', { ...EXPORT, orders: [EXPORT.orders[0], row] }),
      SETTINGS,
    )
    expect(rejected).toHaveLength(1)
    expect(rejected[0]).toMatchObject({ kind: 'orders', rowNumber: 2 })
    expect(rejected[0]?.reason).toContain(reason)
    expect(orders.map(({ values }) => values.id)).toEqual([101n])
  })

  test('does not overwrite existing rows that have the same id and different data', async () => {
    await importAll(EXPORT)
    const other = {
      users: EXPORT.users,
      plans: [{ id: 3, name: 'Gold', type: 'paid', price: 15 }],
      orders: [{ ...EXPORT.orders[0], amount: 16 }],
    }
    const { rejected } = await validateRows(server.services.db, await read('other.json', other), SETTINGS)
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'plan 3 already exists with different data ("Pro")',
      'order 101 already exists with different data',
    ])
    const second = await validateRows(server.services.db, await read('more.json', { orders: [{ ...EXPORT.orders[0], id: 900 }] }), SETTINGS)
    expect(second.rejected[0]?.reason).toBe('user 55 already has an active order: 101')
  })
})

test('quittance import reports every rejected row, and writes the rest only with --skip-rejected', async () => {
  const environment = { DATABASE_URL: databaseUrl(server.database) }
  const file = join(folder, 'cli.json')
  await writeFile(
    file,
    JSON.stringify({ ...EXPORT, orders: [...EXPORT.orders, { id: 200, userId: 1, status: 'active', amount: 1, date: '2026-01-01' }] }),
  )
  const run = async (...parameters: string[]) => {
    const program = runProgram('npm', environment, ['run', '--silent', 'import', '--', ...parameters])
    return { code: await program.exit, output: program.output() }
  }
  const rejected = await run('--from', file)
  expect(rejected).toMatchObject({
    code: 1,
    output: expect.stringContaining('rejected: orders, row 6 (200): userId: user 1 does not exist'),
  })
  expect(rejected.output).toContain('Nothing was written.')
  expect(await readFile(`${file}.rejected.csv`, 'utf8')).toBe('kind,row,id,reason\norders,6,200,userId: user 1 does not exist\n')
  expect(await server.services.db.order.count()).toBe(0)
  expect((await run('--from', file, '--skip-rejected', '--dry-run')).output).toContain('Nothing was written: --dry-run.')
  const imported = await run('--from', file, '--skip-rejected')
  expect(imported).toMatchObject({ code: 0, output: expect.stringContaining('Written: 12.') })
  expect(await server.services.db.order.count()).toBe(5)
  expect((await run()).output).toContain('npx quittance import --from orders.csv')
  expect((await run('--from', join(folder, 'nothing.json'))).output).toContain('cannot be read')
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RowKind } from '../../../src/modules/import/import-row.js'
import { readImportFile } from '../../../src/modules/import/read-file.js'
import { validateRows } from '../../../src/modules/import/validate-rows.js'
import type { ImportSettings } from '../../../src/modules/import/validated-rows.js'
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

const SETTINGS: ImportSettings = {
  currency: 'USD',
  minorUnits: false,
  pricesIncludeTax: true,
  at: new Date('2026-05-20T00:00:00.000Z'),
  findMissingGlyph: async () => undefined,
}

async function importAll(content: unknown, name = 'export.json', kind?: RowKind, settings = SETTINGS) {
  const validated = await validateRows(server.services.db, await read(name, content, kind), settings)
  await writeRows(server.services, validated, () => undefined)
  return validated
}

/** Details that invoices carry. */
const DETAILS = { reference: 'KST 4711', purchaseOrder: 'PO-1', electronicAddress: '0009:73282932000074', invoiceFormat: 'FRANCE' }

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

  test('accepts what setBillingDetails accepts as billing details', async () => {
    const billingDetails = { name: 'Ada SARL', country: 'FR', registrationId: '732 829 320', ...DETAILS }
    await importAll({ users: [{ ...EXPORT.users[0], billingDetails }] })
    const query = '{ billingDetails { name registrationId reference purchaseOrder electronicAddress invoiceFormat } }'
    const details = { name: 'Ada SARL', registrationId: '732829320', ...DETAILS }
    expect((await server.ask(55, query)).data.billingDetails).toEqual(details)
    const users = [{ ...EXPORT.users[1], billingDetails: { ...billingDetails, registrationId: '732829321' } }]
    const { rejected } = await validateRows(server.services.db, await read('users.json', { users }), SETTINGS)
    expect(rejected).toMatchObject([{ column: 'billingDetails', reason: expect.stringContaining('must be a SIREN') }])
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
      { ...SETTINGS, minorUnits: true },
    )
    expect((await server.ask(55, ORDERS_QUERY)).data.orders.nodes[0].amount.decimal).toBe('15.00')
  })

  const order = { id: 1, userId: 55, status: 'expired', amount: 15, date: '2026-05-01T10:00:00Z' }
  test.each<[string, object, [column: string, value: string, reason: string]]>([
    [
      'an amount with too many digits',
      { ...order, amount: '15.005' },
      ['amount', '15.005', '"15.005" is not a valid amount in USD; use the format 15.00'],
    ],
    ['an amount with a comma', { ...order, amount: '15,00' }, ['amount', '15,00', 'must be an amount such as 15.00']],
    ['an amount with an exponent', { ...order, amount: '1e3' }, ['amount', '1e3', 'must be an amount such as 15.00']],
    ['an unknown user', { ...order, userId: 9 }, ['userId', '9', 'user 9 does not exist; add it to the file']],
    ['an unknown organisation', { ...order, org_id: 9 }, ['org_id', '9', 'organisation 9 does not exist; add it to the file']],
    ['an unknown plan', { ...order, planId: 9 }, ['planId', '9', 'plan 9 does not exist; add it to the file']],
    ['an unknown status', { ...order, status: 'paid' }, ['status', 'paid', 'must be pending, active, cancelled or expired']],
    ['an invalid time', { ...order, date: 'yesterday' }, ['date', 'yesterday', 'must be a time such as 2026-05-01T00:00:00Z']],
    ['a missing value', { ...order, date: '' }, ['date', '', 'is missing']],
    [
      'items with another sum',
      { ...order, items: [{ description: 'x', price: 14.99 }] },
      [
        'items',
        '[{"description":"x","price":14.99}]',
        'their sum is 14.99 USD, but amount, discount and tax require 15.00 USD; correct one of them, or remove the items to import the order with a single line',
      ],
    ],
    [
      'a second active plan',
      { ...order, id: 2, planId: 3, status: 'active', date: '2026-04-01T00:00:00Z' },
      ['status', 'active', 'user 55 has a newer active order: 101; set the status of this one to cancelled or expired'],
    ],
    ['a duplicate id', { ...EXPORT.orders[0], amount: 1 }, ['id', '101', '101 is a duplicate in the file; remove one of the rows']],
    ['an invalid id', { ...order, id: 'x' }, ['id', 'x', 'must be a whole number']],
  ])('rejects %s with place, value and reason, and accepts the other rows', async (_what, row, [column, value, reason]) => {
    const { rejected, orders } = await validateRows(
      server.services.db,
      await read('bad.json', { ...EXPORT, orders: [EXPORT.orders[0], row] }),
      SETTINGS,
    )
    expect(rejected).toEqual([
      { kind: 'orders', file: 'bad.json', rowNumber: 2, line: null, id: String('id' in row && row.id), column, value, reason },
    ])
    expect(orders.map(({ values }) => values.id)).toEqual([101n])
  })

  test('reports every problem of a row with its line, and takes unquoted NULL as empty', async () => {
    const table =
      'id,user_id,plan_id,status,amount,created_at,notes\n1,55,NULL,active,"NULL",yesterday,"two\r\nlines"\n\n2,55,\\N,expired,x,2026-05-01,"NULL"\n'
    await importAll({ users: EXPORT.users })
    const { rejected } = await validateRows(server.services.db, await read('orders.csv', table), SETTINGS)
    expect(rejected.map(({ file, line, column, value }) => [file, line, column, value])).toEqual([
      ['orders.csv', 2, 'amount', 'NULL'],
      ['orders.csv', 2, 'created_at', 'yesterday'],
      ['orders.csv', 5, 'amount', 'x'],
    ])
  })

  test('reads tables of mysql --batch, and times without a zone as UTC', async () => {
    await importAll({ users: EXPORT.users })
    const table =
      'id\tuser_id\tstatus\tamount\titems\tcreated_at\tnotes\n1\t55\texpired\t15.00\t[{"description":"x","price":15}]\t2026-05-01 10:00:00\tNULL\n2\t55\texpired\t1\tNULL\t2026-05-02\ta\\nb\n'
    await importAll(table, 'orders.csv')
    const orders = await server.services.db.order.findMany({ orderBy: { id: 'asc' }, select: { placedAt: true, notes: true } })
    expect(orders).toEqual([
      { placedAt: new Date('2026-05-01T10:00:00.000Z'), notes: null },
      { placedAt: new Date('2026-05-02T00:00:00.000Z'), notes: 'a\nb' },
    ])
  })

  test('lists the columns that it ignores, with the number of their values', async () => {
    const users = [
      { id: 1, password_hash: 'x', Nick: null },
      { id: 2, password_hash: null },
    ]
    const { ignored } = await importAll({ users, plans: [{ ...EXPORT.plans[0], rank: 3, isDefault: 1 }] })
    expect(ignored).toEqual([
      { kind: 'users', column: 'password_hash', values: 1 },
      { kind: 'users', column: 'Nick', values: 0 },
      { kind: 'plans', column: 'rank', values: 1 },
    ])
  })

  test('imports an active order that has ended as expired, although a newer one is active', async () => {
    const old = { ...EXPORT.orders[0], id: 90, createdAt: '2026-03-01T10:00:00Z', expiresAt: '2026-04-01T10:00:00Z' }
    const { rejected } = await importAll({ ...EXPORT, orders: [old, EXPORT.orders[0]] })
    expect(rejected).toEqual([])
    const orders = await server.services.db.order.findMany({ orderBy: { id: 'asc' }, select: { id: true, status: true } })
    expect(orders).toEqual([
      { id: 90n, status: 'EXPIRED' },
      { id: 101n, status: 'ACTIVE' },
    ])
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
    expect(second.rejected[0]?.reason).toBe('user 55 already has an active order: 101; set the status of this one to cancelled or expired')
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
    output: expect.stringContaining(
      'rejected: cli.json, orders, row 6 (200), column userId, value "1": user 1 does not exist; add it to the file',
    ),
  })
  expect(rejected.output).toContain('Nothing was written.')
  expect(await readFile(`${file}.rejected.csv`, 'utf8')).toBe(
    'file,line,kind,row,id,column,value,reason\ncli.json,,orders,6,200,userId,1,user 1 does not exist; add it to the file\n',
  )
  expect(await server.services.db.order.count()).toBe(0)
  expect((await run('--from', file, '--skip-rejected', '--dry-run')).output).toContain('Nothing was written: --dry-run.')
  const imported = await run('--from', file, '--skip-rejected')
  expect(imported).toMatchObject({ code: 0, output: expect.stringContaining('Written: 12.') })
  expect(await server.services.db.order.count()).toBe(5)
  expect((await run()).output).toContain('npx quittance import --from orders.csv')
  expect((await run('--from', join(folder, 'nothing.json'))).output).toContain('cannot be read')
})

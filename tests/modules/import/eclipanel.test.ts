import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RowKind } from '../../../src/modules/import/import-row.js'
import { runProgram } from '../../e2e/program.js'
import { databaseUrl } from '../../support/database.js'
import { checkLedger } from '../../support/ledger.js'
import { readPdf } from '../../support/pdf.js'
import { startServer, type TestServer } from '../../support/server.js'
import { importEcliPanel } from './import-eclipanel.js'

const FIXTURE = fileURLToPath(new URL('../../fixtures/eclipanel', import.meta.url))
const NOW = '2026-11-25T12:00:00.000Z'

let folder: string
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-eclipanel-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  server = await startServer({ now: NOW, asOwner: true, environment: { PRICES_INCLUDE_TAX: 'false' } })
})
afterEach(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})

const importFixture = (path = join(FIXTURE, 'export.json')) => importEcliPanel(server, path)

async function pdfOf(orderId: number, userId: number): Promise<string> {
  const headers = { authorization: `Bearer ${await server.token(userId)}` }
  const response = await fetch(`${server.url}/orders/${orderId}/invoice`, { headers })
  expect(response.status).toBe(200)
  return (await readPdf(new Uint8Array(await response.arrayBuffer()))).text
}

describe('the import of EcliPanel tables', () => {
  test('imports every row, and lists the columns that it ignores', async () => {
    const { rejected, ignored, unchanged } = await importFixture()
    expect([rejected, unchanged]).toEqual([[], 0])
    const show = (kind: RowKind) => ignored.filter((column) => column.kind === kind).map(({ column, values }) => `${column} ${values}`)
    expect(show('users')).toEqual([
      'createdAt 6',
      'passwordHash 6',
      'role 6',
      'orgRole 6',
      'fraudFlag 6',
      'suspended 6',
      'emailVerified 6',
      'twoFactorEnabled 6',
      'studentVerified 6',
      'displayName 1',
      'phone 1',
      'limits.emailSendQueueLimit 1',
      'limits.boostReason 1',
      'educationLimits.assignedBy 1',
    ])
    expect(show('organisations')).toEqual(['handle 4', 'portalTier 4', 'isStaff 4', 'avatarUrl 0', 'createdAt 4'])
    expect(show('memberships')).toEqual(['id 3', 'createdAt 3'])
    expect(show('plans')).toEqual(['boostPercent 6', 'boostStartsAt 1', 'boostExpiresAt 1', 'boostReason 1'])
    expect(show('orders')).toEqual(['taxRate 17', 'couponId 1', 'lifetimeGraceEndsAt 0'])
  })

  test('imports the same from CSV tables with NULL', async () => {
    const fromJson = await importFixture()
    const again = await importFixture(join(FIXTURE, 'tables'))
    expect(again).toMatchObject({ rejected: [], plans: [], orders: [], grants: [], unchanged: 25 })
    expect(again.users).toEqual(fromJson.users)
    expect(again.ignored).toEqual(fromJson.ignored)
    expect(await server.services.db.limitOverride.count()).toBe(6)
    expect(await server.services.db.order.count()).toBe(19)
  })

  test('imports plans with their type, price, limits, features and the default plan', async () => {
    const { notices } = await importFixture()
    const plans = await server.services.db.plan.findMany({ orderBy: { id: 'asc' } })
    const rows = plans.map(
      ({ id, type, price, isDefault, hiddenFromBilling, serverLimit, databases, portCount, emailsPerDay, features }) => {
        return [Number(id), type, price, isDefault, hiddenFromBilling, serverLimit, databases, portCount, emailsPerDay, features]
      },
    )
    expect(rows).toEqual([
      [1, 'FREE', 0n, false, true, 1, 0, 1, 3, { emailSendQueueLimit: 3 }],
      [2, 'PAID', 799n, false, false, 5, 2, 5, 200, { list: ['Priority support', 'Free subdomain'], emailSendQueueLimit: 50 }],
      [3, 'EDU', 0n, false, true, 2, 0, 2, 10, { list: ['GitHub Student Pack'] }],
      [4, 'ENTERPRISE', null, false, false, null, 0, 1, 0, {}],
      [5, 'FREE', 0n, true, false, 1, 0, 1, 3, {}],
      [6, 'PAID', 9900n, false, false, null, 0, 1, 0, { list: ['Forever'] }],
    ])
    expect(plans[1]).toMatchObject({ description: 'For creators', memory: 16384, disk: 102400, cpu: 400, tunnelPortCount: 10 })
    expect(notices.filter(({ kind }) => kind === 'plans')).toEqual([
      { kind: 'plans', text: "emailSendDailyLimit is empty: EcliPanel's default of 10 e-mails per day", ids: ['3'] },
      { kind: 'plans', text: 'isDefault applies only to a free plan for 0 and is not imported', ids: ['3'] },
      { kind: 'plans', text: 'enterprise plans for 0 have a custom price, so that customers cannot order them', ids: ['4'] },
      { kind: 'plans', text: 'memory is empty, which EcliPanel does not limit: unlimited', ids: ['4'] },
      { kind: 'plans', text: 'disk is empty, which EcliPanel does not limit: unlimited', ids: ['4'] },
      { kind: 'plans', text: 'cpu is empty, which EcliPanel does not limit: unlimited', ids: ['4'] },
      { kind: 'plans', text: 'serverLimit is empty, which EcliPanel does not limit: unlimited', ids: ['4'] },
      { kind: 'plans', text: "emailSendDailyLimit is empty: EcliPanel's default of 0 e-mails per day", ids: ['4', '6'] },
      { kind: 'plans', text: "emailSendDailyLimit is empty: EcliPanel's default of 3 e-mails per day", ids: ['5'] },
      { kind: 'plans', text: 'serverLimit is 0, which EcliPanel does not limit: unlimited', ids: ['6'] },
    ])
  })

  test('imports names, billing addresses and custom limits as overrides', async () => {
    const { notices } = await importFixture()
    const { data } = await server.ask(
      101,
      '{ me { name email portalTier limits { serverLimit memory cpu emailsPerDay } billingDetails { name address city state zip country } } }',
    )
    expect(data.me).toEqual({
      name: 'Lena Okafor',
      email: 'lena@example.com',
      portalTier: 'PAID',
      // The boost of 20 percent ends on 2026-12-31.
      limits: { serverLimit: 20, memory: 19660, cpu: 480, emailsPerDay: 200 },
      billingDetails: {
        name: 'Okafor GmbH',
        address: 'Hauptstr. 5\n2. Stock',
        city: 'Berlin',
        state: 'BE',
        zip: '10115',
        country: 'DE',
      },
    })
    const student = await server.ask(
      102,
      '{ me { name portalTier limits { memory serverLimit } billingDetails { name address country } } }',
    )
    expect(student.data.me).toEqual({
      name: 'Jo M Park',
      portalTier: 'EDU',
      limits: { memory: 4096, serverLimit: 2 },
      billingDetails: { name: 'Jo M Park', address: '1 Campus Way', country: 'US' },
    })
    const max = await server.ask(103, '{ me { name limits { memory } billingDetails { name } } }')
    expect(max.data.me).toEqual({ name: 'Max Muster', limits: { memory: 512 }, billingDetails: null })
    const ana = await server.ask(104, '{ me { portalTier limits { memory serverLimit } billingDetails { country } } }')
    expect(ana.data.me).toEqual({ portalTier: 'FREE', limits: { memory: 32768, serverLimit: null }, billingDetails: { country: 'PT' } })
    expect(notices.filter(({ kind }) => kind === 'users')).toEqual([
      { kind: 'users', text: 'limits that differ from the plan are limit overrides', ids: ['101', '104'] },
      { kind: 'users', text: 'countryOverride differs from billingCountry, which is imported', ids: ['102'] },
      { kind: 'users', text: 'portalType paid without an active order: grant the plan with applyPlan', ids: ['104'] },
    ])
    server.clock.set('2027-01-01T00:00:00.000Z')
    const later = await server.ask(101, '{ me { limits { serverLimit memory } } }')
    expect(later.data.me.limits).toEqual({ serverLimit: 20, memory: 512 })
  })

  test('imports orders with tax, coupons, every form of items and every status', async () => {
    const { notices } = await importFixture()
    const orders = await server.services.db.order.findMany({
      orderBy: { id: 'asc' },
      include: { items: { orderBy: { position: 'asc' } } },
      where: { id: { lte: 517 } },
    })
    const day = (date: Date | null) => date?.toISOString().slice(0, 10)
    const rows = orders.map(({ id, status, amount, net, expiresAt, items }) => {
      const lines = items.map(({ kind, description, parameters, quantity, unitPrice }) => {
        return `${quantity} x ${description ?? `${kind} ${JSON.stringify(parameters)}`} ${unitPrice}`
      })
      return [Number(id), status, amount, net, day(expiresAt), ...lines]
    })
    expect(rows).toEqual([
      [501, 'ACTIVE', 951n, 799n, '2026-12-10', '1 x Pro 799'],
      [502, 'ACTIVE', 0n, 0n, '2027-09-11', '1 x Student 0'],
      [503, 'PENDING', 799n, 799n, '2026-12-22', '1 x Pro 799'],
      [504, 'PENDING', 799n, 799n, '2026-12-02', '1 x Pro 799'],
      [505, 'CANCELLED', 399n, 399n, '2026-10-01', '1 x Pro 799', '1 x DISCOUNT {"name":"HALF"} -400'],
      [506, 'ACTIVE', 300n, 300n, '2026-12-12', '1 x DNS Management Add-on (monthly) 300'],
      [507, 'EXPIRED', 799n, 799n, '2026-09-01', '1 x Pro plan (manual) 799'],
      [508, 'PENDING', 951n, 799n, '2027-01-09', '1 x Pro 799'],
      [509, 'CANCELLED', 1598n, 1598n, '2026-07-01', '2 x Pro 799'],
      [510, 'ACTIVE', 9900n, 9900n, undefined, '1 x Lifetime 9900'],
      [511, 'EXPIRED', 799n, 799n, '2026-06-01', '1 x Pro 799'],
      [512, 'EXPIRED', 1250n, 1250n, '2026-06-02', '1 x Migration help 1250'],
      [513, 'EXPIRED', 200n, 200n, '2025-06-02', '1 x Old plan 200'],
      [514, 'EXPIRED', 799n, 799n, '2026-10-02', '1 x Pro 799'],
      [515, 'CANCELLED', 799n, 799n, '2026-05-01', '1 x Pro 799'],
      [516, 'CANCELLED', 799n, 799n, '2026-11-28', '1 x Pro 799'],
      [517, 'ACTIVE', 799n, 799n, '2026-12-28', '1 x Pro 799'],
    ])
    expect(orders[0]?.placedAt).toEqual(new Date('2026-11-10T14:03:22.000Z'))
    expect(orders[12]?.planId).toBeNull()
    expect(notices.filter(({ kind }) => kind === 'orders')).toEqual([
      { kind: 'orders', text: 'active orders for 0 have no end but that of the verification as a student', ids: ['502'] },
      { kind: 'orders', text: 'orders that have ended are imported without their plan, which EcliPanel has deleted', ids: ['513'] },
      { kind: 'orders', text: 'active orders that have ended are imported as expired', ids: ['514'] },
      { kind: 'orders', text: 'active orders that a newer one continues are imported as cancelled', ids: ['516'] },
    ])
    expect(orders.find(({ id }) => id === 516n)?.cancelledAt).toEqual(new Date('2026-11-21T10:00:00.000Z'))
  })

  test('keeps what EcliPanel knows about a payment in the notes, also that the customer has reported it', async () => {
    await importFixture()
    const notes = await server.services.db.order.findMany({
      where: { id: { in: [501, 503, 504] } },
      orderBy: { id: 'asc' },
      select: { notes: true },
    })
    expect(notes.map((order) => order.notes)).toEqual([
      'Payment in EcliPanel: method bank, kind bank_transfer, reference TX 501',
      'org_order:7\nPayment in EcliPanel: method crypto_btc, kind crypto, 0.00012 BTC bitcoin bc1qmadeup',
      'The customer has reported the payment in EcliPanel, method bank, reference E2E-504\nPayment in EcliPanel: method bank, reference E2E-504',
    ])
    const approved = await server.ask(
      'admin',
      'mutation { applyPlan(input: {userId: 103, planId: 2, orderId: 504}) { order { id status } } }',
    )
    expect(approved.data.applyPlan.order).toEqual({ id: 'ord_504', status: 'ACTIVE' })
  })

  test('grants the plans of organisations without an active order until they expire', async () => {
    const { grants, notices } = await importFixture()
    expect(grants).toEqual([
      { organisationId: '7', userId: '101', planId: 2n, expiresAt: new Date('2026-12-20T10:00:00.000Z') },
      { organisationId: '8', userId: '103', planId: 2n, expiresAt: null },
    ])
    expect(notices.filter(({ kind }) => kind === 'organisations')).toEqual([
      { kind: 'organisations', text: 'the owner has no membership, and gets one', ids: ['9', '10'] },
      { kind: 'organisations', text: 'the plan has ended at expiresAt and is not granted', ids: ['10'] },
    ])
    const query = '{ subscription(organisationId: 7) { plan { slug } status endsAt } }'
    expect((await server.ask(101, query)).data.subscription).toEqual({
      plan: { slug: 'pro' },
      status: 'ACTIVE',
      endsAt: '2026-12-20T10:00:00.000Z',
    })
    const stored = await server.services.db.organisation.findMany({ orderBy: { id: 'asc' }, select: { id: true, portalTier: true } })
    expect(stored.map(({ id, portalTier }) => `${id} ${portalTier}`)).toEqual(['10 FREE', '7 PAID', '8 PAID', '9 FREE'])
    server.clock.set('2026-12-21T00:00:00.000Z')
    await server.tick()
    expect((await server.ask(101, query)).data.subscription?.status ?? null).not.toBe('ACTIVE')
    // A later import does not restore the plan.
    expect((await importFixture()).grants).toEqual([])
  })

  test('continues a lifetime plan without an end and without a charge', async () => {
    await importFixture()
    server.clock.set('2029-01-01T00:00:00.000Z')
    await server.tick()
    const { data } = await server.ask(
      105,
      '{ me { portalTier currentPlan { slug } } subscription { status endsAt } invoices { totalCount } }',
    )
    expect(data).toEqual({
      me: { portalTier: 'PAID', currentPlan: { slug: 'lifetime' } },
      subscription: { status: 'ACTIVE', endsAt: null },
      invoices: { totalCount: 0 },
    })
  })

  test('bills imported customers like all others', async () => {
    await importFixture()
    const approve = 'mutation { applyPlan(input: {userId: 101, planId: 2, orderId: 508}) { order { status invoice { number } } } }'
    const approved = await server.ask('admin', approve)
    expect(approved.errors).toBeUndefined()
    expect(approved.data.applyPlan.order).toEqual({ status: 'ACTIVE', invoice: { number: 'INV-2026-000001' } })
    const cancel = 'mutation { cancelPlan(input: {userId: 105}) { cancelledOrders { id } } }'
    expect((await server.ask('admin', cancel)).data.cancelPlan.cancelledOrders).toEqual([{ id: 'ord_510' }])
    const change = await server.ask(106, 'mutation { changePlan(input: {planId: 6}) { order { id status amount { decimal } } } }')
    expect(change.errors).toBeUndefined()
    // Nothing was invoiced for the imported plan, so that nothing is credited.
    expect(change.data.changePlan.order).toEqual({ id: 'ord_520', status: 'PENDING', amount: { decimal: '99.00' } })
    expect(await checkLedger(server)).toEqual([])
    server.clock.set('2027-03-01T00:00:00.000Z')
    await server.tick()
  })

  test('prints on the PDF of an imported order that the former system has issued its invoice', async () => {
    await importFixture()
    const text = await pdfOf(501, 101)
    expect(text).toContain('This is not an invoice. The invoice of this order was issued by the former system.')
    expect(text).toContain('Tax 19% on $7.99')
    expect(text).toContain('$9.51')
    expect(text).toContain('Okafor GmbH')
    expect(text).not.toContain('Valid until')
    expect(await pdfOf(505, 103)).toContain('issued by the former system')
    // Quittance invoices the order when it becomes active.
    expect(await pdfOf(508, 101)).toContain('An invoice is issued when the order becomes active.')
  })

  test('keeps active orders for 0 without an end, even past their stored end, because EcliPanel extends them', async () => {
    const free = { items: 'Student', amount: 0, status: 'active', createdAt: '2026-10-01 10:00:00', expiresAt: '2026-11-24 10:00:00' }
    const users = [1, 2, 3].map((id) => ({ id, firstName: 'A', lastName: `B${id}`, email: `a${id}@example.com` }))
    const tables = {
      user: [users[0], { ...users[1], studentVerifiedAt: '2026-09-11' }, { ...users[2], studentVerifiedAt: '2025-11-20' }],
      plan: [
        { id: 2, name: 'Pro', type: 'paid', price: 7.99 },
        { id: 3, name: 'Student', type: 'educational', price: 0 },
      ],
      order: [
        { ...free, id: 11, userId: 1, planId: 2 },
        { ...free, id: 12, userId: 2, planId: 3 },
        { ...free, id: 13, userId: 3, planId: 3 },
      ],
    }
    const file = join(folder, 'free.json')
    await writeFile(file, JSON.stringify(tables))
    const { rejected, notices } = await importFixture(file)
    expect(rejected).toEqual([])
    const stored = await server.services.db.order.findMany({ orderBy: { id: 'asc' }, select: { id: true, status: true, expiresAt: true } })
    expect(stored).toEqual([
      { id: 11n, status: 'ACTIVE', expiresAt: null },
      { id: 12n, status: 'ACTIVE', expiresAt: new Date('2027-09-11T00:00:00.000Z') },
      { id: 13n, status: 'EXPIRED', expiresAt: new Date('2026-11-20T00:00:00.000Z') },
    ])
    expect(notices.filter(({ kind }) => kind === 'orders')).toEqual([
      { kind: 'orders', text: 'active orders for 0 have no end but that of the verification as a student', ids: ['11', '12'] },
      { kind: 'orders', text: 'active orders that have ended are imported as expired', ids: ['13'] },
    ])
    expect((await server.ask(1, '{ me { currentPlan { slug } } }')).data.me.currentPlan).toEqual({ slug: 'pro' })
  })

  test('requires all tables at once', async () => {
    await expect(importFixture(join(FIXTURE, 'tables', 'user.csv'))).rejects.toThrow(
      '--preset eclipanel: plans are missing; import all tables together, from a folder or from one JSON file',
    )
  })

  test('is refused if prices of the catalog include tax, because those of EcliPanel do not', async () => {
    const inclusive = await startServer({ now: NOW, environment: { PRICES_INCLUDE_TAX: 'true' } })
    try {
      await expect(importEcliPanel(inclusive, join(FIXTURE, 'export.json'))).rejects.toThrow(
        "PRICES_INCLUDE_TAX: must be false for --preset eclipanel, because EcliPanel's prices are without tax; set PRICES_INCLUDE_TAX=false for the import and for the server",
      )
      expect(await inclusive.services.db.user.count()).toBe(0)
    } finally {
      await inclusive.close()
    }
  })

  test('reads the JSON of phpMyAdmin', async () => {
    const tables = JSON.parse(await readFile(join(FIXTURE, 'export.json'), 'utf8')) as Record<string, object[]>
    const exported = Object.entries(tables).map(([name, data]) => ({ type: 'table', name, database: 'panel', data }))
    const file = join(folder, 'panel.json')
    await writeFile(file, JSON.stringify([{ type: 'header', version: '5.2.1' }, { type: 'database', name: 'panel' }, ...exported]))
    const { rejected, orders } = await importFixture(file)
    expect([rejected, orders.length]).toEqual([[], 17])
  })

  const user = { id: 1, firstName: 'A', lastName: 'B', email: 'a@example.com', address: '' }
  const plan = { id: 2, name: 'Pro', type: 'paid', price: 7.99 }
  const order = { id: 3, userId: 1, items: 'Setup', amount: 7.99, status: 'expired', createdAt: '2026-05-01 10:00:00', expiresAt: null }
  const ENCRYPTED = `PQ1:${'A'.repeat(120)}:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA==:QUJD`
  const LEGACY = 'AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA==:QUJD'
  const ENCRYPTED_REASON = 'is encrypted; export the rows decrypted as docs/migrating.md describes, or leave this column out of the file'
  test.each<[string, object, [column: string, value: string, reason: string]]>([
    ['an encrypted name', { user: [{ ...user, firstName: ENCRYPTED }] }, ['firstName', `${ENCRYPTED.slice(0, 80)}…`, ENCRYPTED_REASON]],
    ['a city encrypted by an older version', { user: [{ ...user, billingCity: LEGACY }] }, ['billingCity', LEGACY, ENCRYPTED_REASON]],
    [
      'a country in words',
      { user: [{ ...user, billingCountry: 'Germany' }] },
      ['billingCountry', 'Germany', 'must be an ISO 3166-1 alpha-2 country code in upper case, for example "DE"'],
    ],
    [
      'limits that are not numbers',
      { user: [{ ...user, limits: '{"memory":"lots"}' }] },
      ['limits', '{"memory":"lots"}', 'memory must be a whole number of 0 or more'],
    ],
    [
      'an amount with too many digits',
      { order: [{ ...order, amount: 7.995 }] },
      ['amount', '7.995', 'must be an amount in USD such as 15.00'],
    ],
    [
      'items that do not add up',
      { order: [{ ...order, items: '[{"name":"x","price":5}]' }] },
      [
        'items',
        '[{"name":"x","price":5}]',
        'their sum is 5.00 USD, but amount, discount and tax require 7.99 USD; correct one of them, or remove the items to import the order with a single line',
      ],
    ],
    [
      'an active order of a deleted plan',
      { order: [{ ...order, status: 'active', planId: 9 }] },
      ['planId', '9', 'plan 9 does not exist; add it to the file, or set the status of the order to cancelled'],
    ],
    [
      'an unknown status',
      { order: [{ ...order, status: 'refunded' }] },
      ['status', 'refunded', 'must be pending, active, cancelled or expired'],
    ],
    ['an order of a deleted user', { order: [{ ...order, userId: 9 }] }, ['userId', '9', 'user 9 does not exist; add it to the file']],
    ['features that are a text', { plan: [{ ...plan, features: 'fast' }] }, ['features', 'fast', 'must be a JSON object or list']],
    [
      'an organisation with a plan and without an owner',
      { organisation: [{ id: 7, name: 'X', planId: 2 }] },
      ['ownerId', '', 'the organisation has a plan, but no owner that exists; add the owner to the file'],
    ],
  ])('rejects %s with place, value and reason', async (_what, rows, [column, value, reason]) => {
    const file = join(folder, 'broken.json')
    await writeFile(file, JSON.stringify({ user: [user], plan: [plan], order: [order], ...rows }))
    const { rejected } = await importFixture(file)
    expect(rejected[0]).toMatchObject({ file: 'broken.json', rowNumber: 1, column, value, reason })
  })
})

test('quittance import --preset eclipanel reports lines, ignored columns and notices, and imports a folder of tables', async () => {
  const environment = { DATABASE_URL: databaseUrl(server.database), PRICES_INCLUDE_TAX: 'false' }
  const tables = join(folder, 'tables')
  await cp(join(FIXTURE, 'tables'), tables, { recursive: true })
  const run = async (...parameters: string[]) => {
    const program = runProgram('npm', environment, ['run', '--silent', 'import', '--', '--from', `${tables}/`, ...parameters])
    return { code: await program.exit, output: program.output() }
  }
  const orders = await readFile(join(tables, 'order.csv'), 'utf8')
  await writeFile(join(tables, 'order.csv'), orders.replace('"expired","Migration help"', '"refunded","Migration help"'))
  const rejected = await run('--preset', 'eclipanel')
  expect(rejected.code).toBe(1)
  expect(rejected.output).toContain(
    'rejected: order.csv, line 13 (512), column status, value "refunded": must be pending, active, cancelled or expired',
  )
  expect(await readFile(`${tables}.rejected.csv`, 'utf8')).toBe(
    'file,line,kind,row,id,column,value,reason\norder.csv,13,orders,12,512,status,refunded,"must be pending, active, cancelled or expired"\n',
  )
  expect(await server.services.db.user.count()).toBe(0)
  await writeFile(join(tables, 'order.csv'), orders)
  const organisations = await readFile(join(tables, 'organisation.csv'), 'utf8')
  await writeFile(join(tables, 'organisation.csv'), organisations.replace('2026-12-20', '2126-12-20'))
  const imported = await run('--preset', 'eclipanel')
  expect(imported).toMatchObject({ code: 0, output: expect.stringContaining('Written: 40.') })
  expect(await server.services.db.reportedPayment.findMany()).toMatchObject([{ orderId: 504n, reference: 'E2E-504' }])
  expect(imported.output).toContain('Ignored columns of plans, with the number of values: boostPercent (6), boostStartsAt (1)')
  expect(imported.output).toContain("Notice: plans 5: emailSendDailyLimit is empty: EcliPanel's default of 3 e-mails per day")
  expect(await readFile(`${tables}.notices.csv`, 'utf8')).toContain('orders,514,active orders that have ended are imported as expired\n')
  expect((await run('--preset', 'other')).output).toContain('--preset must be one of eclipanel')
  expect((await run('--preset', 'eclipanel', '--minor-units')).output).toContain('--minor-units cannot be combined')
})

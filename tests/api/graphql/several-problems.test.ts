import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

/** Runs a mutation as an administrator, with its input as a variable. */
async function run(mutation: string, input: object) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const { errors } = await server.ask('admin', `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, { input })
  return errors ?? []
}

async function fieldsOf(mutation: string, input: object) {
  const [error, ...others] = await run(mutation, input)
  expect(others).toEqual([])
  expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: error?.extensions.fields[0].field })
  return error?.extensions.fields.map(({ field }: { field: string }) => field.replace('input.', ''))
}

const LONG = 'x'.repeat(3000)
const CASES: [mutation: string, input: object, fields: string[]][] = [
  ['applyPlan', { userId: '5', planId: 'pro', amount: -1, notes: LONG }, ['planId', 'amount', 'notes']],
  ['applyPlan', { userId: '5', planId: '1', orderId: '2', amount: 5, expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt', 'amount']],
  ['cancelPlan', { userId: 'no user', organisationId: 'no organisation', notes: LONG }, ['userId', 'organisationId', 'notes']],
  [
    'placeOrder',
    { plan: 'pro', planId: 'pro', notes: LONG, purchaseOrder: LONG, idempotencyKey: '' },
    ['planId', 'notes', 'purchaseOrder', 'idempotencyKey', 'planId'],
  ],
  ['placeOrder', { organisationId: '?' }, ['organisationId', 'planId']],
  ['changePlan', { planId: 'pro', organisationId: '?' }, ['planId', 'organisationId']],
  ['createPlan', { name: '', type: 'PAID', price: { minorUnits: -5, currency: 'USD' }, slug: 'Not A Slug' }, ['slug', 'name', 'price']],
  ['updatePlan', { id: 'pro', memory: -1, name: 'a \u{13000}' }, ['memory', 'name', 'id']],
  ['setBillingDetails', { name: '', locale: '?', city: 'a \u{13000}' }, ['name', 'city', 'locale']],
  [
    'setBillingDetails',
    { name: 'Ada', registrationId: '', reference: 'a\nb', purchaseOrder: LONG, electronicAddress: 'x' },
    ['registrationId', 'reference', 'purchaseOrder', 'electronicAddress'],
  ],
  ['setBillingDetails', { name: 'Ada', country: 'FR', taxId: 'FR00000000000', registrationId: '732829321' }, ['taxId', 'registrationId']],
  ['setLegalNotes', { notes: [{ language: 'it', text: '' }] }, ['notes.0.language', 'notes.0.text']],
  ['setTaxRate', { country: 'DE', customerType: 'USER', basisPoints: -5, exemption: '' }, ['basisPoints', 'exemption']],
  ['creditInvoice', { invoiceId: '?', amount: 0, reason: '' }, ['invoiceId', 'amount', 'reason']],
  ['requestRefund', { orderId: '?', reason: '' }, ['orderId', 'reason']],
  [
    'reportPayment',
    { orderId: '?', invoiceId: '2', amount: 0, method: 'A B', reference: '', note: LONG },
    ['orderId', 'amount', 'method', 'reference', 'note', 'invoiceId'],
  ],
  ['confirmReportedPayment', { id: '?', amount: 0, kind: 'BALANCE', reference: '' }, ['id', 'amount', 'kind', 'reference']],
  ['rejectReportedPayment', { id: '?', reason: '' }, ['id', 'reason']],
  [
    'setPaymentMethods',
    { methods: [{ slug: 'A B', name: '', iban: 'DE00', bic: 'x' }] },
    ['methods.0.slug', 'methods.0.name', 'methods.0.iban', 'methods.0.bic'],
  ],
  ['confirmRefund', { partId: '?', reference: '' }, ['partId', 'reference']],
  [
    'payOutBalance',
    { userId: '?', organisationId: '2', amount: 0, currency: 'USD', reason: '' },
    ['userId', 'organisationId', 'amount', 'reason'],
  ],
  [
    'topUpBalance',
    { amount: { minorUnits: 0, currency: 'USD' }, organisationId: '?', successUrl: 'http://evil.example/', idempotencyKey: '' },
    ['amount.minorUnits', 'organisationId', 'successUrl', 'idempotencyKey', 'cancelUrl'],
  ],
  [
    'issueInvoice',
    { userId: '?', items: [{ description: '', quantity: 0, unitPrice: -1 }], currency: 'USD', dueAt: '2020-01-01T00:00:00Z', notes: LONG },
    ['userId', 'items.0.description', 'items.0.quantity', 'items.0.unitPrice', 'dueAt', 'notes'],
  ],
  ['claimServer', { externalId: '', userId: '?', memory: -1, disk: 1, cpu: 1 }, ['externalId', 'userId', 'memory']],
  ['recordUsage', { userId: '?', resource: 'SERVERS', amount: 0, key: '' }, ['resource', 'key', 'userId', 'amount']],
  ['releaseUsage', { userId: '?', resource: 'SERVERS', key: 'k' }, ['resource', 'userId']],
  ['setLimitOverride', { reason: '', percent: 5, value: 5, userId: '1', organisationId: '2' }, ['reason', 'organisationId', 'percent']],
  ['createApiKey', { name: '', scopes: [] }, ['name', 'scopes']],
  ['createWebhookEndpoint', { url: 'ftp://example.com', description: '' }, ['url', 'description']],
  ['updateWebhookEndpoint', { id: '?', url: 'ftp://example.com', types: ['ENDPOINT_TEST'] }, ['id', 'url', 'types.0']],
  ['upsertUser', { id: '?', email: 'nonsense', name: '' }, ['id', 'email', 'name']],
]

describe('an input with several invalid fields', () => {
  test.each(CASES)('names all of them in one error of %s: %o', async (mutation, input, fields) => {
    expect((await fieldsOf(mutation, input)).sort()).toEqual(fields.toSorted())
  })

  test('states the first problem and the number of others in the message', async () => {
    const [error] = await run('cancelPlan', { userId: '?', organisationId: '?', notes: LONG })
    expect(error?.message).toBe('input.userId: must be the id of the type User, for example "user_55" or "55" (and 2 more)')
    expect(error?.extensions.fields[2]).toEqual({ field: 'input.notes', message: 'must be at most 2000 characters long' })
  })

  test('names the arguments of a query without a prefix', async () => {
    const { errors } = await server.ask('admin', '{ invoicePreview(planId: "?", organisationId: "?") { tax { minorUnits } } }')
    expect(errors?.[0]?.extensions.fields).toMatchObject([{ field: 'planId' }, { field: 'organisationId' }])
    const usage = await server.ask('admin', '{ limitOverrides(userId: "?", organisationId: "7") { totalCount } }')
    expect(usage.errors?.[0]?.extensions.fields).toMatchObject([{ field: 'userId' }, { field: 'organisationId' }])
  })

  test('gets an error for each value that has not the type of its field', async () => {
    const errors = await run('applyPlan', { userId: '5', planId: plans.pro, amount: 1.5, expiresAt: 'tomorrow' })
    const refused = (field: string) => ({ extensions: { code: 'BAD_USER_INPUT', field, fields: [{ field }] } })
    expect(errors).toMatchObject([refused('input.amount'), refused('input.expiresAt')])
  })
})

describe('a bulk input', () => {
  test('names every wrong row and duplicate by its position', async () => {
    const users = [{ id: '1' }, { id: '?' }, { id: '1' }, { id: '4', email: 'nonsense', name: '' }]
    expect((await fieldsOf('upsertUsers', { users })).sort()).toEqual(['users.1.id', 'users.2', 'users.3.email', 'users.3.name'])
    const organisations = [
      { id: '1', name: '' },
      { id: '2', name: 'Two' },
      { id: '?', name: 'Three' },
    ]
    expect(await fieldsOf('upsertOrganisations', { organisations })).toEqual(['organisations.0.name', 'organisations.2.id'])
  })

  test('names every user and organisation that does not exist', async () => {
    const memberships = [
      { userId: '901', organisationId: '902', role: 'OWNER' },
      { userId: '903', organisationId: '902', role: 'OWNER' },
    ]
    expect(await fieldsOf('setMemberships', { memberships })).toEqual([
      'memberships.0.userId',
      'memberships.0.organisationId',
      'memberships.1.userId',
      'memberships.1.organisationId',
    ])
  })

  test('lists a hundred problems and counts all', async () => {
    const [error] = await run('upsertUsers', { users: Array.from({ length: 300 }, () => ({ id: '?' })) })
    expect(error?.extensions.fields).toHaveLength(100)
    expect(error?.message).toContain('(and 598 more)')
  })
})

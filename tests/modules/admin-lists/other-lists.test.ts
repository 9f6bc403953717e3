import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataOf } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

// Lists of administrators whose filters are arguments of their own: API keys, limit overrides, waiting invoices, received events,
// members.

const ORGANISATION = '80'
const MEMBERS = [
  { id: '101', name: 'Zoe', role: 'OWNER' },
  { id: '102', name: 'älva', role: 'MEMBER' },
  { id: '103', name: null, role: 'ADMIN' },
  { id: '104', name: 'Bob', role: 'MEMBER' },
  { id: '105', name: 'Bob', role: 'MEMBER' },
  { id: '106', name: null, role: 'MEMBER' },
] as const

let server: TestServer
const at = (day: number) => new Date(Date.UTC(2026, 3, day))

beforeAll(async () => {
  server = await startServer()
  const { db, clock } = server.services
  await server.ask('admin', '{ me { id } }')
  await db.user.createMany({ data: MEMBERS.map(({ id, name }) => ({ id, name, createdAt: clock.now() })) })
  await db.organisation.create({ data: { id: ORGANISATION, name: 'Acme', createdAt: clock.now() } })
  await db.membership.createMany({ data: MEMBERS.map(({ id, role }) => ({ organisationId: ORGANISATION, userId: id, role })) })
  await db.apiKey.createMany({
    data: [1, 2, 3, 4, 5, 6].map((n) => ({
      name: `key ${n}`,
      hash: Buffer.alloc(32, n),
      scopes: n % 2 === 0 ? ['READ', 'SYNC'] : ['CLAIMS'],
      createdBy: 'user:1',
      createdAt: at(n),
      revokedAt: n > 4 ? at(20) : null,
    })),
  })
  await db.limitOverride.createMany({
    data: [1, 2, 3, 4, 5, 6].map((n) => ({
      userId: '101',
      resource: n % 2 === 0 ? 'SERVERS' : 'DATABASES_PER_SERVER',
      value: n,
      reason: `reason ${n}`,
      createdAt: at(n),
      endsAt: n === 3 ? at(4) : n === 4 ? new Date(clock.now().getTime() + 1) : null,
      removedAt: n === 6 ? at(7) : null,
    })),
  })
  await db.providerEvent.createMany({
    data: [1, 2, 3, 4, 5].map((n) => ({
      source: 'escluse',
      bodyHash: Buffer.from(`event ${n}`),
      name: `event ${n}`,
      subject: n === 5 ? null : `sub_${n % 2}`,
      body: {},
      status: n === 1 ? ('PARKED' as const) : ('PROCESSED' as const),
      receivedAt: at(n),
    })),
  })
  await createWaitingInvoices()
})
afterAll(() => server.close())

async function createWaitingInvoices(): Promise<void> {
  const { db } = server.services
  for (const n of [1, 2, 3, 4, 5]) {
    const buyer = { userId: n === 5 ? '102' : '101', organisationId: n === 4 ? ORGANISATION : null }
    const amounts = { currency: 'EUR', amount: 100n, net: 100n, periodAmount: 100n }
    const { id: orderId } = await db.order.create({
      data: { ...buyer, ...amounts, status: 'PENDING', reason: 'PURCHASE', placedAt: at(n) },
    })
    // Two of them have the same time.
    await db.waitingInvoice.create({ data: { ...buyer, orderId, missing: ['country'], since: at(n === 3 ? 2 : n) } })
  }
}

interface List {
  /** Reads a page; `arguments` are those of the field. */
  query: string
  types: string
  /** Reads the connection of the response. */
  connection: (data: any) => any
  key: (node: any) => string
}

const PAGE = '$first: Int, $after: String, $last: Int, $before: String'
const PAGE_VALUES = 'first: $first, after: $after, last: $last, before: $before'
const REST = 'totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'

const LISTS: Record<string, List> = {
  apiKeys: {
    types: '$orderBy: TimeSort, $revoked: Boolean, $scope: ApiKeyScope',
    query: `apiKeys(${PAGE_VALUES}, orderBy: $orderBy, revoked: $revoked, scope: $scope) { nodes { name } ${REST} }`,
    connection: (data) => data.apiKeys,
    key: ({ name }) => name.slice(-1),
  },
  limitOverrides: {
    types: '$orderBy: TimeSort, $inForce: Boolean, $resource: LimitedResource',
    query: `limitOverrides(userId: "101", ${PAGE_VALUES}, orderBy: $orderBy, inForce: $inForce, resource: $resource) {
      nodes { reason } ${REST} }`,
    connection: (data) => data.limitOverrides,
    key: ({ reason }) => reason.slice(-1),
  },
  waitingInvoices: {
    types: '$orderBy: TimeSort, $filter: WaitingInvoiceFilter',
    query: `waitingInvoices(${PAGE_VALUES}, orderBy: $orderBy, filter: $filter) { nodes { order { date } } ${REST} }`,
    connection: (data) => data.waitingInvoices,
    key: ({ order }) => String(new Date(order.date).getUTCDate()),
  },
  providerEvents: {
    types: '$orderBy: TimeSort, $status: ProviderEventStatus, $subject: String',
    query: `providerEvents(${PAGE_VALUES}, orderBy: $orderBy, status: $status, subject: $subject) { nodes { name } ${REST} }`,
    connection: (data) => data.providerEvents,
    key: ({ name }) => name.slice(-1),
  },
  members: {
    types: '$orderBy: MemberSort, $role: [OrganisationRole!]',
    query: `organisation(id: "${ORGANISATION}") { members(${PAGE_VALUES}, orderBy: $orderBy, role: $role) { nodes { user { id } } ${REST} } }`,
    connection: (data) => data.organisation.members,
    key: ({ user }) => user.id.slice(-1),
  },
}

async function read(name: string, variables: object): Promise<any> {
  const { query, types, connection } = LISTS[name] as List
  return connection(await dataOf(server.ask('admin', `query (${PAGE}, ${types}) { ${query} }`, variables)))
}

/** The keys of all pages in one direction. */
async function readPages(name: string, variables: object, size: number, isBackward: boolean): Promise<string> {
  const { key } = LISTS[name] as List
  const keys: string[] = []
  for (let cursor: string | null = null; ; ) {
    const { nodes, pageInfo } = await read(name, {
      ...variables,
      ...(isBackward ? { last: size, before: cursor } : { first: size, after: cursor }),
    })
    if (isBackward) keys.unshift(...nodes.map(key))
    else keys.push(...nodes.map(key))
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
    if (!(isBackward ? hasPreviousPage : hasNextPage)) return keys.join('')
    cursor = isBackward ? startCursor : endCursor
  }
}

describe.each<[name: string, variables: object, expected: string]>([
  ['apiKeys', {}, '654321'],
  ['apiKeys', { orderBy: 'NEWEST_FIRST' }, '654321'],
  ['apiKeys', { orderBy: 'OLDEST_FIRST' }, '123456'],
  ['apiKeys', { revoked: true }, '65'],
  ['apiKeys', { revoked: false, orderBy: 'OLDEST_FIRST' }, '1234'],
  ['apiKeys', { scope: 'READ' }, '642'],
  ['apiKeys', { scope: 'CLAIMS', revoked: false }, '31'],
  ['apiKeys', { scope: 'PORTAL' }, ''],
  ['limitOverrides', {}, '654321'],
  ['limitOverrides', { orderBy: 'OLDEST_FIRST' }, '123456'],
  ['limitOverrides', { inForce: true }, '5421'],
  ['limitOverrides', { inForce: false }, '63'],
  ['limitOverrides', { resource: 'SERVERS', orderBy: 'OLDEST_FIRST' }, '246'],
  ['limitOverrides', { resource: 'SERVERS', inForce: true }, '42'],
  ['waitingInvoices', {}, '12345'],
  ['waitingInvoices', { orderBy: 'OLDEST_FIRST' }, '12345'],
  ['waitingInvoices', { orderBy: 'NEWEST_FIRST' }, '54321'],
  ['waitingInvoices', { filter: { customerId: 'user_101' } }, '123'],
  ['waitingInvoices', { filter: { customerId: `org_${ORGANISATION}` } }, '4'],
  ['waitingInvoices', { filter: { from: at(2), to: at(5) }, orderBy: 'NEWEST_FIRST' }, '432'],
  ['providerEvents', {}, '54321'],
  ['providerEvents', { subject: 'sub_1' }, '31'],
  ['providerEvents', { subject: 'sub_1', status: 'PARKED' }, '1'],
  ['providerEvents', { subject: 'sub_0', orderBy: 'OLDEST_FIRST' }, '24'],
  ['members', {}, '123456'],
  ['members', { orderBy: 'ID' }, '123456'],
  ['members', { orderBy: 'NAME' }, '362451'],
  ['members', { role: ['MEMBER'] }, '2456'],
  ['members', { role: ['OWNER', 'ADMIN'], orderBy: 'NAME' }, '31'],
])('%s with %j', (name, variables, expected) => {
  test('has every entry once, in pages of any size and direction', async () => {
    for (const size of [1, 2, 4, 100]) {
      expect([size, await readPages(name, variables, size, false)]).toEqual([size, expected])
      expect([size, await readPages(name, variables, size, true)]).toEqual([size, expected])
    }
    expect((await read(name, variables)).totalCount).toBe(expected.length)
  })
})

test.each([
  ['members', { role: [] }, 'role'],
  ['providerEvents', { subject: 'a\0b' }, 'subject'],
  ['waitingInvoices', { filter: { customerId: '101' } }, 'filter.customerId'],
])('%s refuses %j', async (name, variables, field) => {
  const { query, types } = LISTS[name] as List
  const response = await server.ask('admin', `query (${PAGE}, ${types}) { ${query} }`, variables)
  expect([codeOf(response), response.errors?.[0]?.extensions.field]).toEqual(['BAD_USER_INPUT', field])
})

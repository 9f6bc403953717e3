import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'
import { type Customer, createRecords, type Records } from './records.js'

let server: TestServer
let records: Records

beforeAll(async () => {
  server = await startServer()
  records = await createRecords(server)
})
afterAll(() => server.close())

interface Filter {
  status?: string[]
  reason?: string[]
  customerId?: string
  planId?: string
  from?: string
  to?: string
  search?: string
}
type Row = Pick<Records['orders'][number], 'id' | 'userId' | 'organisationId' | 'at'> & {
  status: string
  reason?: string
  planId?: bigint | null
  numbers: string[]
}

/** The words of a text without case and accents, calculated in another way than the database does. */
function wordsOf(text: string | null): string[] {
  const folded = (text ?? '')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
  return folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
}

function matchesCustomer({ email, name }: Pick<Customer, 'email' | 'name'>, search: string): boolean {
  const words = [...wordsOf(email), ...wordsOf(name)]
  const wanted = wordsOf(search)
  return wanted.length > 0 && wanted.every((prefix) => words.some((word) => word.startsWith(prefix)))
}

function matches(row: Row, { status, reason, customerId, planId, from, to, search }: Filter): boolean {
  const customer =
    row.organisationId === null
      ? records.users.find(({ id }) => id === row.userId)
      : records.organisations.find(({ id }) => id === row.organisationId)
  if (!customer) throw new Error('unknown customer')
  const text = search?.trim()
  return (
    (status?.includes(row.status) ?? true) &&
    (reason?.includes(row.reason ?? '') ?? true) &&
    (customerId === undefined || customer.publicId === customerId) &&
    (planId === undefined || `plan_${row.planId}` === planId) &&
    (from === undefined || row.at >= new Date(from)) &&
    (to === undefined || row.at < new Date(to)) &&
    (!text || matchesCustomer(customer, text) || row.numbers.includes(text.toUpperCase()))
  )
}

interface List {
  field: string
  prefix: string
  filterType: string
  rows: () => Row[]
  filters: (keyof Filter)[]
  statuses: string[]
}

const invoices = () => records.documents.filter(({ kind }) => kind !== 'CREDIT_NOTE')
const LISTS: List[] = [
  {
    field: 'allOrders',
    prefix: 'ord',
    filterType: 'OrderFilter',
    rows: () =>
      records.orders.map((order) => ({ ...order, numbers: invoices().flatMap((each) => (each.orderId === order.id ? each.number : [])) })),
    filters: ['status', 'reason', 'customerId', 'planId', 'from', 'to', 'search'],
    statuses: ['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED'],
  },
  {
    field: 'allInvoices',
    prefix: 'inv',
    filterType: 'InvoiceFilter',
    rows: () => invoices().map((each) => ({ ...each, numbers: [each.number] })),
    filters: ['status', 'customerId', 'from', 'to', 'search'],
    statuses: ['OPEN', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOID'],
  },
  {
    field: 'allCreditNotes',
    prefix: 'cn',
    filterType: 'CreditNoteFilter',
    rows: () => records.documents.filter(({ kind }) => kind === 'CREDIT_NOTE').map((each) => ({ ...each, numbers: [each.number] })),
    filters: ['customerId', 'from', 'to', 'search'],
    statuses: [],
  },
  {
    field: 'allSubscriptions',
    prefix: 'sub',
    filterType: 'SubscriptionFilter',
    rows: () => records.subscriptions.map((each) => ({ ...each, numbers: [] })),
    filters: ['status', 'customerId', 'planId'],
    statuses: ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED'],
  },
  {
    field: 'allRefunds',
    prefix: 'ref',
    filterType: 'RefundFilter',
    rows: () => records.refunds.map((each) => ({ ...each, numbers: [] })),
    filters: ['status', 'customerId', 'from', 'to'],
    statuses: ['REQUESTED', 'DONE'],
  },
  {
    field: 'allReportedPayments',
    prefix: 'rep',
    filterType: 'ReportedPaymentFilter',
    rows: () => records.reports.map((each) => ({ ...each, numbers: [] })),
    filters: ['status', 'customerId', 'from', 'to'],
    statuses: ['REPORTED', 'REJECTED'],
  },
]

/** Texts that match by their beginning, in the middle, by several words, by a number, or not at all. */
function searches(): string[] {
  const texts = [...records.users, ...records.organisations].flatMap(({ email, name }) => [email, name].filter((text) => text !== null))
  const prefixes = texts.flatMap((text) => [
    text,
    text.slice(0, 3),
    text.slice(-4),
    text.toUpperCase(),
    text.split(' ').reverse().join(' '),
  ])
  const numbers = records.documents.slice(0, 20).flatMap(({ number }) => [number, number.toLowerCase(), number.slice(0, 10)])
  return [...prefixes, ...numbers, '', ' ', '%', '_', "'", '\\', '& |', ':*', 'e', 'emile', 'muller', 'example', 'doe jane', 'nobody']
}

function filterOf({ filters, statuses }: List): fc.Arbitrary<Filter> {
  const times = fc.integer({ min: 0, max: 24 * 3 }).map((n) => new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 3), n % 3)).toISOString())
  const all: Record<keyof Filter, fc.Arbitrary<unknown>> = {
    status: fc.subarray(statuses, { minLength: Math.min(1, statuses.length) }),
    reason: fc.subarray(['PURCHASE', 'GRANT', 'RENEWAL', 'PLAN_CHANGE'], { minLength: 1 }),
    customerId: fc.constantFrom(...[...records.users, ...records.organisations].map(({ publicId }) => publicId), 'user_unknown'),
    planId: fc.constantFrom(...records.plans.map((id) => `plan_${id}`)),
    from: times,
    to: times,
    search: fc.constantFrom(...searches()),
  }
  return fc.record(Object.fromEntries(filters.map((name) => [name, all[name]])), { requiredKeys: [] })
}

const query = ({
  field,
  filterType,
}: List) => `query ($filter: ${filterType}, $orderBy: TimeSort, $first: Int, $after: String, $last: Int, $before: String) {
  ${field}(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

async function read(list: List, variables: object): Promise<any> {
  const { data, errors } = await server.ask('admin', query(list), variables)
  expect(errors).toBeUndefined()
  return data[list.field]
}

function expected(list: List, filter: Filter, isOldestFirst = false): string[] {
  const compare = (a: Row, b: Row) => a.at.getTime() - b.at.getTime() || Number(a.id - b.id)
  const rows = list
    .rows()
    .filter((row) => matches(row, filter))
    .sort(compare)
  return (isOldestFirst ? rows : rows.reverse()).map(({ id }) => `${list.prefix}_${id}`)
}

const idsOf = (page: any): string[] => page.nodes.map(({ id }: { id: string }) => id)

describe.each(LISTS)('$field', (list) => {
  test('lists all rows without a filter, newest first', async () => {
    const page = await read(list, { first: 100 })
    expect(idsOf(page)).toEqual(expected(list, {}))
    expect(page.nodes.length).toBeGreaterThan(20)
    expect(page.totalCount).toBe(page.nodes.length)
  })

  test('lists what each filter alone selects', async () => {
    for (const name of list.filters) {
      for (const filter of fc.sample(filterOf({ ...list, filters: [name] }), { numRuns: name === 'search' ? 60 : 8, seed: 1 })) {
        const page = await read(list, { first: 100, filter })
        expect(idsOf(page), JSON.stringify(filter)).toEqual(expected(list, filter))
        expect(page.totalCount).toBe(page.nodes.length)
      }
    }
  })

  test('lists what combined filters select, in pages of any size, order and direction', async () => {
    const property = fc.asyncProperty(
      filterOf(list),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      fc.boolean(),
      async (filter, size, isOldestFirst, isBackward) => {
        const wanted = expected(list, filter, isOldestFirst)
        const seen: string[] = []
        const orderBy = isOldestFirst ? 'OLDEST_FIRST' : 'NEWEST_FIRST'
        let cursor: string | null = null
        do {
          const page: any = await read(list, {
            filter,
            orderBy,
            ...(isBackward ? { last: size, before: cursor } : { first: size, after: cursor }),
          })
          expect(page.totalCount).toBe(wanted.length)
          if (isBackward) seen.unshift(...idsOf(page))
          else seen.push(...idsOf(page))
          const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
          cursor = isBackward ? hasPreviousPage && startCursor : hasNextPage && endCursor
        } while (cursor)
        expect(seen).toEqual(wanted)
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })
})

describe.each([
  { field: 'users', customers: () => records.users },
  { field: 'organisations', customers: () => records.organisations },
])('$field', ({ field, customers }) => {
  const QUERY = `query ($search: String, $orderBy: CustomerSort, $first: Int, $after: String, $last: Int, $before: String) {
    ${field}(search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  const ask = async (variables: object) => {
    const { data, errors } = await server.ask('admin', QUERY, variables)
    expect(errors).toBeUndefined()
    return data[field]
  }
  const key = ({ name }: Customer) =>
    (name ?? '')
      .toLowerCase()
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
  const compareText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const ORDERS: Record<string, (a: Customer, b: Customer) => number> = {
    NEWEST_FIRST: (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || compareText(b.id, a.id),
    OLDEST_FIRST: (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || compareText(a.id, b.id),
    NAME: (a, b) => compareText(key(a), key(b)) || compareText(a.id, b.id),
  }
  // The administrator that asks is a user, too.
  const known = () => (field === 'users' ? [...customers(), administrator] : customers())
  const wanted = (search: string, orderBy: string) => {
    const text = search.trim()
    const found = known().filter((each) => !text || matchesCustomer(each, text) || [each.id, each.publicId].includes(text))
    return found.sort(ORDERS[orderBy]).map(({ publicId }) => publicId)
  }
  let administrator: Customer

  beforeAll(async () => {
    await ask({})
    administrator = { ...(await server.services.db.user.findUniqueOrThrow({ where: { id: '1' } })), publicId: 'user_1' }
  })

  test('finds by words, whatever their case and accents, and by the id of the panel', async () => {
    for (const search of [...searches(), ...known().flatMap(({ id, publicId }) => [id, publicId, id.slice(0, -1)])]) {
      const page = await ask({ search, first: 100 })
      expect(idsOf(page), search).toEqual(wanted(search, 'NEWEST_FIRST'))
      expect(page.totalCount).toBe(page.nodes.length)
    }
  })

  test('finds by every beginning of an e-mail address or name', async () => {
    for (const { publicId, email, name } of customers()) {
      for (const text of [email ?? '', name ?? '']) {
        for (let length = 1; length <= text.length; length += 1) {
          const search = text.slice(0, length)
          if (wordsOf(search).length > 0) expect(idsOf(await ask({ search, first: 100 })), search).toContain(publicId)
        }
      }
    }
  })

  test('lists pages of any size, in every order and both directions', async () => {
    for (const orderBy of Object.keys(ORDERS)) {
      for (const search of ['', 'e', 'example', 'm', 'doe']) {
        for (const size of [1, 2, 3]) {
          for (const isBackward of [false, true]) {
            const seen: string[] = []
            let cursor: string | null = null
            do {
              const page: any = await ask({
                orderBy,
                search,
                ...(isBackward ? { last: size, before: cursor } : { first: size, after: cursor }),
              })
              if (isBackward) seen.unshift(...idsOf(page))
              else seen.push(...idsOf(page))
              const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
              cursor = isBackward ? hasPreviousPage && startCursor : hasNextPage && endCursor
            } while (cursor)
            expect(seen, `${orderBy} ${search} ${size}`).toEqual(wanted(search, orderBy))
          }
        }
      }
    }
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY_MS } from '../../../src/core/duration.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { buy, buyUnpaid, dataOf, readInvoice, recordPayment } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const RECEIVABLES = `{ receivables { currency openCount overdueCount open { minorUnits currency } overdue { minorUnits }
  ages { overdueDays count amount { minorUnits } } } }`

/** The counts and amounts of the ages, and the sums. */
async function read() {
  const { receivables } = await dataOf(server.ask('admin', RECEIVABLES))
  return receivables.map(({ currency, open, openCount, overdue, overdueCount, ages }: any) => ({
    currency,
    open: [openCount, open.minorUnits],
    overdue: [overdueCount, overdue.minorUnits],
    ages: ages.map(({ overdueDays, count, amount }: any) => [overdueDays, count, amount.minorUnits]),
  }))
}

/** The ids of the invoices that match a filter. */
async function list(filter: string): Promise<string[]> {
  const { allInvoices } = await dataOf(server.ask('admin', `{ allInvoices(filter: { ${filter} }) { nodes { id isOverdue } totalCount } }`))
  for (const { isOverdue } of allInvoices.nodes) expect(isOverdue).toBe(filter === 'overdue: true')
  const ids = allInvoices.nodes.map(({ id }: any) => id)
  expect(allInvoices.totalCount).toBe(ids.length)
  return ids.sort()
}

test('are empty while nothing is to pay', async () => {
  await buy(server, 101, plans.starter)
  expect(await read()).toEqual([])
  expect(await list('overdue: true')).toEqual([])
})

test('count what is left of open invoices by the days since their due date', async () => {
  const first = await buyUnpaid(server, 102, plans.pro)
  const second = await buyUnpaid(server, 103, plans.starter)
  await dataOf(recordPayment(server, { invoiceId: first.invoiceId, amount: 400, reference: 'A part' }))
  const { dueAt } = await readInvoice(server, first.invoiceId)
  const due = new Date(dueAt).getTime()
  const at = (days: number) => server.clock.set(new Date(due + days * DAY_MS).toISOString())

  at(-1 / DAY_MS)
  expect(await read()).toEqual([
    {
      currency: 'USD',
      open: [2, 1600],
      overdue: [0, 0],
      ages: [
        [null, 2, 1600],
        [0, 0, 0],
        [30, 0, 0],
        [60, 0, 0],
        [90, 0, 0],
      ],
    },
  ])
  expect(await list('overdue: true')).toEqual([])

  await dataOf(
    server.ask(
      'admin',
      `mutation { extendDueDate(input: { invoiceId: "${second.invoiceId}", dueAt: "${new Date(due + 45 * DAY_MS).toISOString()}" }) { invoice { id } } }`,
    ),
  )
  at(0)
  expect((await read())[0]).toMatchObject({ open: [2, 1600], overdue: [1, 1100] })
  expect(await list('overdue: true')).toEqual([first.invoiceId])
  expect(await list('overdue: false')).toHaveLength(2)
  at(30)
  expect((await read())[0].ages).toEqual([
    [null, 1, 500],
    [0, 0, 0],
    [30, 1, 1100],
    [60, 0, 0],
    [90, 0, 0],
  ])
  at(90)
  expect((await read())[0].ages.map(([, count]: number[]) => count)).toEqual([0, 0, 1, 0, 1])
  expect(await list('overdue: true')).toHaveLength(2)
})

test('are the invoices of the export with overdue=true', async () => {
  const headers = { authorization: `Bearer ${await server.token(1, 'admin')}` }
  const download = (query: string) => fetch(`${server.url}/export/invoices.jsonl?${query}`, { headers })
  const numbers = async (query: string) => (await (await download(query)).text()).trimEnd().split('\n').length
  expect([await numbers('overdue=true'), await numbers('status=OPEN')]).toEqual([2, 2])
  expect(await numbers('overdue=false')).toBe(1)
  const refused = await download('overdue=yes')
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('must be true or false')])
})

test('are read with one statement', async () => {
  expect(await countStatements(read)).toEqual(['SELECT invoices'])
})

test('are for administrators only', async () => {
  expect(codeOf(await server.ask(101, RECEIVABLES))).toBe('FORBIDDEN')
  expect(codeOf(await server.ask(undefined, RECEIVABLES))).toBe('UNAUTHENTICATED')
})

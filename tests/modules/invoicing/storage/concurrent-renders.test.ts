import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type DocumentStore, databaseStore } from '../../../../src/modules/invoicing/storage/document-store.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { countOpenTransactions } from '../../../support/open-transactions.js'
import { applyPlan } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

/** A store whose uploads wait until they are released. */
class HeldStore implements DocumentStore {
  readonly read = databaseStore.read
  uploads = 0
  release: () => void = () => undefined
  #released = Promise.resolve()

  hold(): void {
    this.#released = new Promise((done) => {
      this.release = done
    })
  }

  async put(_key: unknown, bytes: Buffer): Promise<Buffer> {
    this.uploads += 1
    await this.#released
    return bytes
  }
}

const SLOW = new URL('../../../support/slow.worker.cjs', import.meta.url)
const stores = [new HeldStore(), new HeldStore()] as const
let server: TestServer
let other: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ store: stores[0] })
  other = await startServer({
    store: stores[1],
    database: server.database,
    drawing: { worker: SLOW },
    environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' },
  })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await other.close()
  await server.close()
})

let user = 100
async function purchase(): Promise<{ id: string; pdfUrl: string; user: number }> {
  user += 1
  await server.ask(user, '{ me { id } }')
  await applyPlan(server, { userId: String(user), planId: plans.pro })
  return { user, ...(await server.ask(user, '{ invoices { nodes { id pdfUrl } } }')).data.invoices.nodes[0] }
}
/** Changes everything that a lock on the invoice or on its customer would block. */
async function creditAndClaim({ id, user: who }: { id: string; user: number }): Promise<void> {
  const claim = { userId: String(who), externalId: `server-${who}`, memory: 1, disk: 1, cpu: 1 }
  const claimed = await server.ask('admin', 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { memory } } }', {
    input: claim,
  })
  const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }'
  const credited = await server.ask('admin', credit, { input: { invoiceId: id, amount: 100 } })
  expect([claimed.errors, credited.errors]).toEqual([undefined, undefined])
}

test('holds no transaction and no lock while the document is uploaded', async () => {
  const invoice = await purchase()
  const before = stores[0].uploads
  stores[0].hold()
  const response = fetch(invoice.pdfUrl)
  await vi.waitUntil(() => stores[0].uploads > before, 30_000)
  expect(await countOpenTransactions(server)).toBe(0)
  await creditAndClaim(invoice)
  stores[0].release()
  expect((await response).status).toBe(200)
})

test('holds no transaction and no lock while the document is rendered', async () => {
  const invoice = await purchase()
  const render = vi.spyOn(other.renderer, 'render')
  const response = fetch(invoice.pdfUrl.replace(server.url, other.url))
  await vi.waitUntil(() => render.mock.calls.length > 0, 30_000)
  expect(await countOpenTransactions(server)).toBe(0)
  await creditAndClaim(invoice)
  expect((await response).status).toBe(200)
})

test('two processes that render the same document at once store it once and return the same bytes', async () => {
  const invoice = await purchase()
  const before = stores.map(({ uploads }) => uploads)
  for (const store of stores) store.hold()
  const responses = [fetch(invoice.pdfUrl), fetch(invoice.pdfUrl.replace(server.url, other.url))]
  await vi.waitUntil(() => stores.every(({ uploads }, index) => uploads > (before[index] ?? 0)), 30_000)
  for (const store of stores) store.release()
  const results = await Promise.all(
    responses.map(async (response) => [(await response).status, (await response).headers.get('etag'), await (await response).text()]),
  )
  expect(results[0]?.[0]).toBe(200)
  expect(results[1]).toEqual(results[0])
  expect(await server.services.db.invoiceDocument.count({ where: { invoiceId: rowId(invoice.id) } })).toBe(1)
})

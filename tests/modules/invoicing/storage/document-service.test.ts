import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalogue, createCatalogue } from '../../../support/catalogue.js'
import { readPdf } from '../../../support/pdf.js'
import { applyPlan, placeOrder } from '../../../support/road.js'
import { startServer, type TestServer } from '../../../support/server.js'

/** Takes a second for every document. */
const SLOW = new URL('../../../support/slow.worker.cjs', import.meta.url)

let server: TestServer
let plans: Catalogue

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalogue(server)
})
afterAll(() => server.close())

const get = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await fetch(url, { method, headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

let user = 100
async function bought() {
  user += 1
  await server.ask(user, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: String(user), planId: plans.pro })
  const { data: read } = await server.ask(user, '{ invoices { nodes { id number pdfUrl } } }')
  return { user, order: data.applyPlan.order, ...(read.invoices.nodes[0] as { id: string; number: string; pdfUrl: string }) }
}
const stored = (id: string) => server.services.db.invoiceDocument.findUnique({ where: { invoiceId: Number(id) } })

test('a job draws the document right after issue; the download gives those bytes', async () => {
  const { id, pdfUrl, number } = await bought()
  expect(await stored(id)).toBeNull()
  await server.runJobs()
  const document = await stored(id)
  const { bytes, headers } = await get(pdfUrl)
  expect(bytes.equals(Buffer.from(document?.bytes ?? []))).toBe(true)
  expect(headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`)
  expect([document?.size, document?.templateVersion]).toEqual([bytes.length, 1])
  expect((await readPdf(bytes)).text).toContain(number)
  const { rows } = await server.connections.pool.query('SELECT count(*)::int AS waiting FROM graphile_worker.jobs')
  expect(rows).toEqual([{ waiting: 0 }])
})

test('a download that comes first draws it, and the job finds it drawn', async () => {
  const { id, pdfUrl } = await bought()
  const { bytes } = await get(pdfUrl)
  const before = await stored(id)
  await server.runJobs()
  expect(await stored(id)).toEqual(before)
  expect((await get(pdfUrl)).bytes.equals(bytes)).toBe(true)
})

test('forty downloads, the job and a second server at once draw it once', async () => {
  const { id, order, pdfUrl } = await bought()
  const other = await startServer({ database: server.database, environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' } })
  const elsewhere = (url: string) => url.replace(server.url, other.url)
  const answers = await Promise.all([
    server.runJobs().then(() => get(pdfUrl)),
    ...Array.from({ length: 40 }, (_, index) => {
      const url = index % 2 === 0 ? pdfUrl : order.invoicePdfUrl
      return get(index % 3 === 0 ? elsewhere(url) : url)
    }),
  ])
  expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('etag')}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(200)
  expect(await stored(id)).toMatchObject({ size: answers[0]?.bytes.length })
  await other.close()
})

test('the job is asked for in the transaction of the invoice: an activation that is undone leaves none', async () => {
  const { pool } = server.connections
  await server.runJobs()
  await pool.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planned'; END $$`)
  await pool.query(
    'CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON invoices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()',
  )
  await server.ask(90, '{ me { id } }')
  const { errors } = await applyPlan(server, { userId: '90', planId: plans.pro })
  await pool.query('DROP TRIGGER fail ON invoices')
  expect(errors).toBeDefined()
  expect((await pool.query('SELECT count(*)::int AS waiting FROM graphile_worker.jobs')).rows).toEqual([{ waiting: 0 }])
})

test('buyer, plan, company, template and logo may change: what was drawn stays byte for byte', async () => {
  const { order, pdfUrl, user: who } = await bought()
  const before = (await get(pdfUrl)).bytes
  await server.ask(who, 'mutation { setBillingDetails(input: { name: "Somebody Else" }) { billingDetails { name } } }')
  await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
    input: { id: plans.pro, name: 'Pro 2', price: 1500 },
  })
  server.config.invoices.issuer.name = 'Renamed Ltd'
  const later = await startServer({
    database: server.database,
    environment: { INVOICE_ISSUED_FROM_NAME: 'Third Ltd', COMPANY_NAME: 'Third', AUTH_JWT_SECRET: server.config.auth.secret ?? '' },
  })
  for (const url of [pdfUrl, order.invoicePdfUrl, pdfUrl.replace(server.url, later.url)])
    expect((await get(url)).bytes.equals(before)).toBe(true)
  await later.close()
})

test('also what was issued and not drawn yet shows what was true at issue', async () => {
  const { pdfUrl, user: who } = await bought()
  await server.ask(who, 'mutation { setBillingDetails(input: { name: "Somebody Else" }) { billingDetails { name } } }')
  const { text } = await readPdf((await get(pdfUrl)).bytes)
  expect(text).toContain(`User ${who}`)
  expect(text).not.toContain('Somebody Else')
})

test('the database refuses every change of an invoice and of its document', async () => {
  const { id, pdfUrl } = await bought()
  await get(pdfUrl)
  const { pool } = server.connections
  for (const sql of [
    `UPDATE invoices SET total = 1 WHERE id = ${id}`,
    `UPDATE invoices SET snapshot = '{}' WHERE id = ${id}`,
    `DELETE FROM invoices WHERE id = ${id}`,
    `UPDATE invoice_documents SET bytes = 'x', size = 1 WHERE invoice_id = ${id}`,
    `DELETE FROM invoice_documents WHERE invoice_id = ${id}`,
    'TRUNCATE invoice_documents',
  ]) {
    await expect(pool.query(sql), sql).rejects.toThrow()
  }
})

test('bytes are kept as they are, beside the row', async () => {
  const { rows } = await server.connections.pool.query(
    `SELECT attstorage FROM pg_attribute WHERE attrelid = 'invoice_documents'::regclass AND attname = 'bytes'`,
  )
  expect(rows).toEqual([{ attstorage: 'e' }])
})

test('who has it already gets 304, and only who may have it', async () => {
  const { pdfUrl, id, user } = await bought()
  const etag = (await get(pdfUrl)).headers.get('etag') ?? ''
  for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const { status, headers, bytes } = await get(pdfUrl, { 'if-none-match': known })
    expect([status, headers.get('etag'), headers.get('cache-control'), bytes.length], known).toEqual([304, etag, 'private, no-store', 0])
  }
  expect((await get(pdfUrl, { 'if-none-match': '"other"' })).status).toBe(200)
  const plain = `${server.url}/invoices/${id}/pdf`
  const buyer = { authorization: `Bearer ${await server.token(user)}`, 'if-none-match': etag }
  const again = await get(plain, buyer)
  expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
  const stranger = { authorization: `Bearer ${await server.token(999)}`, 'if-none-match': etag }
  expect([(await get(plain, { 'if-none-match': etag })).status, (await get(plain, stranger)).status]).toEqual([401, 404])
})

test('HEAD says what GET would', async () => {
  const { pdfUrl } = await bought()
  const [whole, head] = [await get(pdfUrl), await get(pdfUrl, {}, 'HEAD')]
  expect([head.status, head.bytes.length]).toEqual([200, 0])
  for (const name of ['etag', 'content-type', 'content-length', 'content-disposition', 'cache-control', 'accept-ranges']) {
    expect(head.headers.get(name), name).toBe(whole.headers.get(name))
  }
})

test('a part can be asked for, of this version', async () => {
  const { pdfUrl } = await bought()
  const { bytes, headers } = await get(pdfUrl)
  const etag = headers.get('etag') ?? ''
  const size = bytes.length
  const part = await get(pdfUrl, { range: 'bytes=10-19', 'if-range': etag })
  expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, `bytes 10-19/${size}`, '10'])
  expect(part.bytes.equals(bytes.subarray(10, 20))).toBe(true)
  expect((await get(pdfUrl, { range: 'bytes=-5' })).bytes.equals(bytes.subarray(size - 5))).toBe(true)
  expect((await get(pdfUrl, { range: `bytes=${size - 1}-` })).headers.get('content-range')).toBe(`bytes ${size - 1}-${size - 1}/${size}`)
  const beyond = await get(pdfUrl, { range: `bytes=${size}-` })
  expect([beyond.status, beyond.headers.get('content-range'), beyond.bytes.length]).toEqual([416, `bytes */${size}`, 0])
  for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-2', 'nonsense']) {
    expect([200, 416], range).toContain((await get(pdfUrl, { range })).status)
  }
  expect((await get(pdfUrl, { range: 'bytes=0-9', 'if-range': '"another version"' })).status).toBe(200)
})

test('?download=1 saves it under its number instead of showing it', async () => {
  const { pdfUrl, number } = await bought()
  const type = async (url: string) => (await get(url)).headers.get('content-disposition')
  expect(await type(pdfUrl)).toBe(`inline; filename="${number}.pdf"; filename*=UTF-8''${number}.pdf`)
  expect(await type(`${pdfUrl}&download=1`)).toBe(`attachment; filename="${number}.pdf"; filename*=UTF-8''${number}.pdf`)
})

test('a pro forma is drawn anew, is never kept, and has an ETag of its own', async () => {
  const { data } = await placeOrder(server, 300, { planId: plans.pro })
  const url = data.placeOrder.order.invoicePdfUrl
  const count = await server.services.db.invoiceDocument.count()
  const [first, second] = [await get(url), await get(url)]
  expect(first.headers.get('etag')).toBe(second.headers.get('etag'))
  expect((await get(url, { 'if-none-match': first.headers.get('etag') ?? '' })).status).toBe(304)
  expect(await server.services.db.invoiceDocument.count()).toBe(count)
})

test('when too many documents are being drawn, the answer is 503 with Retry-After at once, and nobody loses theirs', async () => {
  const slow = await startServer({ database: server.database, drawing: { worker: SLOW, maxQueuedRenders: 3 } })
  const { data } = await placeOrder(slow, 301, { planId: plans.pro })
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(data.placeOrder.order.invoicePdfUrl)))
  const busy = answers.filter(({ status }) => status === 503)
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3)
  expect(busy.length).toBe(20 - answers.filter(({ status }) => status === 200).length)
  expect(busy.length).toBeGreaterThan(10)
  expect(busy.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
  await slow.close()
})

describe('while a document takes a second to draw', () => {
  let slow: TestServer
  beforeAll(async () => {
    slow = await startServer({ database: server.database, drawing: { worker: SLOW } })
  })
  afterAll(() => slow.close())
  const open = async ({ id, user: who }: { id: string; user: number }, signal?: AbortSignal) => {
    const response = await fetch(`${slow.url}/invoices/${id}/pdf`, {
      headers: { authorization: `Bearer ${await slow.token(who)}` },
      ...(signal && { signal }),
    })
    return response.status
  }
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
  /** Until a document is being drawn, which holds a transaction open. */
  const drawing = async () => {
    const held = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`
    while ((await server.connections.pool.query(held)).rowCount === 0) await pause(20)
    await pause(100)
  }

  test('one who hangs up does not take it from another who waits', async () => {
    const invoice = await bought()
    const leave = new AbortController()
    const [left, stays] = [open(invoice, leave.signal), open(invoice)]
    await drawing()
    leave.abort()
    await expect(left).rejects.toThrow()
    expect(await stays).toBe(200)
  })

  test('when the last one hangs up, it is not drawn', async () => {
    const invoice = await bought()
    const leave = new AbortController()
    const left = open(invoice, leave.signal)
    await drawing()
    leave.abort()
    await expect(left).rejects.toThrow()
    await pause(1300)
    expect(await stored(invoice.id)).toBeNull()
  })

  test('who comes back at once gets it, and nothing of this is an error in the log', async () => {
    const invoice = await bought()
    const leave = new AbortController()
    const left = open(invoice, leave.signal)
    await drawing()
    leave.abort()
    await expect(left).rejects.toThrow()
    expect(await open(invoice)).toBe(200)
    expect(slow.logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('a server that is told to stop finishes it first', async () => {
    const invoice = await bought()
    const stopping = await startServer({ database: server.database, drawing: { worker: SLOW } })
    const headers = { authorization: `Bearer ${await stopping.token(invoice.user)}` }
    const waiting = fetch(`${stopping.url}/invoices/${invoice.id}/pdf`, { headers })
    await drawing()
    const closed = stopping.close()
    expect((await waiting).status).toBe(200)
    await closed
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
/** Numbers of an order, its invoice and its credit note. They differ from each other. */
let order: number
let invoice: number
let creditNote: number

beforeAll(async () => {
  server = await startServer()
  const { pro } = await createCatalog(server)
  await server.ask(55, '{ me { id } }')
  await applyPlan(server, { userId: '55', planId: pro, amount: 100 })
  for (let count = 0; count < 3; count += 1)
    await server.ask(55, `mutation { placeOrder(input: { planId: "${pro}", replace: true }) { order { id } } }`)
  const { data } = await applyPlan(server, { userId: '55', planId: pro })
  order = rowId(data.applyPlan.order.id)
  const stored = await server.services.db.invoice.findFirstOrThrow({ where: { orderId: order } })
  invoice = rowId(stored.id)
  const credit = `mutation { creditInvoice(input: { invoiceId: "inv_${invoice}", amount: 100 }) { creditNote { id } } }`
  creditNote = rowId((await server.ask('admin', credit)).data.creditInvoice.creditNote.id)
  expect(new Set([order, invoice, creditNote]).size).toBe(3)
})
afterAll(() => server.close())

async function get(path: string): Promise<{ status: number; file: string | undefined }> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${await server.token(55)}` } })
  await response.arrayBuffer()
  return { status: response.status, file: /filename="([^"]*)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] }
}

test('the routes of PDFs accept ids with and without the prefix', async () => {
  const invoiceFile = { status: 200, file: expect.stringMatching(/^INV-2026-\d+\.pdf$/) }
  for (const path of [`/orders/${order}/invoice`, `/orders/ord_${order}/invoice`, `/api/orders/${order}/invoice`])
    expect(await get(path), path).toEqual(invoiceFile)
  for (const path of [`/invoices/${invoice}/pdf`, `/invoices/inv_${invoice}/pdf`, `/invoices/inv_${invoice}.pdf`])
    expect(await get(path), path).toEqual(invoiceFile)
  for (const path of [`/invoices/${creditNote}/pdf`, `/invoices/cn_${creditNote}/pdf`])
    expect(await get(path), path).toEqual({ status: 200, file: expect.stringMatching(/^CN-2026-\d+\.pdf$/) })
})

test('the routes of PDFs return a document only under the prefix of its type', async () => {
  for (const path of [`/invoices/inv_${creditNote}/pdf`, `/invoices/inv_${creditNote}.pdf`, `/invoices/cn_${invoice}/pdf`])
    expect((await get(path)).status, path).toBe(404)
})

test('the routes of PDFs refuse the prefix of another type and what is not an id', async () => {
  for (const path of [
    `/orders/inv_${invoice}/invoice`,
    `/orders/cn_${creditNote}/invoice`,
    `/orders/ord_0${order}/invoice`,
    '/orders/ord_/invoice',
    `/invoices/ord_${order}/pdf`,
    `/invoices/cn_0${creditNote}/pdf`,
    '/invoices/inv_/pdf',
    '/invoices/inv_9007199254740992/pdf',
  ])
    expect((await get(path)).status, path).toBe(400)
  expect((await get('/orders/ord_999999/invoice')).status).toBe(404)
  expect((await get('/invoices/cn_999999/pdf')).status).toBe(404)
})

import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { parseInput } from '../../core/input.js'
import { type ExportedTable, TABLE_FORMATS } from '../../core/table-export.js'
import { principalName } from '../../modules/identity/index.js'
import { exportInvoiceTable, InvoiceStatus } from '../../modules/invoicing/index.js'
import { exportOrders, OrderReason, OrderStatus } from '../../modules/orders/index.js'
import { exportRevenue, exportTax } from '../../modules/reports/index.js'
import type { Services } from '../../modules/services.js'
import { assertBillingEnabled } from '../../modules/settings/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee } from '../rate-limit-policy.js'
import { type Authenticate, requireAdministrator } from './authenticate.js'
import { onClose } from './on-close.js'
import { OpenLimit } from './open-limit.js'

/** The cost of an export, points. */
const EXPORT_COST = 500
const MAX_EXPORTS = 8
const MAX_EXPORTS_PER_PRINCIPAL = 2

interface ExportRouteOptions {
  services: Services
  authenticate: Authenticate
  rateLimiter: RateLimiter
}

/** One of some values, several times or separated by commas: `status=PENDING&status=ACTIVE`, `status=PENDING,ACTIVE`. */
function listOf<T extends Readonly<Record<string, string>>>(values: T) {
  const split = (value: unknown) => (typeof value === 'string' ? value.split(',') : value)
  const expected = `must be one or more of ${Object.keys(values).join(', ')}`
  return z
    .preprocess((value) => (Array.isArray(value) ? value.flatMap(split) : split(value)), z.array(z.string()))
    .refine((found) => found.every((value) => Object.hasOwn(values, value)), expected)
    .transform((found) => found.map((value) => values[value] as T[keyof T]))
    .optional()
}

const text = () => z.string('must be set once').optional()
const time = () =>
  z.iso
    .datetime({ offset: true, error: 'must be a time with a time zone, for example 2026-01-31T00:00:00Z' })
    .transform((value) => new Date(value))
    .optional()
const flag = () =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional()
const common = { customerId: text(), from: time(), to: time(), search: text() }
const orderParameters = z.strictObject({ ...common, planId: text(), status: listOf(OrderStatus), reason: listOf(OrderReason) })
const invoiceParameters = z.strictObject({ ...common, status: listOf(InvoiceStatus), overdue: flag() })
const reportParameters = z.strictObject({ from: z.string('must be set once'), to: z.string('must be set once'), currency: text() })

const PATH = 'query'
const TABLES: Record<string, (services: Services, query: unknown) => Promise<ExportedTable>> = {
  orders: (services, query) => exportOrders(services, PATH, parseInput(orderParameters, PATH, query)),
  invoices: (services, query) => exportInvoiceTable(services, PATH, parseInput(invoiceParameters, PATH, query)),
  revenue: (services, query) => exportRevenue(services, PATH, parseInput(reportParameters, PATH, query)),
  tax: (services, query) => exportTax(services, PATH, parseInput(reportParameters, PATH, query)),
}

/**
 * GET /export/orders.csv, /export/orders.jsonl and the same of invoices, revenue and tax, for administrators. The parameters
 * are the filters of `allOrders` and `allInvoices`, and the arguments of `revenueReport`.
 */
export function exportRoutes(app: FastifyInstance, { services, authenticate, rateLimiter }: ExportRouteOptions): void {
  const open = new OpenLimit({ what: 'exports', max: MAX_EXPORTS, maxPerName: MAX_EXPORTS_PER_PRINCIPAL })
  for (const [name, read] of Object.entries(TABLES)) {
    for (const [format, { contentType, write }] of Object.entries(TABLE_FORMATS)) {
      app.get(`/export/${name}.${format}`, { exposeHeadRoute: false, config: { isDocument: true } }, async (request, reply) => {
        assertBillingEnabled(services.flag)
        const principal = requireAdministrator(await authenticate(request))
        await chargeFee(rateLimiter, { principal, address: request.ip, services }, EXPORT_COST)
        // Before the next `await`, and also if the client disconnected during one of those above.
        onClose(reply.raw, open.acquire(principalName(principal)))
        const table = await read(services, request.query)
        // Reads the next batch when the client has received the previous one, and ends when it disconnects.
        return reply
          .type(contentType)
          .header('content-disposition', `attachment; filename="${name}.${format}"`)
          .header('cache-control', 'private, no-store')
          .send(Readable.from(write(table), { objectMode: false }))
      })
    }
  }
}

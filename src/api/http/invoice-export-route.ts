import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { makeZip } from 'client-zip'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { type DocumentService, exportInvoices } from '../../modules/invoicing/index.js'
import type { Services } from '../../modules/services.js'
import { assertBillingEnabled } from '../../modules/settings/index.js'
import { type Authenticate, requireAdministrator } from './authenticate.js'
import { abortOnDisconnect } from './client-abort-signal.js'

interface ExportRouteOptions {
  services: Services
  authenticate: Authenticate
  documents: DocumentService
}

const isoDay = () => z.iso.date('must be a date, for example 2026-01-31')
const exportRange = z.object({ from: isoDay(), to: isoDay() })

/**
 * GET /admin/invoices.zip?from=2026-01-01&to=2026-03-31, for administrators: the invoice documents of these
 * days, and a table.
 */
export function invoiceExportRoute(app: FastifyInstance, { services, authenticate, documents }: ExportRouteOptions): void {
  app.get('/admin/invoices.zip', { config: { isDocument: true } }, async (request, reply) => {
    const { db, flag, clock, config } = services
    assertBillingEnabled(flag)
    requireAdministrator(await authenticate(request))
    const { from, to } = parseInput(exportRange, 'query', request.query)
    if (to < from) throw invalidInputError('query.to', 'must not be before from')
    const { timeZone } = config.invoices
    const files = exportInvoices({ db, documents, log: request.log, from, to, timeZone, now: clock.now(), stop: abortOnDisconnect(reply) })
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="invoices-${from}-${to}.zip"`)
      .header('cache-control', 'private, no-store')
      .send(Readable.fromWeb(makeZip(files) as ReadableStream))
  })
}

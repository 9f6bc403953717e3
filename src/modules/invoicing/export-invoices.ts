import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { BUSY, DomainError } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { formatDecimal } from '../../core/money.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { DocumentService } from './storage/document-service.js'
import type { StoredPdf } from './storage/stored-pdf.js'

const EXPORT_BATCH_SIZE = 100
const BUSY_RETRY_DELAY_MS = 500
const CSV_COLUMNS = [
  'number',
  'kind',
  'issued',
  'order',
  'customer',
  'country',
  'tax_id',
  'currency',
  'net',
  'tax',
  'total',
  'credits',
  'file',
]

interface ExportRow {
  id: bigint
  number: string
  kind: string
  issuedAt: Date
  orderId: bigint
  name: string
  country: string | null
  taxId: string | null
  currency: string
  subtotal: bigint
  tax: bigint
  total: bigint
  credited: string | null
}

/** A file in the archive. */
export interface ExportedFile {
  name: string
  lastModified: Date
  input: Buffer | AsyncIterable<string | Buffer>
}

interface ExportRequest {
  db: Database
  documents: DocumentService
  log: Logger
  /** First and last day in the seller's time zone, both inclusive, as "2026-01-01". */
  from: string
  to: string
  timeZone: string
  now: Date
  stop: AbortSignal
}

/**
 * Yields a CSV table of all invoices and credit notes issued in the range, followed by their PDFs, oldest
 * first. Rows are read in batches while the archive is written, so memory use does not depend on the length
 * of the range.
 */
export async function* exportInvoices(request: ExportRequest): AsyncGenerator<ExportedFile> {
  // Documents issued during the export are excluded, so that the table and the files match.
  const { _max } = await request.db.invoice.aggregate({ _max: { id: true } })
  const rows = () => readRows(request, _max.id ?? 0n)
  yield { name: 'invoices.csv', lastModified: request.now, input: buildCsvTable(rows()) }
  for await (const row of rows()) {
    const file = await renderWithRetry(request, row)
    if (file) yield file
  }
}

async function* readRows({ db, from, to, timeZone, stop }: ExportRequest, lastId: bigint): AsyncGenerator<ExportRow> {
  let after = { issuedAt: new Date(0), id: 0n }
  for (;;) {
    stop.throwIfAborted()
    const rows: ExportRow[] = await db.$queryRaw(Prisma.sql`
      SELECT id, number, kind, issued_at AS "issuedAt", order_id AS "orderId", currency, subtotal, tax, total,
        snapshot #>> '{buyer,name}' AS name, snapshot #>> '{buyer,country}' AS country, snapshot #>> '{buyer,taxId}' AS "taxId",
        snapshot #>> '{credited,number}' AS credited
      FROM invoices
      WHERE issued_at >= ${from}::date::timestamp AT TIME ZONE ${timeZone}
        AND issued_at < (${to}::date + 1)::timestamp AT TIME ZONE ${timeZone}
        AND (issued_at, id) > (${after.issuedAt}, ${after.id}) AND id <= ${lastId}
      ORDER BY issued_at, id LIMIT ${EXPORT_BATCH_SIZE}`)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < EXPORT_BATCH_SIZE) return
    after = last
  }
}

/** Customers choose their names, so cells that a spreadsheet would run as a formula are escaped. */
async function* buildCsvTable(rows: AsyncIterable<ExportRow>): AsyncGenerator<string> {
  yield `\ufeff${stringify([CSV_COLUMNS])}`
  for await (const row of rows) {
    const { number, kind, issuedAt, orderId, name, country, taxId, currency, credited } = row
    const sign = kind === 'CREDIT_NOTE' ? -1n : 1n
    const [net, tax, total] = [row.subtotal, row.tax, row.total].map((minorUnits) =>
      formatDecimal({ minorUnits: minorUnits * sign, currency }),
    )
    const escapedColumns = stringify([[name, country, taxId]], { escape_formulas: true, record_delimiter: '' })
    const leadingColumns = stringify([[number, kind, issuedAt.toISOString(), orderId]], { record_delimiter: '' })
    yield `${leadingColumns},${escapedColumns},${stringify([[currency, net, tax, total, credited, `${number}.pdf`]])}`
  }
}

/** If a document cannot be rendered, a placeholder file takes its place and the export continues. */
async function renderWithRetry(
  { documents, log, stop }: ExportRequest,
  { id, number, issuedAt }: ExportRow,
): Promise<ExportedFile | undefined> {
  for (;;) {
    try {
      const pdf = await documents.getPdf(id, stop)
      const bytes = await pdf.read({ signal: stop })
      return { name: `${number}.pdf`, lastModified: issuedAt, input: Buffer.isBuffer(bytes) ? bytes : readWithRetry(pdf, bytes, stop) }
    } catch (error) {
      stop.throwIfAborted()
      if (isBusy(error)) await pause(BUSY_RETRY_DELAY_MS)
      else {
        log.error({ err: error, number }, 'rendering failed, invoice exported without its PDF')
        return {
          name: `${number}.missing.txt`,
          lastModified: issuedAt,
          input: Buffer.from('This document could not be rendered. The log contains the reason.\n'),
        }
      }
    }
  }
}

/** Waits while the store is unavailable, and then continues where it has stopped. */
async function* readWithRetry(pdf: StoredPdf, chunks: AsyncIterable<Buffer>, stop: AbortSignal): AsyncGenerator<Buffer> {
  let rest = chunks
  for (let sent = 0; sent < pdf.size; ) {
    try {
      for await (const chunk of rest) {
        yield chunk
        sent += chunk.byteLength
      }
    } catch (error) {
      if (!isBusy(error)) throw error
      await pause(BUSY_RETRY_DELAY_MS)
      rest = readFrom(pdf, sent, stop)
    }
  }
}

async function* readFrom(pdf: StoredPdf, start: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const bytes = await pdf.read({ range: { start, end: pdf.size }, signal })
  if (Buffer.isBuffer(bytes)) yield bytes
  else yield* bytes
}

function isBusy(error: unknown): boolean {
  return error instanceof DomainError && error.is(BUSY)
}

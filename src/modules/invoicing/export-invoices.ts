import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { DomainError } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { formatDecimal } from '../../core/money.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { DocumentService } from './storage/document-service.js'

const BATCH = 100
const BUSY_RETRY_DELAY_MS = 500
const COLUMNS = ['number', 'kind', 'issued', 'order', 'customer', 'country', 'tax_id', 'currency', 'net', 'tax', 'total', 'credits', 'file']

interface ExportRow {
  id: number
  number: string
  kind: string
  issuedAt: Date
  orderId: number
  name: string
  country: string | null
  taxId: string | null
  currency: string
  subtotal: bigint
  tax: bigint
  total: bigint
  credited: string | null
}

/** A file of the archive. */
export interface ExportedFile {
  name: string
  lastModified: Date
  input: Buffer | AsyncIterable<string>
}

interface ExportRequest {
  db: Database
  documents: DocumentService
  log: Logger
  /** Days of the seller's calendar, both included: "2026-01-01". */
  from: string
  to: string
  timeZone: string
  now: Date
  stop: AbortSignal
}

/**
 * Every document that was issued in those days, oldest first, after a table of them. Read in batches as the archive is
 * written, so that a year takes no more memory than a day.
 */
export async function* exportInvoices(wanted: ExportRequest): AsyncGenerator<ExportedFile> {
  // What is issued meanwhile is left for the next time, so that table and files are of the same documents.
  const { _max } = await wanted.db.invoice.aggregate({ _max: { id: true } })
  const rows = () => readRows(wanted, _max.id ?? 0)
  yield { name: 'invoices.csv', lastModified: wanted.now, input: buildCsvTable(rows()) }
  for await (const row of rows()) {
    const file = await renderWithRetry(wanted, row)
    if (file) yield file
  }
}

async function* readRows({ db, from, to, timeZone, stop }: ExportRequest, lastId: number): AsyncGenerator<ExportRow> {
  let after = { issuedAt: new Date(0), id: 0 }
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
      ORDER BY issued_at, id LIMIT ${BATCH}`)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = last
  }
}

/** A cell that a spreadsheet would take for a formula is made text: customers choose their names. */
async function* buildCsvTable(rows: AsyncIterable<ExportRow>): AsyncGenerator<string> {
  yield `\ufeff${stringify([COLUMNS])}`
  for await (const row of rows) {
    const { number, kind, issuedAt, orderId, name, country, taxId, currency, credited } = row
    const sign = kind === 'CREDIT_NOTE' ? -1n : 1n
    const [net, tax, total] = [row.subtotal, row.tax, row.total].map((minorUnits) =>
      formatDecimal({ minorUnits: minorUnits * sign, currency }),
    )
    const texts = stringify([[name, country, taxId]], { escape_formulas: true, record_delimiter: '' })
    const before = stringify([[number, kind, issuedAt.toISOString(), orderId]], { record_delimiter: '' })
    yield `${before},${texts},${stringify([[currency, net, tax, total, credited, `${number}.pdf`]])}`
  }
}

/** One document that cannot be drawn does not keep the others back: a note stands in its place. */
async function renderWithRetry(
  { documents, log, stop }: ExportRequest,
  { id, number, issuedAt }: ExportRow,
): Promise<ExportedFile | undefined> {
  for (;;) {
    try {
      const { bytes } = await documents.getPdf(id, stop)
      return { name: `${number}.pdf`, lastModified: issuedAt, input: await bytes() }
    } catch (error) {
      stop.throwIfAborted()
      if (error instanceof DomainError && error.code === 'BUSY') await pause(BUSY_RETRY_DELAY_MS)
      else {
        log.error({ err: error, number }, 'a document is missing from an export')
        return {
          name: `${number}.missing.txt`,
          lastModified: issuedAt,
          input: Buffer.from('This document could not be drawn. The log says why.\n'),
        }
      }
    }
  }
}

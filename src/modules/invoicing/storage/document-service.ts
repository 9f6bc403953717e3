import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import type { Clock } from '../../../core/clock.js'
import type { Database } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import type { RawQuery } from '../../../platform/postgres/raw-query.js'
import { readRow } from '../../../platform/postgres/run-statement.js'
import { bind } from '../../../platform/postgres/statement.js'
import { canView, type UserPrincipal } from '../../identity/index.js'
import { orderNotFoundError } from '../../orders/index.js'
import { buildPaymentReceipt, type ReceiptServices } from '../build-receipt.js'
import { type DocumentSnapshot, parseDocumentSnapshot } from '../document-snapshot.js'
import { INSERT_DOCUMENT } from '../invoicing.statements.js'
import {
  buildOrderDocument,
  findIssuedInvoice,
  findIssuedInvoiceForOrder,
  type IssuedInvoice,
  invoiceNotFoundError,
} from '../issued-invoice.queries.js'
import { MAX_QUEUED_RENDERS, type PdfRenderer, TEMPLATE_VERSION, tooManyRendersError } from '../pdf/pdf-renderer.js'
import type { ReceiptPayment } from '../receipt.queries.js'
import { CHUNK_BYTES, digestOf } from './document-chunks.js'
import { DocumentReader, isUnrendered, type UnrenderedDocument } from './document-reader.js'
import type { DocumentStore } from './document-store.js'
import { SharedWork } from './shared-work.js'
import { pdfInMemory, type StoredPdf } from './stored-pdf.js'

interface DocumentServiceOptions {
  db: Database
  rawQuery: RawQuery
  clock: Clock
  renderer: PdfRenderer
  store: DocumentStore
}

const MAX_CONCURRENT_RENDERS = 2
const MAX_CACHED_INVOICES = 20_000

/**
 * The PDFs of issued documents. Each is rendered once, on the first request or by its job, and never changes.
 */
export class DocumentService {
  readonly #options: DocumentServiceOptions
  readonly #reader: DocumentReader
  readonly #renders = new SharedWork<bigint, StoredPdf>()
  /** Replaced as a whole, so that a read in progress writes to the previous cache. */
  #issuedInvoices = createCache()
  /** By the id of the order. */
  #invoicesOfOrders = createCache()
  readonly #limit = pLimit(MAX_CONCURRENT_RENDERS)

  constructor(options: DocumentServiceOptions) {
    this.#options = options
    this.#reader = new DocumentReader(options.rawQuery, options.store)
  }

  /** Number of documents that wait to be rendered. */
  get queuedRenders(): number {
    return this.#limit.pendingCount + this.#options.renderer.queueSize
  }

  /**
   * @param principal  undefined for a valid link
   * @throws INVOICE_NOT_FOUND when the invoice does not exist or the principal may not view it
   */
  async getIssuedInvoice(
    id: bigint,
    principal: UserPrincipal | undefined,
    type: 'Invoice' | 'CreditNote' | undefined,
  ): Promise<IssuedInvoice> {
    const { db } = this.#options
    const issuedInvoices = this.#issuedInvoices
    const issued = issuedInvoices.get(id) ?? (await findIssuedInvoice(db, id))
    if (issued) issuedInvoices.set(id, issued)
    const isOtherType = type !== undefined && (issued?.kind === 'CREDIT_NOTE') !== (type === 'CreditNote')
    if (!issued || isOtherType || (principal && !(await canView(db, principal, issued)))) throw invoiceNotFoundError(id)
    return issued
  }

  /**
   * The invoice or payment statement of an order.
   * @param principal  undefined for a valid link
   * @returns undefined if none is issued
   * @throws ORDER_NOT_FOUND when the principal may not view it
   */
  async findIssuedInvoiceOfOrder(orderId: bigint, principal: UserPrincipal | undefined): Promise<IssuedInvoice | undefined> {
    const { db } = this.#options
    const invoicesOfOrders = this.#invoicesOfOrders
    const issued = invoicesOfOrders.get(orderId) ?? (await findIssuedInvoiceForOrder(db, orderId))
    if (!issued) return undefined
    invoicesOfOrders.set(orderId, issued)
    // The customer of an invoice is that of its order.
    if (principal && !(await canView(db, principal, issued))) throw orderNotFoundError(orderId)
    return issued
  }

  /**
   * @param signal  aborted when the client disconnects; the render stops when all of its clients have
   * disconnected
   */
  async getPdf(invoiceId: bigint, signal?: AbortSignal): Promise<StoredPdf> {
    const found = await this.#reader.find(invoiceId)
    if (!found) throw invoiceNotFoundError(invoiceId)
    return isUnrendered(found) ? this.#renders.run(invoiceId, (stop) => this.#render(invoiceId, found, stop), signal) : found
  }

  /** @returns undefined if the document is not rendered yet */
  async findRendered(invoiceId: bigint): Promise<StoredPdf | undefined> {
    const found = await this.#reader.find(invoiceId)
    return found && !isUnrendered(found) ? found : undefined
  }

  /** For the demo reset, after which other invoices can have the same ids. */
  invalidateCaches(): void {
    this.#issuedInvoices = createCache()
    this.#invoicesOfOrders = createCache()
    this.#reader.invalidateCache()
  }

  /**
   * Renders the document of an order without an invoice for every request, and does not store it, because it is not an
   * issued document.
   * @returns the PDF with the name of its file, such as "pro-forma-101"
   */
  async renderOrderDocument(services: ReceiptServices, order: Order, signal?: AbortSignal): Promise<{ name: string; pdf: StoredPdf }> {
    const document = await buildOrderDocument(services, order)
    const name = `${document.kind.toLowerCase().replaceAll('_', '-')}-${order.id}`
    return { name, pdf: await this.#renderUnstored(document, signal) }
  }

  /** Renders the receipt of a payment for every request, because the payment may be refunded or reversed. */
  async renderReceipt(services: ReceiptServices, payment: ReceiptPayment, signal?: AbortSignal): Promise<{ name: string; pdf: StoredPdf }> {
    const document = await buildPaymentReceipt(services, payment)
    return { name: `receipt-payment-${payment.id}`, pdf: await this.#renderUnstored(document, signal) }
  }

  async #renderUnstored(document: DocumentSnapshot, signal?: AbortSignal): Promise<StoredPdf> {
    const bytes = await this.#options.renderer.render(document, signal)
    return pdfInMemory({ sha256: digestOf(bytes), bytes })
  }

  /** Limits concurrent renders, so that invoices leave threads to pro formas. */
  async #render(invoiceId: bigint, document: UnrenderedDocument, stop: AbortSignal): Promise<StoredPdf> {
    if (this.#limit.pendingCount >= MAX_QUEUED_RENDERS) throw tooManyRendersError()
    return this.#limit(() => this.#renderAndStore(invoiceId, document, stop))
  }

  /**
   * Renders and uploads without a transaction, because either can take seconds. Another process may render the
   * same document meanwhile. The bytes are the same, and both return the row that was written first.
   */
  async #renderAndStore(invoiceId: bigint, { number, snapshot }: UnrenderedDocument, stop: AbortSignal): Promise<StoredPdf> {
    const { renderer, store } = this.#options
    stop.throwIfAborted()
    const bytes = await renderer.render(parseDocumentSnapshot(snapshot), stop)
    const sha256 = digestOf(bytes)
    const bytesInRow = await store.put({ number, sha256 }, bytes)
    const isFirst = await this.#insert(invoiceId, { sha256, size: bytes.byteLength, bytes: bytesInRow })
    // A large document is read from where it is stored, so that slow clients do not hold it in memory.
    const stored = isFirst && bytes.byteLength <= CHUNK_BYTES ? undefined : await this.findRendered(invoiceId)
    return stored ?? pdfInMemory({ sha256, bytes })
  }

  /** @returns false if another process has stored the document already */
  async #insert(invoiceId: bigint, document: { sha256: Buffer; size: number; bytes: Buffer | null }): Promise<boolean> {
    const { db, clock } = this.#options
    const values = { ...document, invoiceId, templateVersion: TEMPLATE_VERSION, drawnAt: clock.now() }
    return (await readRow(db, bind(INSERT_DOCUMENT, values))) !== undefined
  }
}

/** The entries never become stale, because the database rejects changes to issued invoices. */
function createCache() {
  return new LRUCache<bigint, IssuedInvoice>({ max: MAX_CACHED_INVOICES })
}

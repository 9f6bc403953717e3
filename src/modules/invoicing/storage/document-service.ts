import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import type { Clock } from '../../../core/clock.js'
import type { Database } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { canView, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { parseDocumentSnapshot } from '../document-snapshot.js'
import { buildOrderDocument, findIssuedInvoice, type IssuedInvoice, invoiceNotFoundError } from '../issued-invoice.queries.js'
import { TEMPLATE_VERSION } from '../pdf/draw-invoice.js'
import { MAX_QUEUED_RENDERS, type PdfRenderer, tooManyRendersError } from '../pdf/pdf-renderer.js'
import type { DocumentKey, DocumentStore } from './document-store.js'

/** A PDF whose bytes are loaded on demand. */
export interface StoredPdf {
  readonly sha256: Buffer
  readonly size: number
  bytes(): Promise<Buffer>
}

interface DocumentServiceOptions {
  db: Database
  clock: Clock
  renderer: PdfRenderer
  store: DocumentStore
}

interface CachedPdf {
  sha256: Buffer
  bytes: Buffer
}

const MAX_CONCURRENT_RENDERS = 2
const MAX_CACHED_INVOICES = 20_000
const MAX_PDF_CACHE_BYTES = 33_554_432

const DOCUMENT_COLUMNS = { sha256: true, size: true, invoice: { select: { number: true } } } as const

/**
 * The PDFs of issued documents. Each is rendered once, on the first request or by its job, and never changes.
 */
export class DocumentService {
  readonly #options: DocumentServiceOptions
  readonly #renders = new Map<bigint, SharedRender>()
  /** Replaced as a whole, so that a read in progress writes to the previous caches. */
  #caches = createCaches()
  readonly #limit = pLimit(MAX_CONCURRENT_RENDERS)

  constructor(options: DocumentServiceOptions) {
    this.#options = options
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
    const { issuedInvoices } = this.#caches
    const issued = issuedInvoices.get(id) ?? (await findIssuedInvoice(db, id))
    if (issued) issuedInvoices.set(id, issued)
    const isOtherType = type !== undefined && (issued?.kind === 'CREDIT_NOTE') !== (type === 'CreditNote')
    if (!issued || isOtherType || (principal && !(await canView(db, principal, issued)))) throw invoiceNotFoundError(id)
    return issued
  }

  /**
   * @param signal  aborted when the client disconnects; the render stops when all of its clients have
   * disconnected
   */
  async getPdf(invoiceId: bigint, signal?: AbortSignal): Promise<StoredPdf> {
    return (await this.findRendered(invoiceId)) ?? (await this.#render(invoiceId, signal))
  }

  /** @returns undefined if the document is not rendered yet */
  async findRendered(invoiceId: bigint): Promise<StoredPdf | undefined> {
    const cached = this.#caches.pdfs.get(invoiceId)
    return cached ? inMemory(cached) : this.#find(invoiceId)
  }

  /** For the demo reset, after which other invoices can have the same ids. */
  invalidateCaches(): void {
    this.#caches = createCaches()
  }

  /**
   * Renders the document of an order without an invoice for every request, and does not store it, because it is not an
   * issued document.
   * @returns the PDF with the name of its file, such as "pro-forma-101"
   */
  async renderOrderDocument(
    services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
    order: Order,
    signal?: AbortSignal,
  ): Promise<{ name: string; pdf: StoredPdf }> {
    const document = await buildOrderDocument(services, order)
    const bytes = await this.#options.renderer.render(document, signal)
    const name = `${document.kind.toLowerCase().replaceAll('_', '-')}-${order.id}`
    return { name, pdf: inMemory({ sha256: sha256(bytes), bytes }) }
  }

  async #find(invoiceId: bigint): Promise<StoredPdf | undefined> {
    const row = await this.#options.db.invoiceDocument.findUnique({ where: { invoiceId }, select: DOCUMENT_COLUMNS })
    if (!row) return undefined
    const key = { number: row.invoice.number, sha256: Buffer.from(row.sha256) }
    return { sha256: key.sha256, size: row.size, bytes: () => this.#loadBytes(invoiceId, key) }
  }

  async #loadBytes(invoiceId: bigint, key: DocumentKey): Promise<Buffer> {
    const { db, store } = this.#options
    const { pdfs } = this.#caches
    const row = await db.invoiceDocument.findUniqueOrThrow({ where: { invoiceId }, select: { bytes: true } })
    const bytes = await store.get(key, row.bytes)
    pdfs.set(invoiceId, { sha256: key.sha256, bytes })
    return bytes
  }

  /** Concurrent requests in this process share one render. */
  async #render(invoiceId: bigint, signal: AbortSignal | undefined): Promise<StoredPdf> {
    const running = this.#renders.get(invoiceId)
    const render = running && !running.isAborted ? running : this.#start(invoiceId)
    this.#renders.set(invoiceId, render)
    try {
      return await render.wait(signal)
    } finally {
      if (this.#renders.get(invoiceId) === render) this.#renders.delete(invoiceId)
    }
  }

  /** Limits concurrent renders, so that invoices leave threads to pro formas. */
  #start(invoiceId: bigint): SharedRender {
    if (this.#limit.pendingCount >= MAX_QUEUED_RENDERS) throw tooManyRendersError()
    return new SharedRender((stop) => this.#limit(() => this.#renderAndStore(invoiceId, stop)))
  }

  /**
   * Renders and uploads without a transaction, because either can take seconds. Another process may render the
   * same document meanwhile. The bytes are the same, and both return the row that was written first.
   */
  async #renderAndStore(invoiceId: bigint, stop: AbortSignal): Promise<StoredPdf> {
    const { db, renderer, store } = this.#options
    stop.throwIfAborted()
    const rendered = await this.#find(invoiceId)
    if (rendered) return rendered
    const { number, snapshot } = await db.invoice.findUniqueOrThrow({
      where: { id: invoiceId },
      select: { number: true, snapshot: true },
    })
    const bytes = await renderer.render(parseDocumentSnapshot(snapshot), stop)
    const digest = sha256(bytes)
    const bytesInRow = await store.put({ number, sha256: digest }, bytes)
    const isFirst = await this.#insert(invoiceId, { sha256: digest, size: bytes.byteLength, bytes: bytesInRow })
    const stored = isFirst ? undefined : await this.#find(invoiceId)
    return stored ?? inMemory({ sha256: digest, bytes })
  }

  /** @returns false if another process has stored the document already */
  async #insert(invoiceId: bigint, document: { sha256: Buffer; size: number; bytes: Buffer | null }): Promise<boolean> {
    const { db, clock } = this.#options
    const { count } = await db.invoiceDocument.createMany({
      data: {
        invoiceId,
        sha256: new Uint8Array(document.sha256),
        size: document.size,
        templateVersion: TEMPLATE_VERSION,
        drawnAt: clock.now(),
        bytes: document.bytes && new Uint8Array(document.bytes),
      },
      skipDuplicates: true,
    })
    return count === 1
  }
}

/** A PDF whose bytes are already loaded. */
function inMemory({ sha256, bytes }: CachedPdf): StoredPdf {
  return { sha256, size: bytes.byteLength, bytes: async () => bytes }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** One render that several requests can wait for. */
class SharedRender {
  readonly #result: Promise<StoredPdf>
  readonly #stop = new AbortController()
  #waiting = 0

  constructor(start: (stop: AbortSignal) => Promise<StoredPdf>) {
    this.#result = start(this.#stop.signal)
  }

  /** True once every waiter has disconnected; the render then fails. */
  get isAborted(): boolean {
    return this.#stop.signal.aborted
  }

  async wait(signal: AbortSignal | undefined): Promise<StoredPdf> {
    this.#waiting += 1
    const disconnect = () => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#stop.abort()
    }
    if (signal?.aborted) disconnect()
    else signal?.addEventListener('abort', disconnect, { once: true })
    try {
      return await this.#result
    } finally {
      signal?.removeEventListener('abort', disconnect)
    }
  }
}

/** The entries never become stale, because the database rejects changes to issued invoices and their documents. */
function createCaches() {
  return {
    issuedInvoices: new LRUCache<bigint, IssuedInvoice>({ max: MAX_CACHED_INVOICES }),
    pdfs: new LRUCache<bigint, CachedPdf>({ maxSize: MAX_PDF_CACHE_BYTES, sizeCalculation: ({ bytes }) => bytes.byteLength }),
  }
}

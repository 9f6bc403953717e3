import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import type { Clock } from '../../../core/clock.js'
import type { Database } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import { buildProForma } from '../issued-invoice.queries.js'
import { TEMPLATE_VERSION } from '../pdf/draw-invoice.js'
import { MAX_QUEUED_RENDERS, type PdfRenderer, tooManyRendersError } from '../pdf/pdf-renderer.js'
import type { DocumentKey, DocumentStore } from './document-store.js'

/** Its bytes are fetched only when they are needed. */
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
const MAX_CACHE_BYTES = 33_554_432

const COLUMNS = { sha256: true, size: true, invoice: { select: { number: true } } } as const

/** The files of issued documents. Each is drawn once, by whoever needs it first, and is then the same for ever. */
export class DocumentService {
  readonly #parts: DocumentServiceOptions
  readonly #drawing = new Map<number, SharedRender>()
  /** What was fetched lately, for a document never changes. */
  readonly #kept = new LRUCache<number, CachedPdf>({ maxSize: MAX_CACHE_BYTES, sizeCalculation: ({ bytes }) => bytes.byteLength })
  readonly #limit = pLimit(MAX_CONCURRENT_RENDERS)

  constructor(parts: DocumentServiceOptions) {
    this.#parts = parts
  }

  /** How many wait to be drawn. */
  get queuedRenders(): number {
    return this.#limit.pendingCount + this.#parts.renderer.waiting
  }

  /** @param signal  of a caller who may go away; the drawing stops when nobody waits for it any more */
  async getPdf(invoiceId: number, signal?: AbortSignal): Promise<StoredPdf> {
    return (await this.findDrawn(invoiceId)) ?? (await this.#draw(invoiceId, signal))
  }

  /** @returns undefined for a document that still has to be drawn */
  async findDrawn(invoiceId: number): Promise<StoredPdf | undefined> {
    const kept = this.#kept.get(invoiceId)
    return kept ? inMemory(kept) : this.#find(this.#parts.db, invoiceId)
  }

  /** For the demo, whose invoices can be replaced by others with the same ids. */
  forget(): void {
    this.#kept.clear()
  }

  /** Drawn anew each time, and not kept: it is no document yet. */
  async renderProForma(services: Services, order: Order, signal?: AbortSignal): Promise<StoredPdf> {
    const bytes = await this.#parts.renderer.render(await buildProForma(services, order), signal)
    return inMemory({ sha256: sha256(bytes), bytes })
  }

  async #find(db: Pick<Database, 'invoiceDocument'>, invoiceId: number): Promise<StoredPdf | undefined> {
    const row = await db.invoiceDocument.findUnique({ where: { invoiceId }, select: COLUMNS })
    if (!row) return undefined
    const key = { number: row.invoice.number, sha256: Buffer.from(row.sha256) }
    return { sha256: key.sha256, size: row.size, bytes: () => this.#bytes(invoiceId, key) }
  }

  async #bytes(invoiceId: number, key: DocumentKey): Promise<Buffer> {
    const { db, store } = this.#parts
    const row = await db.invoiceDocument.findUniqueOrThrow({ where: { invoiceId }, select: { bytes: true } })
    const bytes = await store.get(key, row.bytes)
    this.#kept.set(invoiceId, { sha256: key.sha256, bytes })
    return bytes
  }

  /** Everybody in this process who asks meanwhile waits for the same drawing. */
  async #draw(invoiceId: number, signal: AbortSignal | undefined): Promise<StoredPdf> {
    const underWay = this.#drawing.get(invoiceId)
    const drawing = underWay && !underWay.isAborted ? underWay : this.#start(invoiceId)
    this.#drawing.set(invoiceId, drawing)
    try {
      return await drawing.wait(signal)
    } finally {
      if (this.#drawing.get(invoiceId) === drawing) this.#drawing.delete(invoiceId)
    }
  }

  /** Few at a time: each holds a connection of the pool, which others need. */
  #start(invoiceId: number): SharedRender {
    if (this.#limit.pendingCount >= MAX_QUEUED_RENDERS) throw tooManyRendersError()
    return new SharedRender((stop) => this.#limit(() => this.#drawOnce(invoiceId, stop)))
  }

  /** The lock on the invoice makes other processes wait, and find the document drawn. */
  #drawOnce(invoiceId: number, stop: AbortSignal): Promise<StoredPdf> {
    const { db, clock, renderer, store } = this.#parts
    stop.throwIfAborted()
    return runTransaction(db, async (tx) => {
      await tx.$queryRaw`SELECT id FROM invoices WHERE id = ${invoiceId} FOR NO KEY UPDATE`
      const drawn = await this.#find(tx, invoiceId)
      if (drawn) return drawn
      const { number, snapshot } = await tx.invoice.findUniqueOrThrow({
        where: { id: invoiceId },
        select: { number: true, snapshot: true },
      })
      const bytes = await renderer.render(snapshot as unknown as DocumentSnapshot, stop)
      const digest = sha256(bytes)
      const inRow = await store.put({ number, sha256: digest }, bytes)
      const data = {
        invoiceId,
        sha256: digest,
        size: bytes.byteLength,
        templateVersion: TEMPLATE_VERSION,
        drawnAt: clock.now(),
        bytes: inRow,
      }
      await tx.invoiceDocument.create({ data: data as never })
      return inMemory({ sha256: digest, bytes })
    })
  }
}

/** A document whose bytes need not be fetched. */
function inMemory({ sha256, bytes }: CachedPdf): StoredPdf {
  return { sha256, size: bytes.byteLength, bytes: async () => bytes }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** One drawing and those who wait for it. */
class SharedRender {
  readonly #result: Promise<StoredPdf>
  readonly #stop = new AbortController()
  #waiting = 0

  constructor(start: (stop: AbortSignal) => Promise<StoredPdf>) {
    this.#result = start(this.#stop.signal)
  }

  /** Everybody who waited has gone: it will fail. */
  get isAborted(): boolean {
    return this.#stop.signal.aborted
  }

  async wait(signal: AbortSignal | undefined): Promise<StoredPdf> {
    this.#waiting += 1
    const leave = () => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#stop.abort()
    }
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
    try {
      return await this.#result
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }
}

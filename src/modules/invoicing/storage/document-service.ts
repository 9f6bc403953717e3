import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import type { Clock } from '../../../core/clock.js'
import type { Database } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { transact } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import { proForma } from '../issued-invoice.queries.js'
import { TEMPLATE_VERSION } from '../pdf/draw-invoice.js'
import { MAX_WAITING, type Renderer, tooBusy } from '../pdf/pdf-renderer.js'
import type { DocumentKey, DocumentStore } from './document-store.js'

/** Its bytes are fetched only when they are needed. */
export interface DrawnDocument {
  readonly sha256: Buffer
  readonly size: number
  bytes(): Promise<Buffer>
}

interface Parts {
  db: Database
  clock: Clock
  renderer: Renderer
  store: DocumentStore
}

interface Kept {
  sha256: Buffer
  bytes: Buffer
}

const AT_ONCE = 2
const MOST_KEPT_BYTES = 33_554_432

const COLUMNS = { sha256: true, size: true, invoice: { select: { number: true } } } as const

/** The files of issued documents. Each is drawn once, by whoever needs it first, and is then the same for ever. */
export class Documents {
  readonly #parts: Parts
  readonly #drawing = new Map<number, Drawing>()
  /** What was fetched lately, for a document never changes. */
  readonly #kept = new LRUCache<number, Kept>({ maxSize: MOST_KEPT_BYTES, sizeCalculation: ({ bytes }) => bytes.byteLength })
  readonly #limit = pLimit(AT_ONCE)

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** How many wait to be drawn. */
  get waiting(): number {
    return this.#limit.pendingCount + this.#parts.renderer.waiting
  }

  /** @param signal  of a caller who may go away; the drawing stops when nobody waits for it any more */
  async of(invoiceId: number, signal?: AbortSignal): Promise<DrawnDocument> {
    return (await this.findDrawn(invoiceId)) ?? (await this.#draw(invoiceId, signal))
  }

  /** @returns undefined for a document that still has to be drawn */
  async findDrawn(invoiceId: number): Promise<DrawnDocument | undefined> {
    const kept = this.#kept.get(invoiceId)
    return kept ? atHand(kept) : this.#find(this.#parts.db, invoiceId)
  }

  /** For the demo, whose invoices can be replaced by others with the same ids. */
  forget(): void {
    this.#kept.clear()
  }

  /** Drawn anew each time, and not kept: it is no document yet. */
  async proForma(services: Services, order: Order, signal?: AbortSignal): Promise<DrawnDocument> {
    const bytes = await this.#parts.renderer.render(await proForma(services, order), signal)
    return atHand({ sha256: sha256Of(bytes), bytes })
  }

  async #find(db: Pick<Database, 'invoiceDocument'>, invoiceId: number): Promise<DrawnDocument | undefined> {
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
  async #draw(invoiceId: number, signal: AbortSignal | undefined): Promise<DrawnDocument> {
    const underWay = this.#drawing.get(invoiceId)
    const drawing = underWay && !underWay.abandoned ? underWay : this.#start(invoiceId)
    this.#drawing.set(invoiceId, drawing)
    try {
      return await drawing.wait(signal)
    } finally {
      if (this.#drawing.get(invoiceId) === drawing) this.#drawing.delete(invoiceId)
    }
  }

  /** Few at a time: each holds a connection of the pool, which others need. */
  #start(invoiceId: number): Drawing {
    if (this.#limit.pendingCount >= MAX_WAITING) throw tooBusy()
    return new Drawing((stop) => this.#limit(() => this.#drawOnce(invoiceId, stop)))
  }

  /** The lock on the invoice makes other processes wait, and find the document drawn. */
  #drawOnce(invoiceId: number, stop: AbortSignal): Promise<DrawnDocument> {
    const { db, clock, renderer, store } = this.#parts
    stop.throwIfAborted()
    return transact(db, async (tx) => {
      await tx.$queryRaw`SELECT id FROM invoices WHERE id = ${invoiceId} FOR NO KEY UPDATE`
      const drawn = await this.#find(tx, invoiceId)
      if (drawn) return drawn
      const { number, snapshot } = await tx.invoice.findUniqueOrThrow({
        where: { id: invoiceId },
        select: { number: true, snapshot: true },
      })
      const bytes = await renderer.render(snapshot as unknown as DocumentSnapshot, stop)
      const sha256 = sha256Of(bytes)
      const inRow = await store.put({ number, sha256 }, bytes)
      const data = { invoiceId, sha256, size: bytes.byteLength, templateVersion: TEMPLATE_VERSION, drawnAt: clock.now(), bytes: inRow }
      await tx.invoiceDocument.create({ data: data as never })
      return atHand({ sha256, bytes })
    })
  }
}

/** A document whose bytes need not be fetched. */
function atHand({ sha256, bytes }: Kept): DrawnDocument {
  return { sha256, size: bytes.byteLength, bytes: async () => bytes }
}

function sha256Of(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** One drawing and those who wait for it. */
class Drawing {
  readonly #result: Promise<DrawnDocument>
  readonly #stop = new AbortController()
  #waiting = 0

  constructor(start: (stop: AbortSignal) => Promise<DrawnDocument>) {
    this.#result = start(this.#stop.signal)
  }

  /** Everybody who waited has gone: it will fail. */
  get abandoned(): boolean {
    return this.#stop.signal.aborted
  }

  async wait(signal: AbortSignal | undefined): Promise<DrawnDocument> {
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

import { LRUCache } from 'lru-cache'
import { Prisma } from '../../../platform/postgres/generated/client.js'
import type { RawQuery } from '../../../platform/postgres/raw-query.js'
import { CHUNK_BYTES, type ChunkedDocument, digestChunks, loadChunk } from './document-chunks.js'
import type { ByteRange, DocumentKey, DocumentStore } from './document-store.js'
import { SharedWork } from './shared-work.js'
import { pdfInChunks, pdfInMemory, type StoredPdf } from './stored-pdf.js'

const MAX_PDF_CACHE_BYTES = 33_554_432
/** Those of 2 GB of documents. */
const MAX_CACHED_DIGESTS = 16_384

/** A document that is not rendered yet. */
export interface UnrenderedDocument {
  readonly number: string
  /** As it is stored. */
  readonly snapshot: unknown
}

interface DocumentRow extends DocumentKey {
  size: number
  isInStore: boolean
  /** Null unless the document is in the row and has one chunk. */
  bytes: Buffer | null
}

/**
 * Reads stored documents, from their rows or from the document store. Documents of one chunk are read as a whole and
 * cached. Larger ones are read in chunks by short statements or requests, so that a slow client holds one chunk and
 * no connection. Their first read in a process determines the digests of their chunks.
 */
export class DocumentReader {
  readonly #rawQuery: RawQuery
  readonly #store: DocumentStore
  /** Replaced as a whole, so that a read in progress writes to the previous cache. */
  #pdfs = createCache()
  /** By the digest of the document. */
  readonly #digests = new LRUCache<string, Buffer[]>({ maxSize: MAX_CACHED_DIGESTS, sizeCalculation: ({ length }) => length })
  readonly #verifications = new SharedWork<string, Buffer[]>()

  constructor(rawQuery: RawQuery, store: DocumentStore) {
    this.#rawQuery = rawQuery
    this.#store = store
  }

  /** @returns what it is rendered from if it is not stored; undefined if the invoice does not exist */
  async find(invoiceId: bigint): Promise<StoredPdf | UnrenderedDocument | undefined> {
    return this.#pdfs.get(invoiceId) ?? this.#findRow(invoiceId)
  }

  invalidateCache(): void {
    this.#pdfs = createCache()
  }

  async #findRow(invoiceId: bigint): Promise<StoredPdf | UnrenderedDocument | undefined> {
    const pdfs = this.#pdfs
    const [row] = await this.#rawQuery<DocumentRow | UnrenderedDocument>(Prisma.sql`
      SELECT i.number, d.sha256, d.size, d.bytes IS NULL AS "isInStore", CASE WHEN d.size <= ${CHUNK_BYTES} THEN d.bytes END AS bytes,
        CASE WHEN d.invoice_id IS NULL THEN i.snapshot END AS snapshot
      FROM invoice_documents d RIGHT JOIN invoices i ON i.id = d.invoice_id WHERE i.id = ${invoiceId}`)
    if (!row || isUnrendered(row)) return row
    const document: ChunkedDocument = { ...row, load: (range, signal) => this.#load(invoiceId, row, range, signal) }
    if (row.size > CHUNK_BYTES) return pdfInChunks(document, (signal) => this.#determineDigests(document, signal))
    const { sha256, size } = row
    return {
      sha256,
      size,
      read: async (options = {}) => {
        // The digest of the only chunk is that of the document.
        const pdf = pdfInMemory({ sha256, bytes: await loadChunk(document, [sha256], 0, options.signal) })
        pdfs.set(invoiceId, pdf)
        return pdf.read(options)
      },
    }
  }

  async #load(invoiceId: bigint, row: DocumentRow, range: ByteRange, signal: AbortSignal | undefined): Promise<Buffer> {
    if (row.bytes) return row.bytes
    if (row.isInStore) return this.#store.read(row, range, signal)
    // The column is not compressed, so PostgreSQL reads only this part of it.
    const [part] = await this.#rawQuery<{ bytes: Buffer }>(Prisma.sql`
      SELECT substring(bytes FROM ${range.start + 1}::int FOR ${range.end - range.start}::int) AS bytes
      FROM invoice_documents WHERE invoice_id = ${invoiceId}`)
    if (!part) throw new Error(`the document of ${row.number} was removed while it was read`)
    return part.bytes
  }

  async #determineDigests(document: ChunkedDocument, signal: AbortSignal | undefined): Promise<Buffer[]> {
    const key = document.sha256.toString('hex')
    const cached = this.#digests.get(key)
    if (cached) return cached
    const digests = await this.#verifications.run(key, (stop) => digestChunks(document, stop), signal)
    this.#digests.set(key, digests)
    return digests
  }
}

/** The entries never become stale, because the database rejects changes to the documents of issued invoices. */
function createCache() {
  return new LRUCache<bigint, StoredPdf>({ maxSize: MAX_PDF_CACHE_BYTES, sizeCalculation: ({ size }) => size })
}

/** Only a document that is not rendered is read with its snapshot. */
export function isUnrendered(document: object): document is UnrenderedDocument {
  return 'snapshot' in document && document.snapshot !== null
}

/** Identifies a stored document. */
export interface DocumentKey {
  /** For example "INV-2026-000001". */
  readonly number: string
  readonly sha256: Buffer
}

/** A half-open range of bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Stores the bytes of rendered documents. The row with the digest is always in the database. */
export interface DocumentStore {
  /**
   * Stores the bytes before their row is written.
   * @returns the bytes to store in the row, or null if they are elsewhere
   */
  put(key: DocumentKey, bytes: Buffer): Promise<Buffer | null>
  /** Reads a part of a document for which `put` returned null. The reader verifies it. */
  read(key: DocumentKey, range: ByteRange, signal?: AbortSignal): Promise<Buffer>
}

/** Stores the bytes in the row, so that they are part of the transaction and of the database backup. */
export const databaseStore: DocumentStore = {
  async put(_key, bytes) {
    return bytes
  },
  async read({ number }) {
    throw new Error(`the document of ${number} is in an object store; set INVOICE_S3_BUCKET`)
  },
}

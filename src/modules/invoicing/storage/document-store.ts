/** What a stored document is known by, beside its bytes. */
export interface DocumentKey {
  /** "INV-2026-000001" */
  readonly number: string
  readonly sha256: Buffer
}

/** Where the bytes of drawn documents are kept. The row with their digest is always in the database. */
export interface DocumentStore {
  /** Keeps bytes, before their row is written. @returns what goes into the row: null where they are elsewhere */
  put(key: DocumentKey, bytes: Buffer): Promise<Buffer | null>
  /** @param inRow  what `put` returned */
  get(key: DocumentKey, inRow: Uint8Array | null): Promise<Buffer>
}

/** In the row itself: in the transaction and the backup of the database. */
export const databaseStore: DocumentStore = {
  async put(_key, bytes) {
    return bytes
  },
  async get({ number }, inRow) {
    if (!inRow) throw new Error(`the document of ${number} is in an object store: set INVOICE_S3_BUCKET`)
    return Buffer.from(inRow.buffer, inRow.byteOffset, inRow.byteLength)
  },
}

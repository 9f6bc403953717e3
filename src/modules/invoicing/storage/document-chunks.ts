import { createHash } from 'node:crypto'
import type { ByteRange, DocumentKey } from './document-store.js'

/** Large enough that most documents are one chunk, and small enough that hundreds of clients can hold one each. */
export const CHUNK_BYTES = 131_072

/** A document that is read in chunks. */
export interface ChunkedDocument extends DocumentKey {
  readonly size: number
  /** Reads a part from where the document is stored. */
  load(range: ByteRange, signal: AbortSignal | undefined): Promise<Buffer>
}

/**
 * Reads the whole document, one chunk at a time.
 * @returns the digest of each chunk
 * @throws if the document does not match its digest
 */
export async function digestChunks(document: ChunkedDocument, signal: AbortSignal | undefined): Promise<Buffer[]> {
  const hash = createHash('sha256')
  const digests: Buffer[] = []
  for (let start = 0; start < document.size; start += CHUNK_BYTES) {
    signal?.throwIfAborted()
    const chunk = await document.load(chunkAt(document, start), signal)
    hash.update(chunk)
    digests.push(digestOf(chunk))
  }
  if (!hash.digest().equals(document.sha256)) throw mismatchError(document)
  return digests
}

/** @throws if the chunk does not match its digest, which is the case if the document was changed after `digestChunks` */
export async function loadChunk(
  document: ChunkedDocument,
  digests: readonly Buffer[],
  index: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  signal?.throwIfAborted()
  const chunk = await document.load(chunkAt(document, index * CHUNK_BYTES), signal)
  if (!digests[index]?.equals(digestOf(chunk))) throw mismatchError(document)
  return chunk
}

export function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function chunkAt({ size }: ChunkedDocument, start: number): ByteRange {
  return { start, end: Math.min(start + CHUNK_BYTES, size) }
}

function mismatchError({ number }: DocumentKey): Error {
  return new Error(`the stored document of ${number} does not match its digest`)
}

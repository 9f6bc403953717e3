import { CHUNK_BYTES, type ChunkedDocument, loadChunk } from './document-chunks.js'
import type { ByteRange } from './document-store.js'

interface ReadOptions {
  /** The whole file by default. */
  range?: ByteRange | undefined
  /** Aborted when the client disconnects. */
  signal?: AbortSignal | undefined
}

/** A PDF whose bytes are read on demand. */
export interface StoredPdf {
  readonly sha256: Buffer
  readonly size: number
  /**
   * Reads the file or a range of it, which must not be empty. The first bytes are read and verified before this returns,
   * so that a document that is missing or changed fails before anything is sent.
   * @returns all bytes, or chunks that are each read when the previous one has been sent
   */
  read(options?: ReadOptions): Promise<Buffer | AsyncIterable<Buffer>>
}

/** A PDF whose bytes are already loaded. */
export function pdfInMemory({ sha256, bytes }: { sha256: Buffer; bytes: Buffer }): StoredPdf {
  return { sha256, size: bytes.byteLength, read: async ({ range } = {}) => (range ? bytes.subarray(range.start, range.end) : bytes) }
}

/**
 * A PDF that is read in chunks.
 *
 * A byte is sent only after its chunk was verified by a digest that belongs to the digest of the document, because a
 * client cannot withdraw what it has received: a digest at the end of the response would be too late, and would not
 * cover a range. A chunk that was changed after the digests were determined aborts the response before it is sent.
 * @param chunkDigests  the digest of each chunk of a document that matches its digest
 */
export function pdfInChunks(
  document: ChunkedDocument,
  chunkDigests: (signal: AbortSignal | undefined) => Promise<readonly Buffer[]>,
): StoredPdf {
  const { sha256, size } = document
  return {
    sha256,
    size,
    async read({ range = { start: 0, end: size }, signal } = {}) {
      const digests = await chunkDigests(signal)
      const load = (index: number) => loadChunk(document, digests, index, signal)
      const firstIndex = Math.floor(range.start / CHUNK_BYTES)
      const first = await load(firstIndex)
      if (range.end <= (firstIndex + 1) * CHUNK_BYTES) return cut(first, firstIndex, range)
      return readChunks([first], firstIndex, range, load)
    },
  }
}

/** @param loaded  the first chunk. It is removed when it is sent, because a generator retains its parameters. */
async function* readChunks(
  loaded: Buffer[],
  firstIndex: number,
  range: ByteRange,
  load: (index: number) => Promise<Buffer>,
): AsyncGenerator<Buffer> {
  for (let index = firstIndex; index * CHUNK_BYTES < range.end; index += 1) {
    yield cut(loaded.pop() ?? (await load(index)), index, range)
  }
}

/** Returns the part of a chunk that is in the range. */
function cut(chunk: Buffer, index: number, range: ByteRange): Buffer {
  const offset = index * CHUNK_BYTES
  return chunk.subarray(Math.max(range.start - offset, 0), range.end - offset)
}

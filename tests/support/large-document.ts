import { createCipheriv, createHash } from 'node:crypto'

export interface LargeDocument {
  bytes: Buffer
  sha256: Buffer
}

/** Bytes that cannot be compressed and never repeat. The same name gives the same bytes. */
export function largeDocument(size: number, name: string): LargeDocument {
  const key = createHash('sha256').update(name).digest().subarray(0, 16)
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
  return { bytes, sha256: createHash('sha256').update(bytes).digest() }
}

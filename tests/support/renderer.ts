import { afterAll } from 'vitest'
import type { Logger } from '../../src/core/logger.js'
import type { DocumentSnapshot } from '../../src/modules/invoicing/document-snapshot.js'
import { PdfRenderer } from '../../src/modules/invoicing/pdf/pdf-renderer.js'

/** The renderers of this test file, by the paths of their additional fonts. */
const renderers = new Map<string, PdfRenderer>()

/**
 * The renderer of a server, whose threads all servers of the test file share. They start with the first document:
 * a thread loads its fonts for half a second, and most servers of tests render nothing.
 */
export class SharedRenderer extends PdfRenderer {
  readonly #shared: PdfRenderer
  readonly #closing = new AbortController()

  constructor(fonts: readonly string[], log: Logger) {
    const loadAssets = async () => ({ logo: undefined, fonts })
    super({ loadAssets, log })
    const key = JSON.stringify(fonts)
    this.#shared = renderers.get(key) ?? new PdfRenderer({ loadAssets, log })
    renderers.set(key, this.#shared)
  }

  override render(document: DocumentSnapshot, stop?: AbortSignal): Promise<Buffer> {
    return this.#shared.render(document, AbortSignal.any([this.#closing.signal, ...(stop ? [stop] : [])]))
  }

  /** Aborts the documents of this server. Those of other servers are rendered. */
  override async close(): Promise<void> {
    this.#closing.abort()
    await super.close()
  }
}

afterAll(async () => {
  for (const renderer of renderers.values()) await renderer.close()
})

import { pathToFileURL } from 'node:url'
import { Piscina } from 'piscina'
import { MINUTE_MS } from '../../../core/duration.js'
import { busyError, DomainError } from '../../../core/errors.js'
import { startMeasurement } from '../../../core/instrumentation.js'
import type { Logger } from '../../../core/logger.js'
import { projectFile } from '../../../core/project-file.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import type { RenderAssets, RenderResult } from './worker-task.js'

/** Documents that may wait for a worker; one more is refused. */
export const MAX_QUEUED_RENDERS = 64
const RENDER_TIMEOUT_MS = 15_000
const IDLE_TIMEOUT_MS = MINUTE_MS
/** How much a thread may hold; a document that needs more ends its thread. */
const WORKER_MEMORY = {
  maxOldGenerationSizeMb: 256,
  // Node 24 stops the whole process when one collection of a large young generation exceeds the limit above.
  maxYoungGenerationSizeMb: 16,
}
/** Compiled, wherever this file runs from: threads cannot read TypeScript. */
const WORKER = pathToFileURL(projectFile('dist/modules/invoicing/pdf/pdf.worker.cjs'))

interface PdfRendererOptions {
  kit: RenderAssets
  log: Logger
  /** Another file than the compiled render.worker.cjs. */
  worker?: URL
  timeLimitMs?: number
  maxWaiting?: number
}

/** What to do with a document that no thread has drawn. */
type NoThread = 'retry' | 'inline'

/**
 * Draws documents in a worker thread, so that a large one does not block other requests. When no worker can be loaded or
 * a worker dies, the document is drawn in the main thread, one at a time. A document is never drawn there after a timeout,
 * after running out of memory or after an error in the drawing itself: it could stop the whole server.
 */
export class PdfRenderer {
  readonly #pool: Piscina
  readonly #options: PdfRendererOptions
  readonly #timeLimitMs: number
  readonly #maxWaiting: number
  /** One for each document in the pool: its abort reason says what to do when no thread is left to draw it. */
  readonly #pending = new Set<AbortController>()
  /** Whether a worker has been loaded since the pool last ran out of threads. */
  #workerLoads = true
  #closed = false
  #fonts: FontSet | undefined
  #inline: Promise<unknown> = Promise.resolve()
  #inlineWaiting = 0

  constructor(options: PdfRendererOptions) {
    this.#options = options
    this.#timeLimitMs = options.timeLimitMs ?? RENDER_TIMEOUT_MS
    this.#maxWaiting = options.maxWaiting ?? MAX_QUEUED_RENDERS
    this.#pool = new Piscina({
      filename: (options.worker ?? WORKER).href,
      minThreads: 1,
      maxThreads: 2,
      maxQueue: this.#maxWaiting,
      // A thread needs half a second to load its fonts, so it stays for the next burst.
      idleTimeout: IDLE_TIMEOUT_MS,
      workerData: options.kit,
      resourceLimits: WORKER_MEMORY,
    })
    this.#pool.on('error', (error: Error) => options.log.warn({ reason: error.message }, 'a PDF worker failed'))
    this.#pool.on('workerCreate', () => {
      this.#workerLoads = true
    })
    // Piscina replaces a thread only after it has removed it from its list.
    this.#pool.on('workerDestroy', () => queueMicrotask(() => this.#onThreadLost()))
  }

  /** Documents that wait for a thread, or for their turn in the main thread. */
  get waiting(): number {
    return this.#pool.queueSize + this.#inlineWaiting
  }

  /** The threads of the pool, for tests and diagnostics. */
  get threads() {
    return this.#pool.threads
  }

  /**
   * @param stop  aborts the drawing when nobody wants it any more
   * @throws BUSY when too many are waiting, INTERNAL_SERVER_ERROR when the document cannot be drawn
   */
  async render(document: DocumentSnapshot, stop?: AbortSignal): Promise<Buffer> {
    const end = startMeasurement('drawing', { kind: document.kind })
    try {
      const bytes = await this.#render(document, stop)
      end('ok')
      return bytes
    } catch (error) {
      end(error instanceof DomainError ? error.code : 'failed')
      throw error
    }
  }

  async #render(document: DocumentSnapshot, stop: AbortSignal | undefined): Promise<Buffer> {
    if (this.waiting >= this.#maxWaiting) throw tooManyRendersError()
    const limit = AbortSignal.timeout(this.#timeLimitMs)
    let drawn = await this.#inWorker(document, limit, stop)
    while (drawn === 'retry') drawn = await this.#inWorker(document, limit, stop)
    if (drawn === 'inline') return this.#alone(() => this.#drawHere(document, stop))
    if (drawn instanceof Uint8Array) return Buffer.from(drawn.buffer, drawn.byteOffset, drawn.byteLength)
    throw new Error(`document of order ${document.orderId} could not be drawn: ${drawn.problem}`)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#pool.close({ force: true })
  }

  async #inWorker(document: DocumentSnapshot, limit: AbortSignal, stop: AbortSignal | undefined): Promise<RenderResult | NoThread> {
    const lost = new AbortController()
    this.#pending.add(lost)
    try {
      const signal = AbortSignal.any([lost.signal, limit, ...(stop ? [stop] : [])])
      return (await this.#pool.run(document, { signal })) as RenderResult
    } catch (error) {
      const { name, code, message } = error as NodeJS.ErrnoException
      if (stop?.aborted) throw nobodyWaits(document)
      if (name === 'AbortError' && !limit.aborted && lost.signal.aborted) return lost.signal.reason as NoThread
      if (name === 'AbortError') throw new Error(`document of order ${document.orderId} took longer than ${this.#timeLimitMs} ms`)
      if (code === 'ERR_WORKER_OUT_OF_MEMORY') throw new Error(`document of order ${document.orderId} needs too much memory`)
      if (message.includes('queue')) throw tooManyRendersError()
      this.#options.log.warn({ reason: message }, 'the PDF worker died; drawing inline')
      return 'inline'
    } finally {
      this.#pending.delete(lost)
    }
  }

  /**
   * Piscina replaces a thread that dies, but not after one that could not be loaded: documents in its queue would wait until
   * they time out. Starting them again starts new threads, unless none has been loaded since this happened last.
   */
  #onThreadLost(): void {
    if (this.#closed || this.#pool.threads.length > 0) return
    const next: NoThread = this.#workerLoads ? 'retry' : 'inline'
    this.#workerLoads = false
    if (next === 'inline' && this.#pending.size > 0) {
      this.#options.log.warn({ documents: this.#pending.size }, 'no PDF worker can be loaded; drawing inline')
    }
    for (const lost of this.#pending) lost.abort(next)
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#inlineWaiting += 1
    const turn = this.#inline.then(work, work).finally(() => {
      this.#inlineWaiting -= 1
    })
    this.#inline = turn.catch(() => undefined)
    return turn
  }

  /** Its modules are loaded on first use, because a healthy server never draws in its main thread. */
  async #drawHere(document: DocumentSnapshot, stop: AbortSignal | undefined): Promise<Buffer> {
    const [{ drawInvoice }, { loadFonts }] = await Promise.all([import('./draw-invoice.js'), import('../../../platform/pdf/font-set.js')])
    if (stop?.aborted) throw nobodyWaits(document)
    const { fonts, logo } = this.#options.kit
    this.#fonts ??= loadFonts(fonts)
    return drawInvoice(document, this.#fonts, logo)
  }
}

function nobodyWaits({ orderId }: DocumentSnapshot): Error {
  return new Error(`nobody waits for the document of order ${orderId} any more`)
}

export function tooManyRendersError(): DomainError {
  return busyError('Too many documents are being drawn; try again in a few seconds')
}
